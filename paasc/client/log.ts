/**
 * The output of a process, for programs.
 *
 * @module
 */
import { PaasError } from "../errors.ts";
import { dateFrom } from "./status.ts";
import { word } from "../words/enum_words.ts";
import type { LogAccount } from "../streams/log_account.ts";
import { CUT, gapSentence, isMissing } from "../streams/log_gap.ts";
import type { LogMessage, LogPiece } from "@paas/proto/log_wire";

/** An output stream of a process. */
export type LogStream = "stdout" | "stderr";

/**
 * A piece of output: whole lines of one stream that arrived together, at most 64 KiB. A line that is longer, or whose
 * newline does not come, is cut into several chunks.
 */
export interface LogChunk {
  /** The stream that the process wrote to. */
  readonly stream: LogStream;
  /** The bytes as written, which need not be text. Several chunks may share the memory. */
  readonly data: Uint8Array<ArrayBuffer>;
  /** The time when the daemon read the bytes. */
  readonly time: Date;
  /** The number of bytes before this chunk, over both streams. */
  readonly offset: number;
  /** Whether the last line continues in the next chunk of the same stream. */
  readonly partial: boolean;
}

/** A run of missing bytes in a log. */
export interface LogGap {
  /** The offset of the first missing byte. */
  readonly from: number;
  /** The offset after the last missing byte. */
  readonly to: number;
  /**
   * Why the bytes are missing: the daemon keeps only the newest part of a log (`dropped`), its disk or quota was full
   * (`no-space`), it could not write them (`write-failed`), they are damaged on its disk (`damaged`), or the reader was too
   * slow and asked for `skip` (`skipped`). A newer daemon may give other reasons.
   */
  readonly reason: string;
  /** The number of newlines in the missing bytes, if known. */
  readonly lines: number | undefined;
}

/** Callbacks for missing output. */
export interface GapOptions {
  /**
   * Called with each run of missing bytes: the daemon keeps only so much of a log, its disk was full, the bytes are damaged
   * there, or the reader was too slow and asked for `skip`. Without this callback missing bytes are an error
   * (`incomplete`), so that incomplete output is never taken for complete.
   */
  readonly onGap?: ((gap: LogGap) => void) | undefined;
  /**
   * Called at the end of a log that may be cut: the daemon was killed while the process ran, so the last bytes may be
   * missing. Without this callback such a log is an error (`incomplete`).
   */
  readonly onCut?: (() => void) | undefined;
}

/**
 * Yields the chunks in the messages of a log, up to the end of the log.
 *
 * @throws {PaasError} When bytes are missing, or may be, and there is no callback for that, or the daemon does not account
 *   for every byte
 * @throws The reason of the signal
 */
export async function* chunksOf(
  messages: AsyncIterable<LogMessage>,
  account: LogAccount,
  signal: AbortSignal,
  { onGap, onCut }: GapOptions,
): AsyncGenerator<LogChunk, void, void> {
  let complete = false;
  try {
    for await (const message of messages) {
      account.take(message);
      const { gap, pieces } = message;
      if (gap && isMissing(gap)) {
        if (!onGap) throw new PaasError("incomplete", gapSentence(gap));
        const { from, to, reason, lines } = gap;
        onGap({ from, to, reason: word(reason, "LOG_GAP_REASON_"), lines });
      }
      for (const piece of pieces) yield chunkFrom(piece);
      if (message.end?.mayBeCut) {
        if (!onCut) throw new PaasError("incomplete", CUT);
        onCut();
      }
      complete = account.complete;
    }
  } catch (error) {
    if (complete) return; // a failure after the end of the log changes nothing
    signal.throwIfAborted();
    throw error;
  }
  if (!complete) signal.throwIfAborted();
  account.finish();
}

function chunkFrom({ offset, stream, time, data, partial }: LogPiece): LogChunk {
  return {
    stream: stream === 2 ? "stderr" : "stdout",
    // Not a Buffer, whose `slice` shares memory where that of a Uint8Array copies.
    data: new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.length),
    time: time ? dateFrom(time) : new Date(NaN),
    offset,
    partial,
  };
}
