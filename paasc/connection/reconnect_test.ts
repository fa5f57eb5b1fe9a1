import type { ExecRequest__Output } from "@paas/proto";
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { exec } from "../commands/start/exec.ts";
import { wait } from "../commands/observe/wait.ts";
import { PaasError } from "../errors.ts";
import { ask } from "./reconnect.ts";
import { TcpProxy } from "../../tests/support/wire/tcp_proxy.ts";
import { Printed } from "../../tests/support/paasc/printed.ts";
import { contextWith, ID, TestDaemon } from "../../tests/support/stand_in_daemon.ts";

/** A test. An attempt to connect that failed leaves a timer of grpc-js behind, which cannot be ended from outside. */
function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, fn, sanitizeOps: false, sanitizeResources: false });
}

test("exec repeats a call whose connection broke, with the same request id", async () => {
  const requests: ExecRequest__Output[] = [];
  await using daemon = await TestDaemon.start({
    Exec({ request }, callback) {
      requests.push(request);
      if (requests.length <= 2) proxy.cut();
      else callback(null, { processId: ID });
    },
  });
  await using proxy = await TcpProxy.to(daemon.port);
  const settings = daemon.files.settings(proxy.port);
  const [stdout, stderr] = [new Printed(), new Printed()];
  await exec.run(["ls"], contextWith({ settings, stdout, stderr }));
  assertEquals([stdout.text, stderr.text], [`${ID}\n`, ""]);
  assertEquals(requests, [requests[0]!, requests[0]!, requests[0]!]);
  assertMatch(requests[0]!.requestId, /^[0-9a-f-]{36}$/);

  await exec.run(["ls"], contextWith({ settings, given: { "request-id": "mine" } }));
  assertEquals(requests[3]!.requestId, "mine");
});

test("exec does not repeat what the daemon itself refuses, nor the first connection", async () => {
  let calls = 0;
  await using daemon = await TestDaemon.start({
    Exec(_call, callback) {
      calls++;
      callback({ code: 14, details: "said" });
    },
  });
  await using proxy = await TcpProxy.to(daemon.port);
  const settings = daemon.files.settings(proxy.port);
  const refused = await assertRejects(() => exec.run(["ls"], contextWith({ settings })), PaasError);
  assertEquals([refused.code, refused.message, calls], ["unavailable", "said", 1]);
  await proxy.remove();
  const { code, message } = await assertRejects(() => exec.run(["ls"], contextWith({ settings })), PaasError);
  assertEquals(code, "no-connection");
  assertMatch(message, /^cannot connect to \S+: nothing listens there; is paasd running\? \(check --server\)$/);
});

test("ask() gives up in its time, also when each connection breaks at once, and says what is not known", async () => {
  let calls = 0;
  await using daemon = await TestDaemon.start({
    Exec() {
      calls++;
      proxy.cut();
    },
  });
  await using proxy = await TcpProxy.to(daemon.port);
  const begun = performance.now();
  const { code, message } = await assertRejects(
    () =>
      ask(
        { settings: daemon.files.settings(proxy.port), patience: 1_000, note: () => {} },
        (daemon) => daemon.exec({ args: ["ls"] }),
        "it is not known",
      ),
    PaasError,
  );
  assertEquals(code, "no-connection");
  const lost = `the connection to 127.0.0.1:${proxy.port} was lost`;
  const remedy = "before anything had come over it: try again when the line is better; it is not known";
  assertMatch(message, new RegExp(`^${lost} [2-9] times in a row, ${remedy}$`));
  assert(calls > 1 && performance.now() - begun < 30_000, `${calls} calls in ${performance.now() - begun} ms`);
});

test("wait goes on when the connection is back, and asks again only for whom it has not heard of", async () => {
  const asked: string[] = [];
  const other = `${ID.slice(0, -1)}f`;
  await using daemon = await TestDaemon.start({
    List: (_call, callback) => callback(null, { processes: [{ processId: other, name: "web" }] }),
    Wait({ request: { processId } }, callback) {
      asked.push(processId);
      if (processId === ID) {
        callback(null, { status: { processId, state: "PROCESS_STATE_FINISHED", exitCode: 5 } });
        setTimeout(() => asked.length === 2 && proxy.cut(), 50);
      } else if (asked.length > 2) {
        callback(null, { status: { processId, state: "PROCESS_STATE_FINISHED", signal: 9 } });
      }
    },
  });
  await using proxy = await TcpProxy.to(daemon.port);
  const stdout = new Printed();
  const settings = daemon.files.settings(proxy.port, "json");
  assertEquals(await wait.run([ID, "web"], contextWith({ settings, stdout })), 137);
  assertEquals(asked.toSorted(), [ID, other, other]);
  const lines = stdout.text.trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals(lines.map(({ id, exitCode, signal }) => [id, exitCode ?? signal]), [[ID, 5], [other, 9]]);
});
