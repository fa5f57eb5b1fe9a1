/**
 * A reader of a log: a position in its file.
 *
 * @module
 */
import type { Log } from "./log.ts";
import { type LogSlice, wholeRecords } from "./log_record.ts";

/** The largest slice that a reader hands out, in bytes: it bounds the memory of a reader that lags. */
const MAX_SLICE_BYTES = 256 * 1024;

/** What a reader shall see. */
export interface LogReaderOptions {
  /** Whether to go on with what comes live until the log ends (default), or to end at what is there now. */
  follow?: boolean | undefined;
  /** Ends the reading: the stream errors with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/**
 * A log as a stream of slices, each a run of whole records (see {@linkcode decodeLogChunks}): all of the history first,
 * then what comes live, in one path without a seam. It is pulled: a reader that does not read costs nothing and makes
 * nobody wait.
 *
 * A slice that was just written is shared with other readers: do not change its bytes.
 */
export class LogReader extends ReadableStream<Uint8Array> {
  readonly #position: LogPosition;

  /** For `Log.read`. */
  constructor(log: Log, { follow = true, signal }: LogReaderOptions = {}) {
    const position = new LogPosition(log, follow);
    const cancellation = new AbortController();
    const either = signal ? AbortSignal.any([signal, cancellation.signal]) : cancellation.signal;
    super({
      async pull(controller) {
        try {
          const records = await position.advance(either);
          if (records) return controller.enqueue(records);
          await position.leave();
          controller.close();
        } catch (error) {
          await position.leave();
          controller.error(error);
        }
      },
      async cancel(reason) {
        cancellation.abort(reason);
        await position.leave();
      },
    }, { highWaterMark: 0 });
    this.#position = position;
  }

  /** Payload bytes of the log that stand before the place up to which it has been read. */
  get offset(): number {
    return this.#position.offset;
  }
}

/** A place in a log, and the way on from there. */
class LogPosition {
  readonly #log: Log;
  /** Where a reader that does not follow ends, in bytes of the file. */
  readonly #end: number | undefined;
  #position = 0;
  #offset = 0;
  #file: Promise<void> | undefined;

  constructor(log: Log, follow: boolean) {
    this.#log = log;
    this.#end = follow ? undefined : log.size;
  }

  get offset(): number {
    return this.#offset;
  }

  /** The next records, from the file or as they come; `undefined` at the end. */
  async advance(signal: AbortSignal): Promise<Uint8Array | undefined> {
    signal.throwIfAborted();
    const log = this.#log;
    if (this.#position < (this.#end ?? log.size)) return this.#pass(await this.#fromFile());
    if (this.#end !== undefined) return undefined;
    if (log.failure) throw log.failure;
    if (log.ended) return undefined;
    const grown = await log.growth(signal);
    return grown ? this.#pass(grown) : this.advance(signal);
  }

  /** Lets go of the file. */
  async leave(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    if (!file) return;
    const acquired = await file.then(() => true, () => false);
    if (acquired) await this.#log.release();
  }

  async #fromFile(): Promise<LogSlice> {
    await (this.#file ??= this.#log.acquire());
    const ahead = (this.#end ?? this.#log.size) - this.#position;
    return wholeRecords(await this.#log.readAt(this.#position, Math.min(ahead, MAX_SLICE_BYTES)));
  }

  #pass({ records, endOffset }: LogSlice): Uint8Array {
    this.#position += records.length;
    this.#offset = endOffset;
    return records;
  }
}
