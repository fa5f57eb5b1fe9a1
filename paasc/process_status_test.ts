import type { ProcessStatus__Output } from "@paas/proto";
import { assertEquals } from "@std/assert";
import { statusJson, statusText } from "./process_status.ts";

const running: ProcessStatus__Output = {
  state: "PROCESS_STATE_RUNNING",
  startTime: { seconds: 1, nanos: 0 },
  finishTime: null,
  endReason: "END_REASON_UNSPECIFIED",
  stop: null,
  processId: "2b5c0c4e-2a8f-4a3c-9d5f-0d8e5b9b7c11",
  args: ["echo", "hello"],
  name: "",
  labels: {},
  pid: 7,
  logBytes: 6,
  logLines: 1,
};
const finished: ProcessStatus__Output = {
  ...running,
  state: "PROCESS_STATE_FINISHED",
  exit: "exitCode",
  exitCode: 0,
  finishTime: { seconds: 2, nanos: 1 },
  endReason: "END_REASON_EXITED",
};
const stop = { stoppedBy: "c0ffee", time: { seconds: 1, nanos: 500_000_000 }, killed: true };

Deno.test("statusText() tells every state in the words that scripts rely on", () => {
  assertEquals(statusText(running), "Status: running");
  assertEquals(statusText({ ...running, state: "PROCESS_STATE_STOPPING" }), "Status: stopping");
  assertEquals(statusText(finished), "Status: finished (exit code 0)");
  assertEquals(
    statusText({ ...finished, exit: "signal", exitCode: undefined, signal: 37 }),
    "Status: finished (signal 37)",
  );
});

Deno.test("statusJson() leaves out what is not known yet", () => {
  assertEquals(JSON.parse(JSON.stringify(statusJson(running))), {
    state: "running",
    startTime: "1970-01-01T00:00:01.000Z",
  });
});

Deno.test("statusJson() tells how and why a process ended, and who stopped it", () => {
  assertEquals(JSON.parse(JSON.stringify(statusJson({ ...finished, endReason: "END_REASON_TIMED_OUT", stop }))), {
    state: "finished",
    exitCode: 0,
    startTime: "1970-01-01T00:00:01.000Z",
    finishTime: "1970-01-01T00:00:02.000000001Z",
    endReason: "timed-out",
    stop: { by: "c0ffee", time: "1970-01-01T00:00:01.500Z", killed: true },
  });
  const inNobodysName = statusJson({ ...finished, stop: { ...stop, stoppedBy: "" } }).stop;
  assertEquals(JSON.parse(JSON.stringify(inNobodysName)), { time: "1970-01-01T00:00:01.500Z", killed: true });
});
