/**
 * Rates: how often each user may do something.
 *
 * @module
 */

const MINUTE_MS = 60_000;

/** The number of times that a user has left, as of some time. */
interface Allowance {
  readonly left: number;
  readonly time: number;
}

/**
 * A bucket for each user: it fills up steadily, and each time takes one out of it.
 *
 * @example
 * ```ts
 * import { Rate } from "./rate.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const rate = new Rate(60, () => 0);
 * assertEquals(Array.from({ length: 61 }, () => rate.take("alice")).at(-1), 1_000);
 * ```
 */
export class Rate {
  readonly #perMinute: number;
  readonly #now: () => number;
  readonly #allowances = new Map<string, Allowance>();

  /**
   * @param perMinute Maximum number of times in a minute; all of them may come at once.
   * @param now Gives the time, in milliseconds from any beginning.
   */
  constructor(perMinute: number, now: () => number) {
    this.#perMinute = perMinute;
    this.#now = now;
  }

  /** Takes one. If none is left, gives the time until there is one, in milliseconds. */
  take(user: string): number | undefined {
    const limit = this.#perMinute;
    if (limit === Infinity) return undefined;
    const time = this.#now();
    const perMillisecond = limit / MINUTE_MS;
    const last = this.#allowances.get(user) ?? { left: limit, time };
    const left = Math.min(limit, last.left + (time - last.time) * perMillisecond);
    if (left < 1) return (1 - left) / perMillisecond;
    this.#allowances.set(user, { left: left - 1, time });
    return undefined;
  }
}
