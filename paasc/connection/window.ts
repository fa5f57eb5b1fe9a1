/**
 * Sizes the window of a line: large enough to use the line in full, and small enough that later messages need not wait long.
 *
 * @module
 */

/** Initial size of the window, in bytes: that of an HTTP/2 connection (RFC 9113, section 6.9.2). */
export const FIRST_WINDOW = 65_535;

/** Maximum size of the window, in bytes. */
export const LARGEST_WINDOW = 4 * 1024 * 1024;

/** Minimum size of the window, in bytes: 3 s on a line of 5 kB/s. */
export const SMALLEST_WINDOW = 16 * 1024;

/** The window holds the bytes that arrive in this many milliseconds: longer than any round trip. */
const HORIZON_MS = 2_000;

/** Minimum and maximum time over which a rate is measured, in milliseconds: a burst is no rate. */
const SAMPLE_MS = { least: 500, most: 1_000 };

/** The number of bytes that may be on their way, by the bytes that arrived recently. */
export class Window {
  /** The size of the window, in bytes. */
  size: number;
  #bytes = 0;
  #milliseconds = 0;

  constructor(size = FIRST_WINDOW) {
    this.size = size;
  }

  /**
   * Notes how many bytes arrived in how many milliseconds. The window grows at once, and shrinks within a second. Silence
   * does not change it.
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
    const arriving = Math.round(this.#bytes / Math.max(this.#milliseconds, SAMPLE_MS.least) * HORIZON_MS);
    const complete = this.#milliseconds >= SAMPLE_MS.most;
    if (arriving > this.size) this.size = Math.min(arriving, LARGEST_WINDOW);
    else if (complete && this.#bytes > 0) this.size = Math.max(arriving, SMALLEST_WINDOW);
    if (complete) this.#bytes = this.#milliseconds = 0;
  }
}
