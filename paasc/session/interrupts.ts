/**
 * Ctrl-C while a process is attached: the first one goes to the process, a second one soon after stops it.
 *
 * @module
 */

/** Terminals and task runners deliver one Ctrl-C twice: within so many milliseconds they count as one. */
const same = 300;

/** A second one within so many milliseconds means that the first one was not enough. */
const again = 2_000;

/** Tells what each Ctrl-C means. */
export class Interrupts {
  #first = -Infinity;
  #last = -Infinity;

  /**
   * What one means that comes now: to interrupt the process, to stop it, or nothing.
   *
   * @param now In milliseconds
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
    const repeated = now - this.#last < same;
    this.#last = now;
    if (repeated) return undefined;
    if (now - this.#first <= again) return "stop";
    this.#first = now;
    return "interrupt";
  }
}
