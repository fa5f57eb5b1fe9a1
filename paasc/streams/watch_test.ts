import type { ProcessStatus, WatchResponse } from "@paas/proto";
import type { ServerWritableStream } from "@paas/proto/grpc";
import { assertEquals, assertRejects } from "@std/assert";
import { PaasError } from "../errors.ts";
import { TcpProxy } from "../../tests/support/wire/tcp_proxy.ts";
import { ID, TestDaemon } from "../../tests/support/stand_in_daemon.ts";
import { type Change, watchProcesses } from "./watch.ts";

/** Defines a test without sanitizers: a failed attempt to connect leaves a timer of grpc-js that a test cannot end. */
function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, fn, sanitizeOps: false, sanitizeResources: false });
}

type Call = ServerWritableStream<unknown, WatchResponse>;

const id = (number: number) => `${number}${ID.slice(1)}`;
const running = (number: number): ProcessStatus => ({
  processId: id(number),
  name: `p${number}`,
  state: "PROCESS_STATE_RUNNING",
  startTime: { seconds: number, nanos: 0 },
});
const finished = (number: number): ProcessStatus => ({
  ...running(number),
  state: "PROCESS_STATE_FINISHED",
  exitCode: 0,
});

/** Formats a change, such as `1 p1 running`. */
function inShort({ id, name, status }: Change): string {
  return `${id[0]} ${name} ${status?.state.replace("PROCESS_STATE_", "").toLowerCase() ?? "removed"}`;
}

test("watchProcesses() yields each change once, also those that happened without a connection", async () => {
  const calls: Call[] = [];
  const tell = (call: Call, status: ProcessStatus) => call.write({ processId: status.processId!, status });
  await using daemon = await TestDaemon.start({
    Watch(call) {
      calls.push(call);
      if (calls.length === 1) { for (const number of [1, 2, 3, 4]) tell(call, running(number)); }
      // 1 has gone on, 2 has finished, 3 was removed, 4 stops; 5 and 6 are new, and 5 has finished.
      else {
        for (const number of [1, 4, 6]) tell(call, running(number));
        tell(call, { ...running(4), state: "PROCESS_STATE_STOPPING" });
        call.write({ processId: id(2) });
      }
    },
    List({ request: { startedSince, pageSize } }, callback) {
      if (pageSize === 1) return callback(null, { processes: [running(4)] });
      const seconds = (startedSince?.seconds ?? 0) as number;
      callback(null, { processes: [running(6), finished(5), running(4)].slice(0, 6 - seconds + 1) });
    },
    GetStatus({ request: { processId } }, callback) {
      const number = Number(processId[0]);
      if (number === 3) callback({ code: 5, details: "Cannot find process" });
      else callback(null, { status: number === 2 ? finished(2) : running(number) });
    },
  });
  await using proxy = await TcpProxy.to(daemon.port);
  const changes: string[] = [];
  for await (const change of watchProcesses({ settings: daemon.files.settings(proxy.port), note: () => {} })) {
    changes.push(inShort(change));
    if (changes.length === 4) proxy.cut();
    if (changes.at(-1) === "2 p2 removed") break;
  }
  assertEquals(changes, [
    ...["1 p1 running", "2 p2 running", "3 p3 running", "4 p4 running"],
    ...["2 p2 finished", "3 p3 removed", "5 p5 finished", "6 p6 running"],
    ...["4 p4 stopping", "2 p2 removed"],
  ]);
});

test("watchProcesses() continues when a daemon that has ended the stream is back", async () => {
  let calls = 0;
  await using daemon = await TestDaemon.start({
    Watch(call) {
      calls++;
      call.write({ processId: id(calls), status: running(calls) });
      if (calls === 1) call.end();
    },
    List: (_call, callback) => callback(null, {}),
    GetStatus: (_call, callback) => callback({ code: 5, details: "Cannot find process" }),
  });
  const changes: string[] = [];
  for await (const change of watchProcesses({ settings: daemon.files.settings(daemon.port), note: () => {} })) {
    if (changes.push(inShort(change)) === 3) break;
  }
  assertEquals(changes, ["1 p1 running", "1 p1 removed", "2 p2 running"]);
});

test("watchProcesses() does not repeat a call that the daemon refuses", async () => {
  await using daemon = await TestDaemon.start({
    Watch: (call) => call.emit("error", { code: 16, details: "it was revoked" }),
    List: (_call, callback) => callback(null, {}),
  });
  const watching = watchProcesses({ settings: daemon.files.settings(daemon.port), note: () => {} });
  const { code, message } = await assertRejects(() => watching.next(), PaasError);
  assertEquals([code, message], ["unauthenticated", "it was revoked"]);
});
