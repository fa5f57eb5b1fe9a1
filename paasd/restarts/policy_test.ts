import { assertEquals } from "@std/assert";
import type { FinishedStatus } from "@paas/worker";
import type { RestartState } from "../processes/entries.ts";
import { firstAttempt, nextAttempt } from "./policy.ts";

/** A process that has run for so many milliseconds. */
function status(
  ran: number,
  end: Pick<FinishedStatus, "exit" | "endReason"> = { exit: { code: 1 }, endReason: "exited" },
) {
  return { state: "finished", startTime: 1_000, finishTime: 1_000 + ran, ...end } as const;
}

/** The pauses before the restarts of processes that run for these times, in milliseconds. */
function pauses(restarts: number, ran: number[]): (number | undefined)[] {
  let state: RestartState | undefined = firstAttempt(restarts);
  return ran.map((ran) => (state = state && nextAttempt(state, status(ran)))?.pause);
}

Deno.test("nextAttempt() waits twice as long each time, up to a minute", () => {
  const seconds = pauses(100, Array(9).fill(5)).map((pause) => pause! / 1_000);
  assertEquals(seconds, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
});

Deno.test("nextAttempt() begins with the first pause again after a process that ran for 10 s, but counts on", () => {
  assertEquals(pauses(100, [5, 5, 9_999, 10_000, 5]), [1_000, 2_000, 4_000, 1_000, 2_000]);
  assertEquals(pauses(2, [60_000, 60_000, 60_000]), [1_000, 1_000, undefined]);
});

Deno.test("nextAttempt() makes one attempt more than there are restarts", () => {
  assertEquals(pauses(1, [5, 5]), [1_000, undefined]);
  assertEquals(nextAttempt(firstAttempt(3), status(5)), { attempt: 2, attempts: 4, pause: 1_000 });
});

Deno.test("nextAttempt() is for processes that have failed by themselves alone", () => {
  const ends: [FinishedStatus["endReason"], FinishedStatus["exit"], boolean][] = [
    ["exited", { code: 0 }, false],
    ["exited", { code: 255 }, true],
    ["signalled", { signal: 9 }, true],
    ["stopped", { signal: 15 }, false],
    ["stopped", { code: 1 }, false],
    ["timed-out", { signal: 15 }, false],
    ["output-limit", { signal: 15 }, false],
    ["client-gone", { signal: 15 }, false],
    ["daemon-shutdown", { code: 1 }, false],
    ["daemon-lost", {}, false],
  ];
  for (const [endReason, exit, again] of ends) {
    const next = nextAttempt(firstAttempt(5), status(5, { exit, endReason }));
    assertEquals(next !== undefined, again, `${endReason} ${JSON.stringify(exit)}`);
  }
});
