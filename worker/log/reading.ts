/**
 * The way of a reader through a log: its start, the bytes that it passes over, and the records that it gets.
 *
 * @module
 */
import { clock } from "../system/clock.ts";
import { MAX_TIMER_MS } from "../system/time.ts";
import { OffsetError } from "../errors.ts";
import { decodeLogRecords } from "../log_format/decode.ts";
import { linesAt, type Mark, START } from "../log_format/mark.ts";
import type { LogGap, LogSlice, LogStream } from "../log_format/record.ts";
import { RecordBuffer } from "../log_format/record_buffer.ts";
import type { Log } from "./log.ts";
import { findOffset, findTail, findTime } from "./search.ts";
import type { Segment } from "./segment.ts";

/** Maximum size of a slice, in bytes: the memory of a reader that lags. */
const MAX_SLICE_BYTES = 256 * 1024;

/** Maximum distance of a reader from the end of the log until it skips to the present, in bytes of the spool. */
const MAX_BEHIND_BYTES = 4 * 1024 * 1024;

/** The part of a log that a reader sees. */
export interface LogReaderOptions {
  /** Whether to follow the log until it ends (default), or to end where the log ends now. */
  follow?: boolean | undefined;
  /** The first byte to read, in payload bytes of the log; it may be in the middle of a chunk. Default is 0. */
  fromOffset?: number | undefined;
  /** The number of last lines to start with, counted from the end of the log now. */
  tailLines?: number | undefined;
  /** The earliest time of output to read, in milliseconds since the Unix epoch. */
  since?: number | undefined;
  /** The time before which output is read, in milliseconds since the Unix epoch. Following ends then. */
  until?: number | undefined;
  /** The stream to read; default is both. */
  stream?: LogStream | undefined;
  /**
   * What to do when the process writes faster than the reader reads: the reader gets everything later (`wait`, the default),
   * or goes on at the present when it is more than 4 MiB behind (`skip`).
   */
  onSlow?: "wait" | "skip" | undefined;
  /** Ends the reading with an error, the reason of the signal. */
  signal?: AbortSignal | undefined;
}

/** A place in a log, and the way on from there. */
export class Reading {
  /** The offset up to which every byte was handed out or declared as missing. */
  offset: number;
  /** The number of lines of the log up to the end, once the reading has ended. */
  lines = 0;
  /** Whether output may be missing behind the end, once the reading has ended. */
  mayBeCut = false;

  readonly #log: Log;
  readonly #request: LogReaderOptions;
  readonly #signal: AbortSignal;
  readonly #live: boolean;
  readonly #until: number;
  /** The end of the log when the reader was made, and the lost end at that time. */
  readonly #now: Mark;
  readonly #lostThen: Log["lostEnd"];
  /** The next record in the spool. Its offset is larger than {@linkcode Reading.offset} while bytes are passed over. */
  #next: Pick<Mark, "position" | "offset"> = START;
  /** The segment that the reading holds open. */
  #segment: Segment | undefined;
  /** The offset of the first byte that was asked for. */
  #start = 0;
  /** Whether the records are as late as `since` asks. */
  #timely: boolean;
  /** Whether a record is later than `until` allows. */
  #over = false;

  constructor(log: Log, request: LogReaderOptions, signal: AbortSignal) {
    const { follow, fromOffset = 0, since, until = Infinity } = request;
    this.#now = log.written;
    this.#lostThen = log.lostEnd;
    if (fromOffset > this.#now.offset) throw new OffsetError(fromOffset, this.#now.offset);
    this.offset = fromOffset;
    this.#log = log;
    this.#request = request;
    this.#signal = signal;
    this.#live = follow !== false;
    this.#until = until;
    this.#timely = since === undefined;
  }

  /** Yields slices that account for every byte: it is in a chunk, or in a gap before the chunks of a slice. */
  async *messages(): AsyncGenerator<Uint8Array, void, void> {
    try {
      await this.#log.recover();
      if (this.#searches) await this.#log.fillIndex();
      await this.#findStart();
      const unfiltered = this.#request.stream === undefined && this.#until === Infinity;
      for (;;) {
        this.#signal.throwIfAborted();
        yield* this.#passOver();
        const slice = await this.#nextSlice();
        if (slice === "passed") continue;
        if (!slice) break;
        const { records, endOffset } = slice;
        const begin = offsetOf(records);
        const asItIs = unfiltered && this.#timely && begin === this.offset && this.#start <= begin;
        this.#next = { position: this.#next.position + records.length, offset: endOffset };
        if (asItIs) {
          this.offset = endOffset;
          yield records;
        } else {
          yield* this.#requested(records);
        }
        if (this.#over) break;
      }
      const end = await this.#end();
      this.lines = linesAt(end);
      this.mayBeCut = this.#log.mayBeCut && end.offset === this.#log.written.offset;
      yield* this.#lostEnd(end.offset);
      yield* this.#declare({ from: this.offset, to: end.offset, reason: "not-requested" });
    } finally {
      this.#segment?.release();
    }
  }

  /** Whether a place has to be found: not for a reading from the start to the end. */
  get #searches(): boolean {
    const { tailLines, since, onSlow } = this.#request;
    return this.offset > 0 || tailLines !== undefined || since !== undefined || this.#until !== Infinity ||
      onSlow === "skip";
  }

  async #findStart(): Promise<void> {
    const { tailLines, since } = this.#request;
    const tail = tailLines === undefined ? 0 : await findTail(this.#log, this.#now, tailLines);
    this.#start = Math.max(this.offset, tail);
    let next = await findOffset(this.#log, this.#start);
    if (since !== undefined) {
      const later = await findTime(this.#log, since, true);
      if (later.position > next.position) next = later;
    }
    // Bytes that were dropped before the place were asked for, unless all of them are too old. The log may have dropped more
    // during the search, so the place is compared with the start of the log now.
    const droppedToo = next.position <= this.#log.segments.first.position && next.offset > this.#start;
    this.#next = droppedToo && !(next.time < (since ?? -Infinity)) ? START : next;
  }

  /** Declares bytes that were dropped, lost or damaged, or that a slow reader skips. */
  *#passOver(): Generator<Uint8Array> {
    const { segments: { first, index }, written } = this.#log;
    yield* this.#lostEnd(Infinity);
    if (this.#next.position < first.position) {
      const lines = this.#next === START && this.#start === 0 ? first.newlines : undefined;
      yield* this.#missing({ from: this.#next.offset, to: first.offset, reason: "dropped", lines });
      this.#next = first;
    }
    for (let damage; (damage = this.#log.segments.damageAt(this.#next.position)) !== undefined;) {
      const { from, to, gap } = damage;
      const whole = this.#next.position === from.position;
      yield* this.#missing(whole ? gap : { ...gap, from: this.#next.offset, lines: undefined });
      this.#next = to;
    }
    const behind = written.position - this.#next.position;
    if (this.#request.onSlow === "skip" && this.#live && behind > MAX_BEHIND_BYTES) {
      const present = index.last(({ position }) => position <= written.position);
      if (present.position <= this.#next.position) return;
      yield* this.#missing({ from: this.#next.offset, to: present.offset, reason: "skipped" });
      this.#next = present;
    }
  }

  /** Declares the lost end of the log, up to an offset, once all before it was read. */
  *#lostEnd(to: number): Generator<Uint8Array> {
    const lost = this.#live ? this.#log.lostEnd : this.#lostThen;
    if (!lost || this.#next.position < lost.from.position) return;
    yield* this.#missing(to < lost.gap.to ? { ...lost.gap, to, lines: undefined } : lost.gap);
  }

  /** Returns the place where the reading has ended. */
  async #end(): Promise<Mark> {
    if (this.#until !== Infinity) {
      const end = await findTime(this.#log, this.#until);
      if (end.offset <= (this.#live ? Infinity : this.#now.offset)) return end;
    }
    return this.#live ? this.#log.written : this.#now;
  }

  /** Returns the next records, from the spool or live; `undefined` at the end, "passed" when the log has to be looked at again. */
  async #nextSlice(): Promise<LogSlice | "passed" | undefined> {
    const log = this.#log;
    const ahead = (this.#live ? log.written : this.#now).position - this.#next.position;
    if (ahead > 0) {
      return await this.#read(Math.min(ahead, MAX_SLICE_BYTES)) ?? "passed";
    }
    if (!this.#live || log.ended || clock.now() >= this.#until) return undefined;
    return await this.#growth() ?? "passed";
  }

  /** Returns the next records of the spool; `undefined` if they were dropped, or are damaged. */
  async #read(length: number): Promise<LogSlice | undefined> {
    const segment = this.#log.segments.at(this.#next.position);
    if (segment !== this.#segment) {
      this.#segment?.release();
      this.#segment = undefined;
      await segment?.hold();
      this.#segment = segment;
    }
    return await this.#log.segments.readAt(this.#next, length);
  }

  async #growth(): Promise<LogSlice | undefined> {
    if (this.#until === Infinity) return await this.#log.growth(this.#signal);
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), Math.min(this.#until - clock.now(), MAX_TIMER_MS));
    try {
      return await this.#log.growth(AbortSignal.any([this.#signal, limit.signal]));
    } catch (error) {
      if (this.#signal.aborted || !limit.signal.aborted) throw error;
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Yields the part of a slice that was asked for: each run of chunks with the gap before it. */
  *#requested(records: Uint8Array): Generator<Uint8Array> {
    const { stream, since = -Infinity } = this.#request;
    let message: RecordBuffer | undefined;
    for (const { chunk, gap } of decodeLogRecords(records)) {
      if (!chunk) { // only the first record can be a gap
        yield* this.#missing(gap!);
        continue;
      }
      if (chunk.time >= this.#until) {
        this.#over = true;
        break;
      }
      const passed = Math.max(0, this.#start - chunk.offset);
      const unwanted = passed >= chunk.data.length || chunk.time < since || (stream ?? chunk.stream) !== chunk.stream;
      if (unwanted) continue;
      const offset = chunk.offset + passed;
      const data = chunk.data.subarray(passed);
      if (!message || offset > this.offset) {
        if (message) yield message.bytes;
        message = new RecordBuffer(data.length);
        if (offset > this.offset) message.addGap({ from: this.offset, to: offset, reason: "not-requested" });
      }
      message.add({ ...chunk, offset, data });
      this.offset = offset + data.length;
      this.#timely = true;
    }
    if (message) yield message.bytes;
  }

  /** Declares a gap, as far as its bytes were asked for. Bytes that were passed over before it were not. */
  *#missing(gap: LogGap): Generator<Uint8Array> {
    const from = Math.max(gap.from, this.#start, this.offset);
    const to = this.#live ? gap.to : Math.min(gap.to, this.#now.offset);
    if (from >= to) return;
    yield* this.#declare({ from: this.offset, to: from, reason: "not-requested" });
    yield* this.#declare(from === gap.from && to === gap.to ? gap : { from, to, reason: gap.reason });
  }

  *#declare(gap: LogGap): Generator<Uint8Array> {
    if (gap.from >= gap.to) return;
    this.offset = gap.to;
    yield new RecordBuffer(0).addGap(gap).bytes;
  }
}

/** Returns the offset of the first record. */
function offsetOf(records: Uint8Array): number {
  for (const { chunk, gap } of decodeLogRecords(records)) return (chunk?.offset ?? gap?.from)!;
  return NaN;
}
