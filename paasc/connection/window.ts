/**
 * How much may be on its way over a line, so that it is used in full and what comes behind need not wait for long.
 *
 * @module
 */

/** The window to begin with, in bytes: that of a connection of HTTP/2 (RFC 9113, section 6.9.2). */
export const firstWindow = 65_535;

/** The largest window, in bytes. */
export const largestWindow = 4 * 1024 * 1024;

/** The smallest window, in bytes: on a line of 5 kB/s it is 3 s. */
export const smallestWindow = 16 * 1024;

/** What arrives in so many milliseconds is the window: longer than any way there and back. */
const horizon = 2_000;

/** The shortest and the longest time, in milliseconds, from which a rate is taken: what comes in a burst is no rate. */
const sample = { least: 500, most: 1_000 };

/** So much may be on its way, by what has arrived lately. */
export class Window {
  /** In bytes. */
  size: number;
  #bytes = 0;
  #milliseconds = 0;

  constructor(size = firstWindow) {
    this.size = size;
  }

  /**
   * So many bytes have arrived in so many milliseconds: the window grows at once, and shrinks within a second. A line that
   * carries nothing tells nothing.
   *
   * @example
   * ```ts
   * import { Window } from "./window.ts";
   * import { assertEquals } from "@std/assert";
   *
   * const window = new Window();
   * const after = (bytes: number, milliseconds: number) => {
   *   window.arrived(bytes, milliseconds);
   *   return window.size;
   * };
   * assertEquals([after(50_000, 100), after(1e8, 100), after(0, 800)], [200_000, 4_194_304, 4_194_304]);
   * assertEquals([after(15_000, 1_000), after(0, 1_000), after(1_000, 1_000)], [30_000, 30_000, 16_384]);
   * ```
   */
  arrived(bytes: number, milliseconds: number): void {
    this.#bytes += bytes;
    this.#milliseconds += milliseconds;
    const arriving = Math.round(this.#bytes / Math.max(this.#milliseconds, sample.least) * horizon);
    const complete = this.#milliseconds >= sample.most;
    if (arriving > this.size) this.size = Math.min(arriving, largestWindow);
    else if (complete && this.#bytes > 0) this.size = Math.max(arriving, smallestWindow);
    if (complete) this.#bytes = this.#milliseconds = 0;
  }
}
