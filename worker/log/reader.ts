/**
 * Readers of a log: as a stream of records, and as chunks.
 *
 * @module
 */
import { IncompleteLogError } from "../errors.ts";
import { decodeLogRecords } from "../log_format/decode.ts";
import type { LogChunk, LogGap } from "../log_format/record.ts";
import type { Log } from "./log.ts";
import { type LogReaderOptions, Reading } from "./reading.ts";

/**
 * A log as a stream of slices, each a run of whole records (see `decodeLogRecords`): all of the history first, then the
 * live output, in one path without a seam. The stream is pulled: a reader that does not read costs nothing and makes
 * nobody wait. Where bytes are passed over, a slice begins with a gap (see {@linkcode LogGap}).
 *
 * A slice that was just written is shared with other readers: do not change its bytes.
 */
export class LogReader extends ReadableStream<Uint8Array> {
  readonly #reading: Reading;

  /**
   * Makes a reader, at the start of the log unless it asks for another place.
   *
   * @throws {OffsetError} When the log ends before `fromOffset`.
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

  /** The number of payload bytes of the log up to the place that has been read or passed over. */
  get offset(): number {
    return this.#reading.offset;
  }

  /** The number of lines of the log up to the end of this stream, once it has ended; an unfinished line counts too. */
  get lines(): number {
    return this.#reading.lines;
  }

  /**
   * Whether the process may have printed more than this stream had, once it has ended: the daemon was killed before it had
   * noted the end of the log.
   */
  get mayBeCut(): boolean {
    return this.#reading.mayBeCut;
  }
}

/** Options of a reader that takes chunks. */
export interface ChunkOptions extends LogReaderOptions {
  /** Called with each gap: bytes that were printed and are not there. By default a gap ends the reading with an error. */
  onGap?: ((gap: LogGap) => void) | undefined;
  /**
   * Called at the end of a log whose program was killed before it had noted the end: bytes may be missing there. By
   * default this ends the reading with an error.
   */
  onCut?: (() => void) | undefined;
}

/**
 * Reads the chunks of a log.
 *
 * @param open Makes the reader; called when the first chunk is asked for.
 * @throws {IncompleteLogError} When bytes are missing, or may be missing at the end, and no callback takes that.
 */
export async function* chunksOf(
  open: (options: LogReaderOptions) => Promise<LogReader>,
  { onGap, onCut, ...options }: ChunkOptions = {},
): AsyncGenerator<LogChunk, void, void> {
  const reader = await open(options);
  for await (const records of reader) {
    for (const { chunk, gap } of decodeLogRecords(records)) {
      if (chunk) yield chunk;
      else if (gap!.reason !== "not-requested") {
        if (!onGap) throw new IncompleteLogError(gap!);
        onGap(gap!);
      }
    }
  }
  if (!reader.mayBeCut) return;
  if (!onCut) throw new IncompleteLogError();
  onCut();
}
