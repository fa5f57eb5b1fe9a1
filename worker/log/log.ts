/**
 * The log of one process: records in a row of segments, and readers that are positions in it.
 *
 * @module
 */
import { NEWLINE } from "../log_format/newline.ts";
import { clock } from "../system/clock.ts";
import { SpoolError } from "../errors.ts";
import { Damages, type LogDamage } from "./damage.ts";
import { LogIndex } from "../log_format/index.ts";
import { type Mark, START, withLine } from "../log_format/mark.ts";
import { LogReader, type LogReaderOptions } from "./reader.ts";
import { readThrough, restoreSegments } from "./recovery.ts";
import type { LogGap, LogSlice, LogStream } from "../log_format/record.ts";
import { RecordBuffer } from "../log_format/record_buffer.ts";
import { wholeRecords } from "../log_format/decode.ts";
import { countNewlines } from "../log_format/newline.ts";
import { noteFirst, Segment, tryRoom } from "./segment.ts";
import { Retention } from "./retention.ts";

/** Output that waits to be written, in bytes, above which a process has to wait for the spool. */
const MAX_PENDING_BYTES = 1024 * 1024;

/** How long output is dropped after the spool could not be written, in milliseconds, until that is tried again. */
const RETRY_MS = 1_000;

/** The end of a log that could not be written. */
interface LostEnd {
  /** What is in the spool ends here. */
  readonly from: Mark;
  readonly reason: LogGap["reason"];
  readonly retryAt: number;
  /** Whether its gap is about to be written, with what came next behind it. */
  retrying: boolean;
}

/** What is known of a log that is complete, besides its segments. */
export interface LogSummary {
  /** Its end. */
  readonly written: Mark;
  /** Where the end begins that could not be written, and why. */
  readonly lost?: { readonly from: Mark; readonly reason: LogGap["reason"] } | undefined;
  /** Whether it was found without an end: see {@linkcode Log.mayBeCut}. */
  readonly mayBeCut?: boolean | undefined;
}

/**
 * The log of one process.
 *
 * Output is appended, collected while an earlier write is under way, and written in one piece. Only what is in the spool
 * is shown to readers. Memory is bounded by {@linkcode Log.writable}, not by the number or the pace of the readers.
 *
 * When the spool cannot be written the log goes on: what could not be kept is a gap.
 */
export class Log {
  readonly #directory: string;
  readonly #retention: Retention;
  /** Whose log it is, for the limits of the spool. */
  readonly group: string | undefined;
  /** The last one is being written, unless all were dropped. */
  readonly #segments: Segment[];
  #bytes = 0;
  #first: Mark = START;
  /** Which place is noted on the disk as the first one. */
  #notedFirst: Mark = START;
  #noting = Promise.resolve();
  readonly #damages: Damages;
  #pending: RecordBuffer | undefined;
  /** A buffer that nobody holds any more, while writes follow each other. */
  #spare: RecordBuffer | undefined;
  #writing: Promise<void> | undefined;
  /** The one write that is under way. */
  #batch: Promise<void> | undefined;
  #inSegment = false;
  /** The end of all that was appended. */
  #appended: Mark = START;
  #written: Mark = START;
  #lost: LostEnd | undefined;
  #ended = false;
  readonly #waiting = new Set<(grown: LogSlice | undefined) => void>();

  /** The reading of what another program has written; `undefined` for a log that was made here. */
  #recovery: Promise<void> | undefined;
  #restored = false;
  #endKnown = true;
  #mayBeCut = false;
  #index = new LogIndex();
  #indexing: Promise<void> | undefined;

  private constructor(
    directory: string,
    retention: Retention,
    segments: Segment[],
    group: string | undefined,
    damaged: (bytes: number) => void = () => {},
  ) {
    this.group = group;
    this.#damages = new Damages(damaged);
    this.#directory = directory;
    this.#retention = retention;
    this.#segments = segments;
  }

  /**
   * Makes a new log. There has to be room for a first chunk in the spool: better no process than one whose output is
   * lost.
   *
   * @param directory Where its segments go; it has to exist.
   * @param group Whose log it is, for the limits.
   * @throws {SpoolError} when that is not possible, or there is a log already.
   */
  static async create(directory: string, retention: Retention = new Retention(), group?: string): Promise<Log> {
    try {
      await tryRoom(directory);
      return new Log(directory, retention, [await Segment.create(directory, START)], group);
    } catch (cause) {
      throw new SpoolError("Cannot create a log in the spool", { cause });
    }
  }

  /**
   * A log that another program has written. Nothing is read yet.
   *
   * @param summary What is known of it; without, {@linkcode Log.recover} finds out.
   * @param group Whose log it is, for the limits.
   * @param damaged Called when so many bytes of it are found to be damaged.
   */
  static restore(
    directory: string,
    retention: Retention,
    summary: LogSummary | undefined,
    group?: string,
    damaged?: (bytes: number) => void,
  ): Log {
    const log = new Log(directory, retention, [], group, damaged);
    log.#ended = log.#restored = true;
    log.#endKnown = summary !== undefined;
    log.#mayBeCut = summary?.mayBeCut ?? !summary;
    if (!summary) return log;
    const { written, lost } = summary;
    log.#appended = log.#written = fromJson(written);
    if (lost) log.#lost = { reason: lost.reason, from: fromJson(lost.from), retryAt: Infinity, retrying: false };
    return log;
  }

  /**
   * Makes a restored log ready to be read. Nothing on the disk is changed: what is missing there of what is known of the
   * log is damaged, and what is torn behind the end of one of which nothing is known does not count.
   *
   * @throws {SpoolError} when it cannot be read.
   */
  recover(signal?: AbortSignal): Promise<void> {
    if (!this.#restored) return Promise.resolve();
    return this.#recovery ??= this.#recover(signal).catch((error) => {
      this.#recovery = undefined;
      throw error;
    });
  }

  async #recover(signal?: AbortSignal): Promise<void> {
    const { segments, first } = await restoreSegments(this.#directory);
    const dropped = segments.filter(({ start }) => start.position < first.position); // its daemon died meanwhile
    const kept = segments.slice(dropped.length);
    this.#segments.splice(0, Infinity, ...kept);
    this.#first = this.#notedFirst = first;
    this.#damages.clear();
    if (!this.#endKnown) {
      const last = kept.at(-1);
      const fileEnd = { position: last?.end ?? 0, offset: Infinity };
      this.#appended = this.#written = last ? await readThrough(last, fileEnd, undefined, signal) : first;
      await this.sync();
    }
    const begin = kept[0]?.start ?? this.#kept;
    if (begin.position > first.position) this.#damages.add(first, begin);
    for (const segment of kept) {
      const size = this.#endOf(segment).position - segment.start.position;
      if (segment.size < size) await this.#findDamage(segment, signal);
      else segment.size = size;
    }
    this.#bytes = kept.reduce((sum, { size }) => sum + size, 0);
    this.#index.dropBefore(first);
    await Promise.allSettled(dropped.map((segment) => segment.remove()));
  }

  /**
   * Fills the index of a restored log, which a search is slow without.
   *
   * @throws {SpoolError} when the log cannot be read.
   */
  fillIndex(): Promise<void> {
    if (!this.#restored) return Promise.resolve();
    return this.#indexing ??= this.#fillIndex().catch((error) => {
      this.#indexing = undefined;
      throw error;
    });
  }

  async #fillIndex(): Promise<void> {
    const index = new LogIndex();
    index.dropBefore(this.first);
    for (const segment of [...this.#segments]) {
      await readThrough(segment, this.#endOf(segment), (mark) => index.add(mark));
    }
    this.#index = index;
    index.dropBefore(this.first); // what was dropped meanwhile
  }

  /** What is known of the log once it has ended, to {@linkcode Log.restore} it. */
  get summary(): LogSummary {
    const lost = this.#lost && { from: this.#lost.from, reason: this.#lost.reason };
    return { written: this.#written, lost, mayBeCut: this.#mayBeCut || undefined };
  }

  /**
   * Whether its daemon was killed before it had noted the end: what it had not read or written by then is missing, and
   * nobody knows how much that is.
   */
  get mayBeCut(): boolean {
    return this.#mayBeCut;
  }

  /** Places in the log, for a search. They may lie behind what is in the spool. */
  get index(): LogIndex {
    return this.#index;
  }

  /** The start of what is in the spool: what is before it was dropped. */
  get first(): Mark {
    return this.#first;
  }

  /** The damage that a position lies in, as far as it is known. */
  damageAt(position: number): LogDamage | undefined {
    return this.#damages.at(position);
  }

  /** The end of what readers see: always between two records. What its end has lost counts as well. */
  get written(): Mark {
    return this.#written;
  }

  /** The gap at the end of the log, if what came last could not be kept. */
  get lostEnd(): { from: Mark; gap: LogGap } | undefined {
    if (!this.#lost) return undefined;
    const { from, reason } = this.#lost;
    const { offset, newlines } = this.#written;
    return { from, gap: { from: from.offset, to: offset, reason, lines: newlines - from.newlines } };
  }

  /** Whether the log is complete: nothing more will come. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Bytes in the spool. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether there is a segment that can be dropped. */
  get canDrop(): boolean {
    return this.#segments.length > 1 || this.bytes > 0 && !this.#inSegment;
  }

  /**
   * Adds a chunk; its bytes are copied.
   *
   * @param partial Whether the line goes on in the next chunk of the stream.
   * @param read When it was read.
   */
  append(stream: LogStream, data: Uint8Array, partial = false, read: number = clock.now()): void {
    const { position, offset, newlines, unfinished, time: last } = this.#appended;
    const time = Math.max(read, last); // what is read later never comes with an earlier time
    const appended = {
      position,
      offset: offset + data.length,
      newlines: newlines + countNewlines(data),
      unfinished: withLine(unfinished, stream, !partial && data.at(-1) === NEWLINE),
      time,
    };
    if (this.#lost && !this.#lost.retrying && clock.now() < this.#lost.retryAt) {
      this.#appended = this.#written = appended;
      return;
    }
    const pending = this.#pending ??= this.#emptyBuffer(data.length);
    const before = pending.length;
    this.#addLostEnd(pending);
    pending.add({ offset, stream, time, data, partial: partial || undefined });
    this.#appended = { ...appended, position: position + pending.length - before };
    this.#index.add(this.#appended);
    this.#writing ??= this.#write();
  }

  /** Waits while too much output is not written yet: the back-pressure of the disk. */
  async writable(): Promise<void> {
    const limit = Math.min(MAX_PENDING_BYTES, this.#retention.segmentBytes);
    while (this.#batch && this.#appended.position - this.#written.position > limit) await this.#batch;
  }

  /** Writes what is left and completes the log. */
  async end(): Promise<void> {
    while (this.#writing) await this.#writing;
    if (this.#lost) {
      this.#addLostEnd(this.#pending = this.#emptyBuffer(0));
      this.#appended = { ...this.#appended, position: this.#appended.position + this.#pending.length };
      await (this.#writing = this.#write());
    }
    this.#ended = true;
    this.#wake(undefined);
    this.#segments.at(-1)?.endWriting();
  }

  /** Resolves when all of it is on the disk, as far as the disk takes it. Of one that has ended. */
  async sync(): Promise<void> {
    if (this.#kept.position === 0) return;
    // What is not written after all will be found to be damaged.
    for (const segment of [...this.#segments]) await segment.sync().catch(() => {});
  }

  /** A new reader, at the start of the log unless it asks for another place. */
  read(options: LogReaderOptions = {}): LogReader {
    return new LogReader(this, options);
  }

  /** The segment that holds a position, between {@linkcode Log.first} and {@linkcode Log.written}. */
  segmentAt(position: number): Segment | undefined {
    return this.#segments[this.#indexAt(position)];
  }

  /**
   * The next records of the spool from a place between two records on, which take at most `length` bytes; `undefined` when
   * they were dropped, or are found to be damaged.
   *
   * @throws {SpoolError} when they cannot be read for a reason that may pass.
   */
  async readAt(
    { position, offset }: Pick<Mark, "position" | "offset">,
    length: number,
  ): Promise<LogSlice | undefined> {
    const segment = this.segmentAt(position);
    if (!segment) return undefined;
    const next = this.#damages.next(position);
    let end = this.#endOf(segment);
    if (next && next.position < end.position) end = next;
    let bytes: Uint8Array | undefined;
    await segment.hold();
    try {
      bytes = await segment.read(position, Math.min(length, end.position - position));
    } finally {
      segment.release();
    }
    const slice = bytes && wholeRecords(bytes, offset, end.offset);
    if (bytes && !slice) {
      await this.#findDamage(segment);
      if (position >= this.#first.position && !this.damageAt(position)) {
        throw new SpoolError("Cannot read a log in the spool", { cause: new Error("its file has changed meanwhile") });
      }
    }
    return slice;
  }

  /** Removes the oldest segment, to make room. Only where {@linkcode Log.canDrop}. */
  async dropOldest(): Promise<void> {
    const oldest = this.#segments.shift()!;
    this.#bytes -= oldest.size;
    this.#retention.free(this, oldest.size);
    const first = this.#first = this.#segments[0]?.start ?? this.#kept;
    this.#damages.dropBefore(first);
    this.#index.dropBefore(first);
    // A disk that is too full for a note: then it counts as damaged, which is not silent either.
    await (this.#noting = this.#noting.then(() => this.#noteFirst(first)).catch(() => {}));
    await oldest.remove();
  }

  async #noteFirst(first: Mark): Promise<void> {
    await noteFirst(this.#directory, first, this.#notedFirst);
    this.#notedFirst = first;
  }

  /**
   * Waits until the log has grown or ended. A reader that has read everything gets what came, shared with all who
   * waited, and needs no file for it; at the end, or when the spool could not be written, `undefined`.
   */
  growth(signal: AbortSignal): Promise<LogSlice | undefined> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const wake = (grown: LogSlice | undefined) => {
        signal.removeEventListener("abort", forget);
        resolve(grown);
      };
      const forget = () => {
        this.#waiting.delete(wake);
        reject(signal.reason);
      };
      this.#waiting.add(wake);
      signal.addEventListener("abort", forget, { once: true });
    });
  }

  /** The end of what is in the spool. */
  get #kept(): Mark {
    return this.#lost?.from ?? this.#written;
  }

  /** The index of the segment that holds a position; -1 before all of them. */
  #indexAt(position: number): number {
    let low = -1;
    for (let high = this.#segments.length; high - low > 1;) {
      const middle = (low + high) >> 1;
      if (this.#segments[middle]!.start.position <= position) low = middle;
      else high = middle;
    }
    return low;
  }

  /** Where a segment has to end. */
  #endOf({ start }: Segment): Mark {
    return this.#segments[this.#indexAt(start.position) + 1]?.start ?? this.#kept;
  }

  /** Reads a segment through, and notes from where on it is damaged. */
  async #findDamage(segment: Segment, signal?: AbortSignal): Promise<void> {
    const end = this.#endOf(segment);
    const from = await readThrough(segment, end, undefined, signal);
    if (from.position >= end.position || from.position < this.#first.position) return; // or it was dropped meanwhile
    segment.giveUp();
    this.#damages.add(from, end);
  }

  #emptyBuffer(payloadBytes: number): RecordBuffer {
    const buffer = this.#spare?.clear() ?? new RecordBuffer(payloadBytes);
    this.#spare = undefined;
    return buffer;
  }

  /** Before anything is written behind a lost end, the gap is. */
  #addLostEnd(pending: RecordBuffer): void {
    if (!this.#lost || this.#lost.retrying) return;
    pending.addGap(this.lostEnd!.gap);
    this.#lost.retrying = true;
  }

  #wake(grown: LogSlice | undefined): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake(grown);
  }

  /** Writes as long as something is pending, one batch at a time. */
  async #write(): Promise<void> {
    while (this.#pending) {
      const batch = this.#pending;
      this.#pending = undefined;
      this.#batch = this.#writeBatch(batch, this.#appended);
      await this.#batch;
    }
    this.#spare = undefined;
    this.#batch = undefined;
    this.#writing = undefined;
  }

  async #writeBatch(batch: RecordBuffer, end: Mark): Promise<void> {
    const { bytes } = batch;
    try {
      await this.#retention.reserve(this, bytes.length);
      this.#inSegment = true;
      await (await this.#writableSegment()).write(bytes);
      this.#bytes += bytes.length;
    } catch (cause) {
      this.#retention.free(this, bytes.length);
      return this.#loseEnd(cause);
    } finally {
      this.#inSegment = false;
    }
    this.#lost = undefined;
    this.#written = end;
    if (this.#waiting.size === 0) this.#spare = batch;
    else this.#wake({ records: bytes, endOffset: end.offset });
  }

  async #writableSegment(): Promise<Segment> {
    const last = this.#segments.at(-1);
    if (last?.takesMore(this.#retention.segmentBytes)) return last;
    const next = await Segment.create(this.#directory, this.#kept);
    this.#segments.push(next);
    last?.endWriting();
    return next;
  }

  /** What is not in the spool by now is lost; the process goes on. */
  #loseEnd(cause: unknown): void {
    const { exhausted } = new SpoolError("Cannot write the log to the spool", { cause });
    const from = this.#kept;
    this.#lost = {
      from,
      reason: exhausted ? "no-space" : "write-failed",
      retryAt: clock.now() + RETRY_MS,
      retrying: false,
    };
    this.#pending = undefined;
    this.#appended = this.#written = { ...this.#appended, position: from.position };
    this.#index.dropBehind(from.position);
    this.#wake(undefined);
  }
}

/** JSON has no infinity: the start of a log has no time. */
function fromJson(mark: Mark): Mark {
  return { ...mark, time: mark.time ?? -Infinity };
}
