/**
 * Writing records.
 *
 * @module
 */
import { CHUNK, GAP, GAP_REASONS, type LogChunk, type LogGap, STREAM_NUMBERS } from "./record.ts";

/** Maximum overhead of a record around its payload, in bytes. */
const MAX_OVERHEAD_BYTES = 64;

/** Returns the size of a varint, in bytes: seven bits in each. */
function varintBytes(value: number): number {
  let bytes = 1;
  for (; value >= 0x80; value = Math.floor(value / 0x80)) bytes++;
  return bytes;
}

/** Records one behind the other in a growing buffer, to be written to the spool in one piece. */
export class RecordBuffer {
  #buffer: Uint8Array;
  #length = 0;

  /** Makes a buffer with room for a first record, whose payload has this many bytes. */
  constructor(payloadBytes: number) {
    this.#buffer = new Uint8Array(payloadBytes + MAX_OVERHEAD_BYTES);
  }

  /** Empties the buffer, to be filled again. The bytes that it returned before change. */
  clear(): this {
    this.#length = 0;
    return this;
  }

  /** The size of the records so far, in bytes. */
  get length(): number {
    return this.#length;
  }

  /** The bytes of the records so far. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#buffer.subarray(0, this.#length) as Uint8Array<ArrayBuffer>;
  }

  /** Adds a record; its payload is copied. */
  add({ offset, stream, time, data, partial }: LogChunk): this {
    this.#reserve(data.length + MAX_OVERHEAD_BYTES);
    const seconds = Math.floor(time / 1000);
    const nanos = Math.floor((time - seconds * 1000) * 1e6);
    const timeBytes = 2 + varintBytes(seconds) + varintBytes(nanos);
    const bodyBytes = 1 + varintBytes(offset) + 2 + 2 + timeBytes + 1 + varintBytes(data.length) + data.length +
      (partial ? 2 : 0);
    this.#field(CHUNK, bodyBytes);
    this.#field(0x08, offset);
    this.#field(0x10, STREAM_NUMBERS[stream]);
    this.#field(0x1a, timeBytes);
    this.#field(0x08, seconds);
    this.#field(0x10, nanos);
    this.#field(0x22, data.length);
    this.#buffer.set(data, this.#length);
    this.#length += data.length;
    if (partial) this.#field(0x28, 1);
    return this;
  }

  /** Adds a gap. */
  addGap({ from, to, reason, lines }: LogGap): this {
    this.#reserve(MAX_OVERHEAD_BYTES);
    const linesBytes = lines === undefined ? 0 : 1 + varintBytes(lines);
    this.#field(GAP, 1 + varintBytes(from) + 1 + varintBytes(to) + 2 + linesBytes);
    this.#field(0x08, from);
    this.#field(0x10, to);
    this.#field(0x18, GAP_REASONS.indexOf(reason) + 1);
    if (lines !== undefined) this.#field(0x20, lines);
    return this;
  }

  #field(tag: number, value: number): void {
    this.#buffer[this.#length++] = tag;
    for (; value >= 0x80; value = Math.floor(value / 0x80)) this.#buffer[this.#length++] = (value % 0x80) | 0x80;
    this.#buffer[this.#length++] = value;
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.length) return;
    const larger = new Uint8Array(2 * this.#buffer.length + bytes);
    larger.set(this.bytes);
    this.#buffer = larger;
  }
}
