/**
 * The log of one process: records in a row of segments, and readers that are positions in it.
 *
 * @module
 */
import { SpoolError } from "./errors.ts";
import { LogIndex, type Mark, START, withLine } from "./log_index.ts";
import { LogReader, type LogReaderOptions } from "./log_reader.ts";
import { areWhole, readThrough, restoreSegments } from "./log_recovery.ts";
import { type LogGap, type LogSlice, type LogStream, RecordBuffer } from "./log_record.ts";
import { countNewlines } from "./log_search.ts";
import { Segment, tryRoom } from "./log_segment.ts";
import { Retention } from "./retention.ts";

const NEWLINE = 0x0a;

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
  #index = new LogIndex();
  #indexing: Promise<void> | undefined;

  private constructor(directory: string, retention: Retention, segments: Segment[], group: string | undefined) {
    this.group = group;
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
   * A log that another program has written to its end. Nothing is read yet.
   *
   * @param summary What is known of it; without, {@linkcode Log.recover} finds out.
   * @param group Whose log it is, for the limits.
   */
  static restore(directory: string, retention: Retention, summary: LogSummary | undefined, group?: string): Log {
    const log = new Log(directory, retention, [], group);
    log.#ended = log.#restored = true;
    if (summary) log.#appended = log.#written = summary.written;
    if (summary?.lost) log.#lost = { ...summary.lost, retryAt: Infinity, retrying: false };
    return log;
  }

  /**
   * Makes a restored log ready to be read. What is torn at its end is cut off.
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
    const segments = await restoreSegments(this.#directory);
    if (!areWhole(segments, this.#kept.position)) await this.#readAll(segments, signal);
    this.#segments.splice(0, Infinity, ...segments);
    this.#index.dropBefore(this.first);
  }

  /** Finds out what the segments have, and leaves of them what is whole. */
  async #readAll(segments: Segment[], signal?: AbortSignal): Promise<void> {
    let end = segments[0]!.start;
    for (const [at, segment] of segments.entries()) {
      if (segment.start.position === end.position) end = await readThrough(segment, () => {}, signal);
      if (end.position === segment.end) continue;
      if (end.position >= segment.start.position) await segment.cut(end.position);
      const torn = segments.splice(segment.start.position > end.position ? at : at + 1);
      await Promise.all(torn.map((segment) => segment.remove()));
      break;
    }
    this.#lost = undefined;
    this.#appended = this.#written = end;
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
    for (const segment of [...this.#segments]) await readThrough(segment, (mark) => index.add(mark));
    this.#index = index;
    index.dropBefore(this.first); // what was dropped meanwhile
  }

  /** What is known of the log once it has ended, to {@linkcode Log.restore} it. */
  get summary(): LogSummary {
    const lost = this.#lost && { from: this.#lost.from, reason: this.#lost.reason };
    return { written: this.#written, lost };
  }

  /** Places in the log, for a search. They may lie behind what is in the spool. */
  get index(): LogIndex {
    return this.#index;
  }

  /** The start of what is in the spool: what is before it was dropped. */
  get first(): Mark {
    return this.#segments[0]?.start ?? this.#kept;
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
    return this.#segments.length === 0 ? 0 : this.#segments.at(-1)!.end - this.first.position;
  }

  /** Whether there is a segment that can be dropped. */
  get canDrop(): boolean {
    return this.#segments.length > 1 || this.bytes > 0 && !this.#inSegment;
  }

  /**
   * Adds a chunk; its bytes are copied.
   *
   * @param partial Whether the line goes on in the next chunk of the stream.
   */
  append(stream: LogStream, data: Uint8Array, partial = false): void {
    const { position, offset, newlines, unfinished, time: last } = this.#appended;
    const time = Math.max(Date.now(), last); // a clock that is set back must not put the log out of order
    const appended = {
      position,
      offset: offset + data.length,
      newlines: newlines + countNewlines(data),
      unfinished: withLine(unfinished, stream, !partial && data.at(-1) === NEWLINE),
      time,
    };
    if (this.#lost && !this.#lost.retrying && time < this.#lost.retryAt) {
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

  /** A new reader, at the start of the log unless it asks for another place. */
  read(options: LogReaderOptions = {}): LogReader {
    return new LogReader(this, options);
  }

  /** The segment that holds a position, between {@linkcode Log.first} and {@linkcode Log.written}. */
  segmentAt(position: number): Segment | undefined {
    return this.#segments.findLast(({ start }) => start.position <= position);
  }

  /**
   * At most `length` bytes of the spool from a position on; `undefined` when they were dropped.
   *
   * @throws {SpoolError} when they cannot be read.
   */
  async readAt(position: number, length: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const segment = this.segmentAt(position);
    if (!segment) return undefined;
    await segment.hold();
    try {
      return await segment.read(position, length);
    } finally {
      segment.release();
    }
  }

  /** Removes the oldest segment, to make room. Only where {@linkcode Log.canDrop}. */
  async dropOldest(): Promise<void> {
    const oldest = this.#segments.shift()!;
    this.#retention.free(this, oldest.size);
    this.#index.dropBefore(this.first);
    await oldest.remove();
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
      retryAt: Date.now() + RETRY_MS,
      retrying: false,
    };
    this.#pending = undefined;
    this.#appended = this.#written = { ...this.#appended, position: from.position };
    this.#index.dropBehind(from.position);
    this.#wake(undefined);
  }
}
