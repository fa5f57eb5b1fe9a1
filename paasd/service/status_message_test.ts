import { assertEquals } from "@std/assert";
import type { Process, ProcessStatus } from "@paas/worker";
import { toStatusMessage } from "./status_message.ts";

const stop = { reason: "stopped", by: "aa", byName: "CN=alice", time: 2_000, killed: true } as const;

const known = {
  processId: "id",
  args: ["echo", "hello"],
  name: "web",
  labels: { tier: "front" },
  pid: 7,
  logBytes: 6,
  logLines: 1,
  stdin: false,
  terminal: false,
  owner: "aa",
  ownerSubject: "CN=alice",
  againOf: "",
};

function messageOf(status: ProcessStatus) {
  const process = { id: "id", pid: 7, status, stdin: false, output: { bytes: 6, lines: 1 } } as Process;
  const { args, name, labels } = known;
  return toStatusMessage({
    process,
    args,
    name,
    labels,
    owner: "aa",
    ownerSubject: "CN=alice",
    againOf: "",
    restart: undefined,
    lease: undefined,
    sequence: 0,
  });
}

Deno.test("toStatusMessage() tells no more than is known", () => {
  assertEquals(messageOf({ state: "running", startTime: 1_000 }), {
    ...known,
    state: "PROCESS_STATE_RUNNING",
    startTime: { seconds: 1, nanos: 0 },
  });
  assertEquals(messageOf({ state: "stopping", startTime: 1_000, stop }), {
    ...known,
    state: "PROCESS_STATE_STOPPING",
    startTime: { seconds: 1, nanos: 0 },
    stop: { stoppedBy: "aa", stoppedBySubject: "CN=alice", time: { seconds: 2, nanos: 0 }, killed: true },
  });
});

Deno.test("toStatusMessage() tells code and signal apart, code 0 included", () => {
  const finished = { state: "finished", startTime: 1_000, finishTime: 3_500 } as const;
  assertEquals(messageOf({ ...finished, exit: { code: 0 }, endReason: "exited" }), {
    ...known,
    state: "PROCESS_STATE_FINISHED",
    startTime: { seconds: 1, nanos: 0 },
    finishTime: { seconds: 3, nanos: 500_000_000 },
    endReason: "END_REASON_EXITED",
    exitCode: 0,
  });
  const signalled = messageOf({ ...finished, exit: { signal: 37 }, endReason: "daemon-shutdown", stop });
  assertEquals([signalled.signal, signalled.exitCode], [37, undefined]);
  assertEquals([signalled.endReason, signalled.stop?.killed], ["END_REASON_DAEMON_SHUTDOWN", true]);
});
