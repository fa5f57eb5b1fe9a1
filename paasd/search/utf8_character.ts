/**
 * Reading UTF-8 byte by byte.
 *
 * @module
 */

/** The character for bytes that are not UTF-8. */
const REPLACEMENT = 0xfffd;

/** The smallest character of each length, in bytes. A smaller one must not be written at that length. */
const SMALLEST: readonly number[] = [0, 0, 0x80, 0x800, 0x10000];

/** A character whose bytes come one after the other. */
export class Utf8Character {
  #code = 0;
  #length = 0;
  /** Number of bytes that are still to come. */
  #missing = 0;

  /** Whether bytes of the character are still to come. */
  get isPending(): boolean {
    return this.#missing > 0;
  }

  /** Forgets a character whose bytes have not all come. */
  clear(): void {
    this.#missing = 0;
  }

  /**
   * Takes a byte. The code is `undefined` while bytes are still to come, and U+FFFD for bytes that are not UTF-8. A byte that
   * cannot continue a character ends it, and is not taken.
   *
   * @example
   * ```ts
   * import { Utf8Character } from "./utf8_character.ts";
   * import { assertEquals } from "@std/assert";
   *
   * const character = new Utf8Character();
   * const taken = [0xc3, 0xa4, 0xff, 0xc3, 0x41].map((byte) => character.take(byte));
   * assertEquals(taken.map(({ code }) => code), [undefined, 0xe4, 0xfffd, undefined, 0xfffd]);
   * assertEquals(taken.at(-1)?.taken, false);
   * ```
   */
  take(byte: number): { taken: boolean; code: number | undefined } {
    if (this.#missing > 0) {
      if ((byte & 0xc0) !== 0x80) {
        this.#missing = 0;
        return { taken: false, code: REPLACEMENT };
      }
      this.#code = this.#code << 6 | byte & 0x3f;
      this.#missing--;
      return { taken: true, code: this.#missing > 0 ? undefined : this.#checked() };
    }
    if (byte < 0x80) return { taken: true, code: byte };
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    if (byte < 0xc2 || byte > 0xf4) return { taken: true, code: REPLACEMENT };
    this.#length = length;
    this.#missing = length - 1;
    this.#code = byte & (0x7f >> length);
    return { taken: true, code: undefined };
  }

  /** The code if it may be written like this. */
  #checked(): number {
    const code = this.#code;
    const isSurrogate = code >= 0xd800 && code < 0xe000;
    return code < SMALLEST[this.#length]! || code > 0x10ffff || isSurrogate ? REPLACEMENT : code;
  }
}
