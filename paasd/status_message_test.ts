import { assertEquals } from "@std/assert";
import { toStatusMessage } from "./status_message.ts";

const stop = { reason: "stopped", by: "aa", time: 2_000, killed: true } as const;

Deno.test("toStatusMessage() tells no more than is known", () => {
  assertEquals(toStatusMessage({ state: "running", startTime: 1_000 }), {
    state: "PROCESS_STATE_RUNNING",
    startTime: { seconds: 1, nanos: 0 },
  });
  assertEquals(toStatusMessage({ state: "stopping", startTime: 1_000, stop }), {
    state: "PROCESS_STATE_STOPPING",
    startTime: { seconds: 1, nanos: 0 },
    stop: { stoppedBy: "aa", time: { seconds: 2, nanos: 0 }, killed: true },
  });
});

Deno.test("toStatusMessage() tells code and signal apart, code 0 included", () => {
  const finished = { state: "finished", startTime: 1_000, finishTime: 3_500 } as const;
  assertEquals(toStatusMessage({ ...finished, exit: { code: 0 }, endReason: "exited" }), {
    state: "PROCESS_STATE_FINISHED",
    startTime: { seconds: 1, nanos: 0 },
    finishTime: { seconds: 3, nanos: 500_000_000 },
    endReason: "END_REASON_EXITED",
    exitCode: 0,
  });
  const signalled = toStatusMessage({ ...finished, exit: { signal: 37 }, endReason: "daemon-shutdown", stop });
  assertEquals([signalled.signal, signalled.exitCode], [37, undefined]);
  assertEquals([signalled.endReason, signalled.stop?.killed], ["END_REASON_DAEMON_SHUTDOWN", true]);
});
