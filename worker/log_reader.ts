/**
 * A reader of a log: a position in its file.
 *
 * @module
 */
import { OffsetError } from "./errors.ts";
import type { Log } from "./log.ts";
import { linesAt, type Mark, START } from "./log_index.ts";
import { decodeLogChunks, type LogSlice, type LogStream, RecordBuffer, wholeRecords } from "./log_record.ts";
import { findOffset, findTail, findTime } from "./log_search.ts";

/** The largest slice that a reader hands out, in bytes: it bounds the memory of a reader that lags. */
const MAX_SLICE_BYTES = 256 * 1024;

/** The longest time that a timer can wait, in milliseconds. */
const MAX_TIMER_MS = 2 ** 31 - 1;

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

/**
 * A log as a stream of slices, each a run of whole records (see {@linkcode decodeLogChunks}): all of the history first,
 * then what comes live, in one path without a seam. It is pulled: a reader that does not read costs nothing and makes
 * nobody wait. Where bytes are passed over, a slice begins with a gap (see {@linkcode LogGap}).
 *
 * A slice that was just written is shared with other readers: do not change its bytes.
 */
export class LogReader extends ReadableStream<Uint8Array> {
  readonly #reading: Reading;

  /**
   * For `Log.read`.
   *
   * @throws {OffsetError} when the log ends before `fromOffset`.
   */
  constructor(log: Log, { signal, ...request }: LogReaderOptions = {}) {
    const cancellation = new AbortController();
    const reading = new Reading(
      log,
      request,
      signal ? AbortSignal.any([signal, cancellation.signal]) : cancellation.signal,
    );
    const messages = reading.messages();
    super({
      async pull(controller) {
        const { value, done } = await messages.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel(reason) {
        cancellation.abort(reason);
        await messages.return();
      },
    }, { highWaterMark: 0 });
    this.#reading = reading;
  }

  /** Payload bytes of the log up to which it has been read or passed over. */
  get offset(): number {
    return this.#reading.offset;
  }

  /** Lines of the log up to the end of this stream, once it has ended; one that is not finished counts too. */
  get lines(): number {
    return this.#reading.lines;
  }
}

/** A place in a log, and the way on from there. */
class Reading {
  /** Up to here every byte has been handed out or declared as passed over. */
  offset: number;
  lines = 0;

  readonly #log: Log;
  readonly #request: LogReaderOptions;
  readonly #signal: AbortSignal;
  readonly #until: number;
  /** The end of the log when the reader was made. */
  readonly #now: Mark;
  /** The next record in the file, and its offset: behind `offset` while bytes are passed over. */
  #next: Pick<Mark, "position" | "offset"> = START;
  /** The first byte that is asked for. */
  #start = 0;
  #timely: boolean;
  #over = false;

  constructor(log: Log, request: LogReaderOptions, signal: AbortSignal) {
    const { fromOffset = 0, since, until = Infinity } = request;
    this.#now = log.written;
    if (fromOffset > this.#now.offset) throw new OffsetError(fromOffset, this.#now.offset);
    this.offset = fromOffset;
    this.#log = log;
    this.#request = request;
    this.#signal = signal;
    this.#until = until;
    this.#timely = since === undefined;
  }

  /** Slices that account for every byte: it is in a chunk, or in a gap before the chunks of a slice. */
  async *messages(): AsyncGenerator<Uint8Array, void, void> {
    await this.#log.acquire();
    try {
      await this.#findStart();
      const unfiltered = this.#request.stream === undefined && this.#until === Infinity;
      for (let slice = await this.#nextSlice(); slice; slice = await this.#nextSlice()) {
        const { records, endOffset } = slice;
        const wanted = this.#timely && this.#start <= this.#next.offset;
        const asItIs = unfiltered && wanted && this.#next.offset === this.offset;
        this.#next = { position: this.#next.position + records.length, offset: endOffset };
        if (asItIs) {
          this.offset = endOffset;
          yield records;
        } else {
          yield* this.#requested(records);
        }
      }
      const end = await this.#end();
      this.lines = linesAt(end);
      if (this.offset < end.offset) {
        const gap = { from: this.offset, to: end.offset };
        this.offset = end.offset;
        yield new RecordBuffer(0).addGap(gap).bytes;
      }
    } finally {
      await this.#log.release();
    }
  }

  async #findStart(): Promise<void> {
    const { tailLines, since } = this.#request;
    const tail = tailLines === undefined ? 0 : await findTail(this.#log, this.#now, tailLines);
    this.#start = Math.max(this.offset, tail);
    this.#next = await findOffset(this.#log, this.#start);
    if (since === undefined) return;
    const later = await findTime(this.#log, since);
    if (later.offset > this.#next.offset) this.#next = later;
  }

  /** Where the reading has ended. */
  async #end(): Promise<Mark> {
    if (this.#until !== Infinity) {
      const end = await findTime(this.#log, this.#until);
      if (end.offset <= (this.#request.follow === false ? this.#now.offset : Infinity)) return end;
    }
    return this.#request.follow === false ? this.#now : this.#log.written;
  }

  /** The next records, from the file or as they come; `undefined` at the end. */
  async #nextSlice(): Promise<LogSlice | undefined> {
    const log = this.#log;
    const live = this.#request.follow !== false;
    for (;;) {
      this.#signal.throwIfAborted();
      if (this.#over) return undefined;
      const ahead = (live ? log.written : this.#now).position - this.#next.position;
      if (ahead > 0) return wholeRecords(await log.readAt(this.#next.position, Math.min(ahead, MAX_SLICE_BYTES)));
      // Also for a reader that does not follow: what is there now is not all that was printed up to now.
      if (log.failure && this.#next.position === log.written.position) throw log.failure;
      if (!live) return undefined;
      if (log.ended || Date.now() >= this.#until) return undefined;
      const grown = await this.#growth();
      if (grown) return grown;
    }
  }

  async #growth(): Promise<LogSlice | undefined> {
    if (this.#until === Infinity) return await this.#log.growth(this.#signal);
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), Math.min(this.#until - Date.now(), MAX_TIMER_MS));
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
    for (const chunk of decodeLogChunks(records)) {
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
        if (offset > this.offset) message.addGap({ from: this.offset, to: offset });
      }
      message.add({ ...chunk, offset, data });
      this.offset = offset + data.length;
      this.#timely = true;
    }
    if (message) yield message.bytes;
  }
}
