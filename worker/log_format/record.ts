/**
 * The record format of the spool: one record holds one chunk of output.
 *
 * A record is the protobuf wire form (https://protobuf.dev/programming-guides/encoding/) of one element of
 * `GetLogsResponse.chunks` in `proto/paas/v1/paas.proto`, so a run of whole records is a valid `GetLogsResponse` as it
 * stands, and can be sent without being decoded:
 *
 * ```text
 * 0a LENGTH                           chunks (field 1), length of what follows
 *    08 OFFSET                        offset
 *    10 STREAM                        stream: 1 stdout, 2 stderr
 *    1a LENGTH 08 SECONDS 10 NANOS    time
 *    22 LENGTH BYTES                  data
 *    28 01                            partial, if the line goes on in a later chunk
 * ```
 *
 * Where bytes could not be kept, the record before the next chunk is a gap, which is `GetLogsResponse.gap`. A message has
 * one gap, before its chunks, so a slice ends before the next one:
 *
 * ```text
 * 1a LENGTH                           gap (field 3), length of what follows
 *    08 FROM                          from
 *    10 TO                            to
 *    18 REASON                        reason
 *    20 LINES                         lines, if known
 * ```
 *
 * @module
 */

/** The pipe that a chunk came through. */
export type LogStream = "stdout" | "stderr";

/** A piece of output: whole lines of one stream that arrived together, or a piece of a long line. */
export interface LogChunk {
  /** How many payload bytes, of both streams, stand before this chunk. */
  readonly offset: number;
  /** The pipe that it came through. */
  readonly stream: LogStream;
  /** When it was read, in milliseconds since the Unix epoch. */
  readonly time: number;
  /** The bytes as the process wrote them. */
  readonly data: Uint8Array;
  /** Whether the line goes on in the next chunk of the stream; absent if it does not. */
  readonly partial?: true | undefined;
}

/**
 * Why bytes of a log are missing: the reader did not ask for them; they were the oldest, and the spool has limits; it had
 * no room for them; it could not be written for another reason; the reader was too slow, and wanted to go on at the
 * present; they were written, and cannot be read any more.
 */
export type LogGapReason = "not-requested" | "dropped" | "no-space" | "write-failed" | "skipped" | "damaged";

/** In the order of their numbers, from 1 on. */
const GAP_REASONS: readonly LogGapReason[] = [
  "not-requested",
  "dropped",
  "no-space",
  "write-failed",
  "skipped",
  "damaged",
];

/** A run of payload bytes that is missing. */
export interface LogGap {
  /** The offset of its first byte. */
  readonly from: number;
  /** The offset behind its last byte. */
  readonly to: number;
  /** Why. */
  readonly reason: LogGapReason;
  /** How many newlines it has, if that is known. */
  readonly lines?: number | undefined;
}

/** A record: it has a chunk or a gap. */
export interface LogRecord {
  /** Output. */
  readonly chunk?: LogChunk;
  /** Output that is missing. */
  readonly gap?: LogGap;
  /** How many bytes the record takes. */
  readonly recordBytes: number;
}

const STREAM_NUMBERS = { stdout: 1, stderr: 2 } as const;

/** The tags of the two kinds of records. */
const CHUNK = 0x0a;
const GAP = 0x1a;

/** More than the largest record needs around its payload. */
const MAX_OVERHEAD_BYTES = 64;

/** Bytes that a varint of this value takes: seven bits in each. */
function varintBytes(value: number): number {
  let bytes = 1;
  for (; value >= 0x80; value = Math.floor(value / 0x80)) bytes++;
  return bytes;
}

/** Records one behind the other in one growing buffer: what is written to the spool in one piece. */
export class RecordBuffer {
  #buffer: Uint8Array;
  #length = 0;

  /** A buffer that has room for a first record with a payload of this many bytes. */
  constructor(payloadBytes: number) {
    this.#buffer = new Uint8Array(payloadBytes + MAX_OVERHEAD_BYTES);
  }

  /** Empties it, to be filled again: the bytes that it gave before change. */
  clear(): this {
    this.#length = 0;
    return this;
  }

  /** How many bytes the records so far take. */
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

/** Reads records one after the other. Only what {@linkcode RecordBuffer} writes is one: damaged bytes hardly ever are. */
class Records {
  /** Whether the last record is a gap. */
  isGap = false;
  /**
   * The offset at which the last record begins, and the one behind it. Where no whole record follows: its offset as far as
   * it is there, -1 if the bytes end before it or are zeros, NaN if something else stands there.
   */
  from = 0;
  to = 0;
  /** Where the last record ends. */
  end = 0;
  /** Of a chunk: the number of its stream, its time in milliseconds, where its data begins, and whether its line goes on. */
  stream = 0;
  time = 0;
  data = 0;
  partial = false;
  /** Of a gap: the number of its reason, and how many newlines it has. */
  reason = 0;
  lines: number | undefined;
  #at = 0;
  #limit = 0;

  constructor(readonly bytes: Uint8Array) {}

  /** Goes on to the next record, if a whole one follows. */
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

  /** Whether the last record has something, begins at an offset, and does not go behind another one. */
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

  /** The value of a field, a varint; -1 where the bytes end before it does, or are zeros, NaN where something else stands. */
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

/** A run of whole records, and the offset that it reaches. */
export interface LogSlice {
  /** Whole records, as they stand in the file. */
  readonly records: Uint8Array;
  /** Payload bytes of the log that stand before the end of the slice. */
  readonly endOffset: number;
}

/**
 * The whole records at the start of these bytes, as far as they are one message: up to the next gap. What stands behind
 * them otherwise is the start of a record that goes on, or damaged; `undefined` if there is none.
 *
 * @param from The offset at which they have to begin: each record begins where the one before it ends.
 * @param to The offset behind which none of them goes.
 *
 * @example
 * ```ts
 * import { RecordBuffer, wholeRecords } from "./record.ts";
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
  // What follows on a record tells whether its own length is right. Zeros, which a power failure leaves in place of what
  // was written, may have begun in it.
  const isDoubtful = record.from !== -1 && record.from !== endOffset;
  if (isDoubtful || bytes[end] === 0 && bytes[end - 1] === 0) ({ end, endOffset } = last);
  return end > 0 ? { records: bytes.subarray(0, end), endOffset } : undefined;
}

/**
 * The chunks of a run of whole records, without copying their payloads. Gaps are left out: they show in the offsets.
 *
 * @throws {RangeError} when the bytes are no run of whole records.
 *
 * @example
 * ```ts
 * import { decodeLogChunks, RecordBuffer } from "./record.ts";
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
 * The chunks and gaps of a run of whole records.
 *
 * @throws {RangeError} when the bytes are no run of whole records.
 *
 * @example
 * ```ts
 * import { decodeLogRecords, RecordBuffer } from "./record.ts";
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
