/**
 * How often each user may do something.
 *
 * @module
 */

const MINUTE_MS = 60_000;

/** What a user has left, as of some time. */
interface Allowance {
  readonly left: number;
  readonly time: number;
}

/**
 * A bucket for each user that fills up steadily, from which each time takes one.
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
   * @param perMinute How often within a minute; so many times may come at once.
   * @param now Tells the time, in milliseconds from any beginning.
   */
  constructor(perMinute: number, now: () => number) {
    this.#perMinute = perMinute;
    this.#now = now;
  }

  /** Takes one; where none is left, gives how long it takes until there is, in milliseconds. */
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
