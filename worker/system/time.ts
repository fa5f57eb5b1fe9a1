/**
 * Waiting with a limit.
 *
 * @module
 */
import { setTimeout as delay } from "node:timers/promises";

/** The longest time that a timer can wait, in milliseconds. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Waits for a promise, and returns `undefined` when the promise has not settled within a time.
 *
 * @param promise The promise; `undefined` is nothing to wait for.
 * @param milliseconds The longest wait, in milliseconds.
 * @throws {unknown} When the promise rejects within that time.
 *
 * @example
 * ```ts
 * import { withinTime } from "@paas/worker/system";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await withinTime(Promise.resolve("in time"), 1_000), "in time");
 * assertEquals(await withinTime(new Promise(() => {}), 1), undefined);
 * ```
 */
export async function withinTime<Value>(
  promise: Promise<Value> | undefined,
  milliseconds: number,
): Promise<Value | undefined> {
  const limit = new AbortController();
  try {
    const pause = delay(milliseconds, undefined, { signal: limit.signal }).catch(() => undefined);
    return await Promise.race([promise, pause]);
  } finally {
    limit.abort();
  }
}
