import type { ProcessStatus__Output } from "@paas/proto";
import { assert, assertEquals } from "@std/assert";
import { RUNNING } from "../../tests/support/client/running_status.ts";
import { exitCodeOf, restartSentence, statusDetails, statusJson, statusText } from "./process_status.ts";

const running: ProcessStatus__Output = { ...RUNNING, startTime: { seconds: 1, nanos: 0 } };
const finished: ProcessStatus__Output = {
  ...running,
  state: "PROCESS_STATE_FINISHED",
  exit: "exitCode",
  exitCode: 0,
  finishTime: { seconds: 2, nanos: 1 },
  endReason: "END_REASON_EXITED",
};
const stop = { stoppedBy: "c0ffee", stoppedBySubject: "", time: { seconds: 1, nanos: 500_000_000 }, killed: true };

Deno.test("statusText() describes each state in the words that scripts rely on", () => {
  assertEquals(statusText(running), "Status: running");
  assertEquals(statusText({ ...running, state: "PROCESS_STATE_STOPPING" }), "Status: stopping");
  assertEquals(statusText(finished), "Status: finished (exit code 0)");
  assertEquals(
    statusText({ ...finished, exit: "signal", exitCode: undefined, signal: 37 }),
    "Status: finished (signal 37)",
  );
});

const user = "a11ce".padEnd(64, "0");

/** Gives the line of `statusDetails()` with the reason. */
function reason(some: Partial<ProcessStatus__Output>): string | undefined {
  return /^Reason: (.*)$/m.exec(statusDetails({ ...finished, ...some }, user, 0))?.[1];
}

Deno.test("exitCodeOf() is the code, or 128 plus the signal", () => {
  assertEquals(exitCodeOf({ ...finished, exitCode: 7 }), 7);
  assertEquals(exitCodeOf({ ...finished, exit: "signal", exitCode: undefined, signal: 9 }), 137);
});

Deno.test("statusDetails() has a line for each known field", () => {
  assertEquals(
    statusDetails(running, user, 61_000),
    `Id: ${running.processId}
Command: echo hello
Pid: 7
Started: 1970-01-01T00:00:01.000Z (1m ago)
Log: 6 bytes, 1 line
`,
  );
  const labels = { team: "red", note: "it's me" };
  const named = { ...finished, name: "web", labels, exit: "signal", exitCode: undefined, signal: 15 } as const;
  assertEquals(
    statusDetails({ ...named, endReason: "END_REASON_SIGNALLED" }, user, 61_000),
    `Id: ${running.processId}
Name: web
Labels: team=red 'note=it'\\''s me'
Command: echo hello
Pid: 7
Started: 1970-01-01T00:00:01.000Z (1m ago)
Finished: 1970-01-01T00:00:02.000000001Z
Duration: 1s
Signal: SIGTERM (15)
Reason: killed by a signal that nobody's stop sent
Log: 6 bytes, 1 line
`,
  );
});

Deno.test("statusDetails() gives no end time for a process that was lost with its daemon", () => {
  const lost = { ...finished, exit: undefined, exitCode: undefined, endReason: "END_REASON_DAEMON_LOST" } as const;
  const details = statusDetails(lost, user, 61_000);
  assert(details.includes("\nFound lost: 1970-01-01T00:00:02"), details);
  assert(!/Finished|Duration|Exit code/.test(details), details);
});

Deno.test("statusDetails() says why a process ended", () => {
  const stopped = (stoppedBy: string, killed: boolean) =>
    ({ endReason: "END_REASON_STOPPED", stop: { ...stop, stoppedBy, killed } }) as const;
  const daemons = { ...stop, stoppedBy: "", killed: false };
  assertEquals(reason({}), "exited by itself");
  assertEquals(reason(stopped(user, false)), "stopped by you, without SIGKILL");
  assertEquals(reason(stopped("b0b".padEnd(64, "1"), true)), "stopped by b0b1111111111111, with SIGKILL");
  const named = { ...stopped("b0b".padEnd(64, "1"), true).stop, stoppedBySubject: "O=Example, CN=b\nob" };
  assertEquals(
    reason({ endReason: "END_REASON_STOPPED", stop: named }),
    "stopped by b\\u000aob (b0b11111…), with SIGKILL",
  );
  assertEquals(
    reason({ endReason: "END_REASON_TIMED_OUT", stop: daemons }),
    "ran longer than its timeout, without SIGKILL",
  );
  assertEquals(reason({ endReason: "END_REASON_OUTPUT_LIMIT", stop }), "printed more than its limit, with SIGKILL");
  assertEquals(reason({ endReason: "END_REASON_DAEMON_SHUTDOWN" }), "the daemon shut down");
  assertEquals(reason({ endReason: 99 as never }), "99");
  assertEquals(
    reason({ endReason: "END_REASON_UNSPECIFIED", stop: stopped(user, false).stop }),
    "being stopped by you",
  );
});

Deno.test("statusDetails() escapes control sequences", () => {
  const args = ["printf", "\x1b[31m\n", "\u009b31m"];
  const text = statusDetails({ ...running, args, labels: { a: "\x07" } }, user, 0);
  assertEquals(/^Labels: (.*)$/m.exec(text)?.[1], String.raw`$'a=\u0007'`);
  assertEquals(/^Command: (.*)$/m.exec(text)?.[1], String.raw`printf $'\u001b[31m\n' $'\u009b31m'`);
});

const known = {
  id: running.processId,
  name: "",
  labels: {},
  args: ["echo", "hello"],
  pid: 7,
  startTime: "1970-01-01T00:00:01.000Z",
  logBytes: 6,
  logLines: 1,
};

Deno.test("statusJson() leaves out unknown fields", () => {
  assertEquals(JSON.parse(JSON.stringify(statusJson(running))), { ...known, state: "running" });
});

Deno.test("statusJson() has the exit, the reason and the user who stopped the process", () => {
  assertEquals(JSON.parse(JSON.stringify(statusJson({ ...finished, endReason: "END_REASON_TIMED_OUT", stop }))), {
    ...known,
    state: "finished",
    exitCode: 0,
    finishTime: "1970-01-01T00:00:02.000000001Z",
    durationSeconds: 1.000000001,
    endReason: "timed-out",
    stop: { by: "c0ffee", time: "1970-01-01T00:00:01.500Z", killed: true },
  });
  const { signal, signalName } = statusJson({ ...finished, exit: "signal", exitCode: undefined, signal: 37 });
  assertEquals([signal, signalName], [37, "SIGRTMIN+3"]);
  const inNobodysName = statusJson({ ...finished, stop: { ...stop, stoppedBy: "" } }).stop;
  assertEquals(JSON.parse(JSON.stringify(inNobodysName)), { time: "1970-01-01T00:00:01.500Z", killed: true });
});

Deno.test("statusDetails() and statusJson() have the owner and the grants", () => {
  const bob = "b0b".padEnd(64, "0");
  const grants = [
    { user: bob, permission: "SHARE_PERMISSION_VIEW", until: { seconds: 3_600, nanos: 0 } },
    { user: user, permission: "SHARE_PERMISSION_STOP", until: null },
  ] as const;
  const owned = { ...running, owner: bob, ownerSubject: "CN=bob", grants: [...grants] };
  const lines = statusDetails(owned, user, 0).split("\n").slice(-4);
  assertEquals(lines, [
    `Owner: ${bob} (CN=bob)`,
    `Shared with: ${bob} (see, until 1970-01-01T01:00:00.000Z)`,
    `Shared with: ${user} (see and stop)`,
    "",
  ]);
  assertEquals(/^Owner/m.test(statusDetails(owned, bob, 0)), false); // one's own
  const { owner, ownerSubject, grants: told } = JSON.parse(JSON.stringify(statusJson(owned)));
  assertEquals([owner, ownerSubject], [bob, "CN=bob"]);
  assertEquals(told, [
    { user: bob, permission: "view", until: "1970-01-01T01:00:00.000Z" },
    { user, permission: "stop" },
  ]);
});

Deno.test("statusDetails(), statusJson() and restartSentence() tell of repeats and restarts", () => {
  const restart = { attempt: 2, attempts: 6, nextTime: { seconds: 13, nanos: 1 }, nextProcessId: "", givenUp: "" };
  const waiting = { ...finished, againOf: "2b5c", restart };
  const details = (status: ProcessStatus__Output) =>
    statusDetails(status, user, 10_000).split("\n").filter((line) => /^(Repeats|Attempt|Restart|Not)/.test(line));
  assertEquals(details(waiting), ["Repeats: 2b5c", "Attempt: 2 of 6", "Restart: in 4 s (attempt 3 of 6)"]);
  assertEquals(restartSentence(waiting, 10_000), "the process is restarted in 4 s (attempt 3 of 6)");
  const next = { ...waiting, restart: { ...restart, nextTime: null, nextProcessId: "8f0a" } };
  assertEquals(details(next).at(-1), "Restarted as: 8f0a");
  assertEquals(restartSentence(next, 0), "the process was restarted as 8f0a");
  const over = { ...waiting, restart: { ...restart, nextTime: null, givenUp: "no more" } };
  assertEquals([details(over).at(-1), restartSentence(over, 0)], ["Not restarted: no more", undefined]);
  assertEquals([details({ ...finished, againOf: "", restart: null }), restartSentence(finished, 0)], [[], undefined]);
  assertEquals(JSON.parse(JSON.stringify(statusJson(waiting))).againOf, "2b5c");
  assertEquals(JSON.parse(JSON.stringify(statusJson(waiting).restart)), {
    attempt: 2,
    attempts: 6,
    nextTime: "1970-01-01T00:00:13.000000001Z",
  });
});
