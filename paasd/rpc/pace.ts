/**
 * The size of a stream's messages: as much as the client takes in half a second.
 *
 * A client can use a message only when the whole message has arrived. Large messages have the highest throughput, but on a
 * slow line one would take minutes, and a broken connection would lose it.
 *
 * @module
 */

/** Minimum, maximum and first size of a message of output, in bytes. */
const SMALLEST = 4 * 1024;
const LARGEST = 256 * 1024;
const FIRST = 16 * 1024;

/** In milliseconds: below QUICK, messages grow; above SLOW, they shrink to the size that takes AIM. */
const QUICK = 100;
const SLOW = 1_000;
const AIM = 500;

/** Adapts the size of messages to the time that earlier ones took. */
export class Pace {
  /** Maximum size of the next message, in bytes. */
  size = FIRST;

  /**
   * Notes that a message was sent.
   *
   * @param bytes The size of the message.
   * @param milliseconds The time that it took.
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
