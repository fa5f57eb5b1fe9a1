/**
 * Cutting a stream of bytes into chunks of whole lines.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { NEWLINE } from "../log_format/newline.ts";

/** Maximum size of a chunk, in bytes. A longer line is cut in pieces. */
export const MAX_CHUNK_BYTES = 64 * 1024;

/**
 * Cuts bytes into whole lines. The start of a line is held back until its newline comes, so that chunks of two streams never
 * mix within a line.
 *
 * @example
 * ```ts
 * import { LineSplitter } from "./line_splitter.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const splitter = new LineSplitter();
 * const text = (chunks: Uint8Array[]) => chunks.map((chunk) => new TextDecoder().decode(chunk));
 * assertEquals(text(splitter.push(new TextEncoder().encode("one\ntwo\nthr"))), ["one\ntwo\n"]);
 * assertEquals(text(splitter.push(new TextEncoder().encode("ee\n"))), ["three\n"]);
 * assertEquals(splitter.flush(), []);
 * ```
 */
export class LineSplitter {
  /** The pieces of a line whose newline has not come yet; together smaller than a chunk. */
  #held: Uint8Array[] = [];
  #heldBytes = 0;

  /**
   * Takes more bytes, and returns the chunks that are ready now. A chunk may share memory with `bytes`: use it before those
   * are written over.
   */
  push(bytes: Uint8Array): Uint8Array[] {
    const chunks: Uint8Array[] = [];
    while (bytes.length > 0) {
      const room = bytes.subarray(0, MAX_CHUNK_BYTES - this.#heldBytes);
      const lines = room.lastIndexOf(NEWLINE) + 1;
      const full = this.#heldBytes + room.length === MAX_CHUNK_BYTES;
      if (lines === 0 && !full) {
        this.#held.push(room.slice());
        this.#heldBytes += room.length;
        break;
      }
      const end = lines > 0 ? lines : room.length;
      chunks.push(this.#release(room.subarray(0, end)));
      bytes = bytes.subarray(end);
    }
    return chunks;
  }

  /** Whether the start of a line is held back. */
  get holds(): boolean {
    return this.#heldBytes > 0;
  }

  /** Returns the start of a line that is held back, as a chunk without newline, if there is one. */
  flush(): Uint8Array[] {
    return this.#heldBytes > 0 ? [this.#release(new Uint8Array())] : [];
  }

  #release(end: Uint8Array): Uint8Array {
    if (this.#heldBytes === 0) return end;
    const chunk = Buffer.concat([...this.#held, end]);
    this.#held = [];
    this.#heldBytes = 0;
    return chunk;
  }
}
