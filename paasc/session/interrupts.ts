/**
 * Meaning of Ctrl-C in a session: the first one interrupts the process, a second one soon after stops it.
 *
 * @module
 */

/** Time in which signals count as one, in milliseconds: terminals and task runners deliver one Ctrl-C twice. */
const SAME_MS = 300;

/** Time in which a second Ctrl-C means that the first one was not enough, in milliseconds. */
const AGAIN_MS = 2_000;

/** Decides the meaning of each Ctrl-C. */
export class Interrupts {
  #first = -Infinity;
  #last = -Infinity;

  /**
   * Gives the meaning of a Ctrl-C: interrupt the process, stop it, or nothing.
   *
   * @param now Time of the Ctrl-C, in milliseconds
   *
   * @example
   * ```ts
   * import { Interrupts } from "./interrupts.ts";
   * import { assertEquals } from "@std/assert";
   *
   * const interrupts = new Interrupts();
   * const meanings = [0, 100, 1_000, 5_000].map((now) => interrupts.meaning(now));
   * assertEquals(meanings, ["interrupt", undefined, "stop", "interrupt"]);
   * ```
   */
  meaning(now: number): "interrupt" | "stop" | undefined {
    const repeated = now - this.#last < SAME_MS;
    this.#last = now;
    if (repeated) return undefined;
    if (now - this.#first <= AGAIN_MS) return "stop";
    this.#first = now;
    return "interrupt";
  }
}
