/**
 * The way of a reader through a log: where it begins, what it passes over, and the records that it gets.
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

/** The largest slice that a reader hands out, in bytes: it bounds the memory of a reader that lags. */
const MAX_SLICE_BYTES = 256 * 1024;

/** So far behind, in bytes of the spool, a reader that wants to skip goes on at the present. */
const MAX_BEHIND_BYTES = 4 * 1024 * 1024;

/** What a reader shall see. */
export interface LogReaderOptions {
  /** Whether to go on with what comes live until the log ends (default), or to end at what is there now. */
  follow?: boolean | undefined;
  /** Where to start, in payload bytes of the log; also in the middle of a chunk. Default is its start. */
  fromOffset?: number | undefined;
  /** Start at the last so many lines of what is there now. */
  tailLines?: number | undefined;
  /** Only what was read at that time or later, in milliseconds since the Unix epoch. */
  since?: number | undefined;
  /** Only what was read before that time, in milliseconds since the Unix epoch; following ends then. */
  until?: number | undefined;
  /** Only this stream. */
  stream?: LogStream | undefined;
  /**
   * What becomes of a reader that follows and is slower than the process writes: it gets everything later (`wait`, the
   * default), or, when it is more than 4 MiB behind, goes on at the present (`skip`).
   */
  onSlow?: "wait" | "skip" | undefined;
  /** Ends the reading: the stream errors with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** A place in a log, and the way on from there. */
export class Reading {
  /** Up to here every byte has been handed out or declared as missing. */
  offset: number;
  lines = 0;
  mayBeCut = false;

  readonly #log: Log;
  readonly #request: LogReaderOptions;
  readonly #signal: AbortSignal;
  readonly #live: boolean;
  readonly #until: number;
  /** The end of the log when the reader was made, and what that end had lost. */
  readonly #now: Mark;
  readonly #lostThen: Log["lostEnd"];
  /** The next record in the spool, and its offset: behind `offset` while bytes are passed over. */
  #next: Pick<Mark, "position" | "offset"> = START;
  /** The segment that is held open. */
  #segment: Segment | undefined;
  /** The first byte that is asked for. */
  #start = 0;
  #timely: boolean;
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

  /** Slices that account for every byte: it is in a chunk, or in a gap before the chunks of a slice. */
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

  /** Whether a place is to be looked for: not in what begins at the beginning and ends at the end. */
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
    // What was dropped before it is not what was asked for only if all of it is older. The log may have lost more while a
    // place was looked for, so what counts is whether the place is not behind the first one that there is by now.
    const droppedToo = next.position <= this.#log.segments.first.position && next.offset > this.#start;
    this.#next = droppedToo && !(next.time < (since ?? -Infinity)) ? START : next;
  }

  /** Declares what was dropped, lost or damaged, or what a slow reader skips. */
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

  /** Declares what the end of the log has lost, up to some offset, once all before it was read. */
  *#lostEnd(to: number): Generator<Uint8Array> {
    const lost = this.#live ? this.#log.lostEnd : this.#lostThen;
    if (!lost || this.#next.position < lost.from.position) return;
    yield* this.#missing(to < lost.gap.to ? { ...lost.gap, to, lines: undefined } : lost.gap);
  }

  /** Where the reading has ended. */
  async #end(): Promise<Mark> {
    if (this.#until !== Infinity) {
      const end = await findTime(this.#log, this.#until);
      if (end.offset <= (this.#live ? Infinity : this.#now.offset)) return end;
    }
    return this.#live ? this.#log.written : this.#now;
  }

  /** The next records, from the spool or as they come; `undefined` at the end, "passed" when there is another look due. */
  async #nextSlice(): Promise<LogSlice | "passed" | undefined> {
    const log = this.#log;
    const ahead = (this.#live ? log.written : this.#now).position - this.#next.position;
    if (ahead > 0) {
      return await this.#read(Math.min(ahead, MAX_SLICE_BYTES)) ?? "passed";
    }
    if (!this.#live || log.ended || clock.now() >= this.#until) return undefined;
    return await this.#growth() ?? "passed";
  }

  /** The next records of the spool; `undefined` if they were dropped, or are damaged. */
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

  /** What was asked for of a slice, each run of chunks with the gap before it. */
  *#requested(records: Uint8Array): Generator<Uint8Array> {
    const { stream, since = -Infinity } = this.#request;
    let message: RecordBuffer | undefined;
    for (const { chunk, gap } of decodeLogRecords(records)) {
      if (!chunk) { // the first record, if any is a gap
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
  /** Declares a gap, as far as its bytes were asked for; what was passed over before it was not. */
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

/** The offset of the first record. */
function offsetOf(records: Uint8Array): number {
  for (const { chunk, gap } of decodeLogRecords(records)) return (chunk?.offset ?? gap?.from)!;
  return NaN;
}
