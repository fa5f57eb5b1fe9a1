/**
 * When a process that has failed is started again.
 *
 * @module
 */
import type { FinishedStatus } from "@paas/worker";
import type { RestartState } from "../processes/entries.ts";

/** Maximum number of restarts in a row, and the number if a request gives none. */
export const [MAX_RESTARTS, DEFAULT_RESTARTS] = [100, 10];

/** The pause before the first restart, in milliseconds. It doubles from one restart to the next. */
const FIRST_PAUSE_MS = 1_000;

/** The longest pause, in milliseconds. */
const MAX_PAUSE_MS = 60_000;

/** How long a process has to run so that the pause behind it is the first one again, in milliseconds. Docker has the same. */
const STEADY_MS = 10_000;

/** Returns the place of a process that a client starts. */
export function firstAttempt(restarts: number): RestartState {
  return { attempt: 1, attempts: restarts + 1, pause: 0 };
}

/**
 * Returns the place of the process after one that has finished; `undefined` if none is to come: it has not failed by itself,
 * or all attempts were made.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { firstAttempt, nextAttempt } from "./policy.ts";
 *
 * const failed = { state: "finished", startTime: 0, finishTime: 5, exit: { code: 1 }, endReason: "exited" } as const;
 * assertEquals(nextAttempt(firstAttempt(5), failed), { attempt: 2, attempts: 6, pause: 1_000 });
 * ```
 */
export function nextAttempt(
  { attempt, attempts, pause }: RestartState,
  { startTime, finishTime, exit, endReason }: FinishedStatus,
): RestartState | undefined {
  const failed = endReason === "signalled" || endReason === "exited" && exit.code !== 0;
  if (!failed || attempt >= attempts) return undefined;
  const first = pause === 0 || finishTime - startTime >= STEADY_MS;
  return { attempt: attempt + 1, attempts, pause: first ? FIRST_PAUSE_MS : Math.min(2 * pause, MAX_PAUSE_MS) };
}
