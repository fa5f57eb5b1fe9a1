/**
 * How large the messages of a stream are to be: as large as its client takes in half a second.
 *
 * A message counts only when all of it has arrived. Large ones carry the most, but on a slow line one would take minutes,
 * and be lost when the connection breaks.
 *
 * @module
 */

/** The smallest and the largest message of output, in bytes, and the size to begin with. */
const SMALLEST = 4 * 1024;
const LARGEST = 256 * 1024;
const FIRST = 16 * 1024;

/** In milliseconds: what is sent faster may grow, what takes longer must shrink, and to what. */
const QUICK = 100;
const SLOW = 1_000;
const AIM = 500;

/** The size of messages, by how long those before have taken. */
export class Pace {
  /** How many bytes the next message may have. */
  size = FIRST;

  /**
   * A message was sent.
   *
   * @param bytes How large it was.
   * @param milliseconds How long it took.
   *
   * @example
   * ```ts
   * import { Pace } from "./pace.ts";
   * import { assertEquals } from "@std/assert";
   *
   * const pace = new Pace();
   * const sizes = [[16_384, 1], [100, 1], [32_768, 4_000], [4_096, 500], [4_096, 9_000]].map(([bytes, milliseconds]) => {
   *   pace.sent(bytes!, milliseconds!);
   *   return pace.size;
   * });
   * assertEquals(sizes, [32_768, 32_768, 4_096, 4_096, 4_096]);
   * ```
   */
  sent(bytes: number, milliseconds: number): void {
    if (milliseconds > SLOW) {
      this.size = Math.max(SMALLEST, Math.min(this.size, Math.floor(bytes * AIM / milliseconds)));
    } else if (milliseconds < QUICK && bytes >= this.size / 2) this.size = Math.min(LARGEST, 2 * this.size);
  }
}
