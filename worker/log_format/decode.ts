/**
 * Reading records.
 *
 * @module
 */
import { CHUNK, GAP, GAP_REASONS, type LogChunk, type LogRecord, type LogSlice, STREAM_NUMBERS } from "./record.ts";

/**
 * Reads records one after the other. Only the exact form that `RecordBuffer` writes is a record, so damaged bytes hardly
 * ever pass for one.
 */
class Records {
  /** Whether the last record is a gap. */
  isGap = false;
  /**
   * The offset at which the last record begins, and the offset behind it. When no whole record follows, `from` is the offset
   * of the broken one; -1 if the bytes end before it or are zeros, NaN if other bytes stand there.
   */
  from = 0;
  to = 0;
  /** The place behind the last record, in bytes. */
  end = 0;
  /** The fields of a chunk: the number of its stream, its time in milliseconds, the place of its data, and `partial`. */
  stream = 0;
  time = 0;
  data = 0;
  partial = false;
  /** The fields of a gap: the number of its reason, and the number of its newlines. */
  reason = 0;
  lines: number | undefined;
  #at = 0;
  #limit = 0;

  constructor(readonly bytes: Uint8Array) {}

  /** Moves to the next record. Returns false if no whole record follows. */
  next(): boolean {
    const { bytes, end: begin } = this;
    const isGap = bytes[begin] === GAP;
    this.#at = begin;
    this.#limit = bytes.length;
    const length = this.#field(isGap ? GAP : CHUNK);
    const end = this.#at + length;
    this.from = length >= 0 ? this.#field(0x08) : length;
    if (!(this.from >= 0) || end > bytes.length) return false;
    this.#limit = end;
    if (!(isGap ? this.#gap() : this.#chunk()) || this.#at !== end) return false;
    this.isGap = isGap;
    this.end = end;
    return true;
  }

  /** Returns whether the last record is not empty, begins at `from`, and ends at `to` or before. */
  isBetween(from: number, to: number): boolean {
    return this.from === from && this.to > from && this.to <= to;
  }

  #chunk(): boolean {
    this.stream = this.#field(0x10);
    const timeBytes = this.#field(0x1a);
    const timeEnd = this.#at + timeBytes;
    const seconds = this.#field(0x08);
    const nanos = this.#field(0x10);
    if (!(timeBytes >= 0) || this.#at !== timeEnd) return false;
    const length = this.#field(0x22);
    this.data = this.#at;
    this.#at += length;
    this.to = this.from + length;
    this.time = seconds * 1000 + nanos / 1e6;
    this.partial = this.#at < this.#limit;
    if (this.partial && this.#field(0x28) !== 1) return false;
    return length >= 0 && seconds >= 0 && nanos >= 0 && nanos < 1e9 &&
      (this.stream === STREAM_NUMBERS.stdout || this.stream === STREAM_NUMBERS.stderr);
  }

  #gap(): boolean {
    this.to = this.#field(0x10);
    this.reason = this.#field(0x18);
    this.lines = this.#at < this.#limit ? this.#field(0x20) : undefined;
    return GAP_REASONS[this.reason - 1] !== undefined && (this.lines === undefined || this.lines >= 0);
  }

  /** Reads the varint of a field. Returns -1 where the bytes end too early or are zeros, NaN where other bytes stand. */
  #field(tag: number): number {
    const { bytes } = this;
    let at = this.#at;
    if (at < this.#limit && bytes[at++] !== tag) return bytes[this.#at] === 0 ? -1 : NaN;
    for (let value = 0, scale = 1; at < this.#limit; scale *= 0x80) {
      const byte = bytes[at++]!;
      value += (byte & 0x7f) * scale;
      if (byte >= 0x80) continue;
      this.#at = at;
      return value;
    }
    return -1;
  }
}

/**
 * Returns the whole records at the start of these bytes, up to the next gap, for a message has at most one gap. Bytes
 * behind them are the start of another record, or damaged. Returns `undefined` if there is no whole record.
 *
 * @param from The offset of the first record. Each record begins where the one before it ends.
 * @param to The largest offset that a record may reach.
 *
 * @example
 * ```ts
 * import { wholeRecords } from "./decode.ts";
 * import { RecordBuffer } from "./record_buffer.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { bytes } = new RecordBuffer(5).add({ offset: 7, stream: "stdout", time: 0, data: new Uint8Array(5) });
 * assertEquals(wholeRecords(new Uint8Array([...bytes, 0x0a, 0x20]), 7, 100), { records: bytes, endOffset: 12 });
 * assertEquals(wholeRecords(bytes.subarray(0, -1), 7, 100), undefined);
 * assertEquals(wholeRecords(bytes, 8, 100), undefined);
 * ```
 */
export function wholeRecords(bytes: Uint8Array, from: number, to: number): LogSlice | undefined {
  const record = new Records(bytes);
  let last = { end: 0, endOffset: from };
  let { end, endOffset } = last;
  while (record.next() && record.isBetween(endOffset, to)) {
    if (record.isGap && end > 0) return { records: bytes.subarray(0, end), endOffset };
    last = { end, endOffset };
    ({ end, to: endOffset } = record);
  }
  // The bytes behind a record tell whether its length is right. Zeros, which a power failure leaves in place of written
  // bytes, may have begun inside it.
  const isDoubtful = record.from !== -1 && record.from !== endOffset;
  if (isDoubtful || bytes[end] === 0 && bytes[end - 1] === 0) ({ end, endOffset } = last);
  return end > 0 ? { records: bytes.subarray(0, end), endOffset } : undefined;
}

/**
 * Yields the chunks of a run of whole records, without copying their payloads. Gaps are left out; they show in the offsets.
 *
 * @throws {RangeError} When the bytes are no run of whole records.
 *
 * @example
 * ```ts
 * import { decodeLogChunks } from "./decode.ts";
 * import { RecordBuffer } from "./record_buffer.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const chunk = { offset: 0, stream: "stderr", time: 1500, data: new TextEncoder().encode("hello") } as const;
 * assertEquals([...decodeLogChunks(new RecordBuffer(5).add(chunk).bytes)], [chunk]);
 * ```
 */
export function* decodeLogChunks(records: Uint8Array): Generator<LogChunk> {
  for (const { chunk } of decodeLogRecords(records)) if (chunk) yield chunk;
}

/**
 * Yields the chunks and gaps of a run of whole records, without copying their payloads.
 *
 * @throws {RangeError} When the bytes are no run of whole records.
 *
 * @example
 * ```ts
 * import { decodeLogRecords } from "./decode.ts";
 * import { RecordBuffer } from "./record_buffer.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const gap = { from: 3, to: 900, reason: "no-space", lines: 4 } as const;
 * const [record] = decodeLogRecords(new RecordBuffer(0).addGap(gap).bytes);
 * assertEquals(record?.gap, gap);
 * ```
 */
export function* decodeLogRecords(records: Uint8Array): Generator<LogRecord> {
  const record = new Records(records);
  for (let begin = 0; begin < records.length; begin = record.end) {
    if (!record.next()) throw new RangeError(`Cannot decode the log: no whole record at byte ${begin}`);
    const { isGap, from, to, end, data, time } = record;
    const recordBytes = end - begin;
    if (isGap) {
      yield { gap: { from, to, reason: GAP_REASONS[record.reason - 1]!, lines: record.lines }, recordBytes };
    } else {
      const stream = record.stream === STREAM_NUMBERS.stdout ? "stdout" : "stderr";
      const chunk: LogChunk = { offset: from, stream, time, data: records.subarray(data, data + to - from) };
      yield { chunk: record.partial ? { ...chunk, partial: true } : chunk, recordBytes };
    }
  }
}
