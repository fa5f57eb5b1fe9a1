/**
 * The log of one process: what its readers see of it, and the log that is being written.
 *
 * @module
 */
import { clock } from "../system/clock.ts";
import { Waiters } from "../system/waiters.ts";
import { SpoolError } from "../errors.ts";
import { type Mark, markBehind, START } from "../log_format/mark.ts";
import type { LogChunk, LogGap, LogSlice, LogStream } from "../log_format/record.ts";
import { RecordBuffer } from "../log_format/record_buffer.ts";
import { Retention } from "./retention.ts";
import { Segment, tryRoom } from "./segment.ts";
import { Segments } from "./segments.ts";

/** Maximum of output that waits to be written, in bytes. Above it a process waits for the spool. */
const MAX_PENDING_BYTES = 1024 * 1024;

/** How long output is dropped after the spool could not be written, until the next try, in milliseconds. */
const RETRY_MS = 1_000;

/** The facts about a complete log that its segments do not have. */
export interface LogSummary {
  /** The end of the log. */
  readonly written: Mark;
  /** The start of the end that could not be written, and the reason. */
  readonly lost?: { readonly from: Mark; readonly reason: LogGap["reason"] } | undefined;
  /** Whether the log was found without an end: see {@linkcode Log.mayBeCut}. */
  readonly mayBeCut?: boolean | undefined;
}

/** The log of one process, for its readers. Readers see only what is in the spool. */
export interface Log {
  /** The part of the log that is in the spool. */
  readonly segments: Segments;
  /** The end of what readers see: always between two records. The lost end counts as well. */
  readonly written: Mark;
  /** The gap at the end of the log, while the last output could not be kept. */
  readonly lostEnd: { readonly from: Mark; readonly gap: LogGap } | undefined;
  /** Whether the log is complete: nothing more will come. */
  readonly ended: boolean;
  /**
   * Whether the daemon was killed before it had noted the end of the log. Output that it had not read or written by then
   * is missing, and nobody knows how much.
   */
  readonly mayBeCut: boolean;
  /** The facts that the history keeps, once the log has ended. */
  readonly summary: LogSummary;

  /**
   * Makes the log ready to be read.
   *
   * @throws {SpoolError} When the log cannot be read.
   */
  recover(signal?: AbortSignal): Promise<void>;

  /**
   * Fills the index, without which a search is slow.
   *
   * @throws {SpoolError} When the log cannot be read.
   */
  fillIndex(): Promise<void>;

  /**
   * Waits until the log has grown or ended. A reader that has read everything gets the new records, shared with all who
   * waited, and needs no file for them. Resolves with `undefined` at the end, or when the spool could not be written.
   */
  growth(signal: AbortSignal): Promise<LogSlice | undefined>;
}

/** The end of a log that could not be written. */
interface LostEnd {
  readonly reason: LogGap["reason"];
  readonly retryAt: number;
  /** Whether its gap is about to be written, with the next output behind it. */
  retrying: boolean;
}

/**
 * A log that is being written.
 *
 * Output is appended, collected while an earlier write is under way, and written in one piece. The memory is bounded by
 * {@linkcode LiveLog.writable}, and does not depend on the number or the pace of the readers.
 *
 * The log goes on when the spool cannot be written: a gap stands for the output that could not be kept.
 */
export class LiveLog implements Log {
  readonly segments: Segments;
  readonly mayBeCut = false;
  readonly #maxPendingBytes: number;
  #pending: RecordBuffer | undefined;
  /** A buffer that nobody holds any more, while writes follow each other. */
  #spare: RecordBuffer | undefined;
  #writing: Promise<void> | undefined;
  /** The one write that is under way. */
  #batch: Promise<void> | undefined;
  /** The end of all that was appended. */
  #appended: Mark = START;
  #written: Mark = START;
  #lost: LostEnd | undefined;
  #ended = false;
  readonly #readers = new Waiters<LogSlice | undefined>();

  private constructor(segments: Segments, segmentBytes: number) {
    this.segments = segments;
    this.#maxPendingBytes = Math.min(MAX_PENDING_BYTES, segmentBytes);
  }

  /**
   * Makes a new log. The spool needs room for a first chunk: better no process than one whose output is lost.
   *
   * @param directory The directory for its segments; it has to exist.
   * @param group The owner of the log, for the limits of the spool.
   * @throws {SpoolError} When the log cannot be made, or there is one already.
   */
  static async create(directory: string, retention: Retention = new Retention(), group?: string): Promise<LiveLog> {
    try {
      await tryRoom(directory);
      const segments = [await Segment.create(directory, START)];
      return new LiveLog(new Segments(directory, retention, { segments, group }), retention.segmentBytes);
    } catch (cause) {
      throw new SpoolError("Cannot create a log in the spool", { cause });
    }
  }

  get summary(): LogSummary {
    const lost = this.#lost && { from: this.segments.end, reason: this.#lost.reason };
    return { written: this.#written, lost, mayBeCut: undefined };
  }

  get written(): Mark {
    return this.#written;
  }

  get lostEnd(): { from: Mark; gap: LogGap } | undefined {
    return this.#lost && lostEndOf(this.segments.end, this.#written, this.#lost.reason);
  }

  get ended(): boolean {
    return this.#ended;
  }

  recover(): Promise<void> {
    return Promise.resolve();
  }

  fillIndex(): Promise<void> {
    return Promise.resolve();
  }

  /**
   * Adds a chunk; its bytes are copied.
   *
   * @param partial Whether the line goes on in the next chunk of the stream.
   * @param read When the chunk was read, in milliseconds since the Unix epoch.
   */
  append(stream: LogStream, data: Uint8Array, partial = false, read: number = clock.now()): void {
    const { offset, time: last } = this.#appended;
    const time = Math.max(read, last); // a later chunk never has an earlier time
    const chunk: LogChunk = { offset, stream, time, data, partial: partial || undefined };
    if (this.#lost && !this.#lost.retrying && clock.now() < this.#lost.retryAt) {
      this.#appended = this.#written = markBehind(this.#appended, { chunk, recordBytes: 0 });
      return;
    }
    const pending = this.#pending ??= this.#emptyBuffer(data.length);
    const before = pending.length;
    this.#addLostEnd(pending);
    pending.add(chunk);
    this.#appended = markBehind(this.#appended, { chunk, recordBytes: pending.length - before });
    this.segments.index.add(this.#appended);
    this.#writing ??= this.#write();
  }

  /** Waits while too much output is not written yet: the back-pressure of the disk. */
  async writable(): Promise<void> {
    while (this.#batch && this.#appended.position - this.#written.position > this.#maxPendingBytes) await this.#batch;
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
    this.#readers.wake(undefined);
    this.segments.endWriting();
  }

  growth(signal: AbortSignal): Promise<LogSlice | undefined> {
    return this.#readers.wait(signal);
  }

  #emptyBuffer(payloadBytes: number): RecordBuffer {
    const buffer = this.#spare?.clear() ?? new RecordBuffer(payloadBytes);
    this.#spare = undefined;
    return buffer;
  }

  /** Adds the gap of a lost end, before anything is written behind it. */
  #addLostEnd(pending: RecordBuffer): void {
    if (!this.#lost || this.#lost.retrying) return;
    pending.addGap(this.lostEnd!.gap);
    this.#lost.retrying = true;
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
      await this.segments.write(bytes, end);
    } catch (cause) {
      return this.#loseEnd(cause);
    }
    this.#lost = undefined;
    this.#written = end;
    if (this.#readers.size === 0) this.#spare = batch;
    else this.#readers.wake({ records: bytes, endOffset: end.offset });
  }

  /** Gives up the output that is not in the spool by now; the process goes on. */
  #loseEnd(cause: unknown): void {
    const { exhausted } = new SpoolError("Cannot write the log to the spool", { cause });
    const { position } = this.segments.end;
    this.#lost = {
      reason: exhausted ? "no-space" : "write-failed",
      retryAt: clock.now() + RETRY_MS,
      retrying: false,
    };
    this.#pending = undefined;
    this.#appended = this.#written = { ...this.#appended, position };
    this.segments.index.dropBehind(position);
    this.#readers.wake(undefined);
  }
}

/** Describes an end of a log that is not in the spool. */
export function lostEndOf(from: Mark, to: Mark, reason: LogGap["reason"]): { from: Mark; gap: LogGap } {
  return { from, gap: { from: from.offset, to: to.offset, reason, lines: to.newlines - from.newlines } };
}
