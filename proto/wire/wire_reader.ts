/**
 * A reader of the parts of encoded messages (https://protobuf.dev/programming-guides/encoding/#structure). Both readers of
 * this package that do without protobufjs use it: the check of requests and the reader of logs.
 *
 * @module
 */

/** The wire types of fields. */
export const WIRE = { varint: 0, fixed64: 1, bytes: 2, group: 3, groupEnd: 4, fixed32: 5 } as const;

/** Maximum length of a varint and of a tag, in bytes. */
const [MAX_VARINT, MAX_TAG] = [10, 5];

/** A position in an encoded message. Each method reads what begins there, and moves the position behind it. */
export class WireReader {
  /** The index of the next byte. */
  at = 0;
  readonly #bytes: Uint8Array;

  /** Begins at the first byte. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /**
   * Reads the tag of a field. Its lowest 3 bits are the wire type, the others are the number of the field.
   *
   * @param end The index behind the message around the field
   * @throws {RangeError} When the tag is cut short, or has a number that no field can have
   */
  tag(end: number): number {
    const tag = this.varint(end, MAX_TAG);
    if (tag < 8 || tag > 0xffff_ffff) throw new RangeError("a field has a number that there cannot be");
    return tag;
  }

  /**
   * Reads a varint. The value is exact up to 2^53: tags, lengths and all numbers that a caller reads are below that.
   *
   * @throws {RangeError} When the varint is cut short or too long
   */
  varint(end: number, most = MAX_VARINT): number {
    const bytes = this.#bytes;
    let value = 0;
    for (let index = 0, scale = 1; index < most; index++, scale *= 128) {
      if (this.at >= end) throw new RangeError("it is cut short");
      const byte = bytes[this.at++]!;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    throw new RangeError("a number has too many bytes");
  }

  /**
   * Reads the length of a text, bytes or a message, and returns the index behind its content.
   *
   * @throws {RangeError} When the content ends behind the message around it
   */
  block(end: number): number {
    const length = this.varint(end);
    if (length > end - this.at) throw new RangeError("it is cut short");
    return this.at + length;
  }

  /**
   * Passes over the content of a field that is no group.
   *
   * @throws {RangeError} When the content is cut short, or the field has a wire type that there is not
   */
  skip(tag: number, end: number): void {
    switch (tag & 7) {
      case WIRE.varint:
        this.varint(end);
        return;
      case WIRE.fixed64:
        return this.#pass(8, end);
      case WIRE.fixed32:
        return this.#pass(4, end);
      case WIRE.bytes:
        this.at = this.block(end);
        return;
      default:
        throw new RangeError(`field ${tag >>> 3} has wire type ${tag & 7}`);
    }
  }

  #pass(length: number, end: number): void {
    if (length > end - this.at) throw new RangeError("it is cut short");
    this.at += length;
  }
}
