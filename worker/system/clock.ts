/**
 * The time of day for statuses, logs and ages: it never goes back, and a clock of the machine that is wrong for a moment
 * does not move it.
 *
 * @module
 */

/** The part of the time that has passed by which this clock may run faster or slower, to meet the machine's. */
const SLEW = 0.05;

/** A difference of more than this, in milliseconds, is a step of the machine's clock, and no drift. */
const STEP_MS = 2_000;

/** How long a step forward must last until this clock follows it, in milliseconds. */
const PATIENCE_MS = 60_000;

/**
 * A clock that follows the clock of the machine, and never goes back.
 *
 * It counts steady time, and runs up to 5 % faster or slower until it agrees with the machine's clock. A step forward (a
 * machine that has slept, a clock that was set) is followed when it has lasted for a minute; a step back only by going
 * slower.
 *
 * @example
 * ```ts
 * import { Clock } from "./clock.ts";
 * import { assertEquals } from "@std/assert";
 *
 * let [wall, steady] = [1_000_000, 0];
 * const clock = new Clock(() => wall, () => steady);
 * wall += 7_200_000; // two hours ahead, for a second
 * steady += 1_000;
 * assertEquals(clock.now() < 1_002_000, true);
 * ```
 */
export class Clock {
  readonly #wall: () => number;
  readonly #steady: () => number;
  #last: number;
  #now: number;
  /** Since when the machine's clock has been ahead by a step, in steady time. */
  #aheadSince: number | undefined;
  #steppedAt = -Infinity;

  /**
   * A clock that agrees with the machine's now.
   *
   * @param wall Tells the time of the machine, in milliseconds since the Unix epoch.
   * @param steady Tells a time that is never set, in milliseconds from any beginning.
   */
  constructor(wall: () => number = Date.now, steady: () => number = () => performance.now()) {
    this.#wall = wall;
    this.#steady = steady;
    this.#last = steady();
    this.#now = wall();
  }

  /** The time, in whole milliseconds since the Unix epoch. */
  now(): number {
    const steady = this.#steady();
    const passed = Math.max(0, steady - this.#last);
    const difference = this.#wall() - (this.#now + passed);
    this.#last = steady;
    this.#now += passed + Math.max(-passed * SLEW, Math.min(passed * SLEW, difference));
    if (difference < STEP_MS) this.#aheadSince = undefined;
    else if (steady - (this.#aheadSince ??= steady) >= PATIENCE_MS) {
      this.#now = this.#wall();
      this.#aheadSince = undefined;
      this.#steppedAt = steady;
    }
    return Math.floor(this.#now);
  }

  /** By how much the machine's clock is ahead of this one, in milliseconds; negative when it is behind. */
  get difference(): number {
    return this.#wall() - this.now();
  }

  /** How long ago this clock has followed a step of the machine's, in milliseconds; `Infinity` if it never has. */
  get sinceStep(): number {
    return this.#steady() - this.#steppedAt;
  }
}

/** The clock of this program. */
export const clock: Clock = new Clock();
