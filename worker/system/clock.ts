/**
 * The time of day for statuses, logs and ages. It never goes back, and does not follow the machine's clock at once when
 * that is wrong for a moment.
 *
 * @module
 */

/** The part by which this clock may run faster or slower, to meet the machine's clock. */
const SLEW = 0.05;

/** Minimum difference that is a step of the machine's clock and no drift, in milliseconds. */
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
  /** The steady time since which the machine's clock has been ahead by a step. */
  #aheadSince: number | undefined;
  #steppedAt = -Infinity;

  /**
   * Makes a clock that agrees with the machine's clock now.
   *
   * @param wall Returns the time of the machine, in milliseconds since the Unix epoch.
   * @param steady Returns a time that is never set, in milliseconds from any beginning.
   */
  constructor(wall: () => number = Date.now, steady: () => number = () => performance.now()) {
    this.#wall = wall;
    this.#steady = steady;
    this.#last = steady();
    this.#now = wall();
  }

  /** Returns the time, in whole milliseconds since the Unix epoch. */
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

  /** The lead of the machine's clock over this one, in milliseconds; negative when it is behind. */
  get difference(): number {
    return this.#wall() - this.now();
  }

  /** The time since this clock followed a step of the machine's clock, in milliseconds; `Infinity` if it never did. */
  get sinceStep(): number {
    return this.#steady() - this.#steppedAt;
  }
}

/** The clock of this program. */
export const clock: Clock = new Clock();
