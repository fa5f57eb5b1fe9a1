/**
 * The output of a process, for programs.
 *
 * @module
 */
import type { LogMessage, LogPiece } from "@paas/proto/log_wire";
import type { GapOptions } from "./requests.ts";
import { PaasError } from "../errors.ts";
import { word } from "../words/enum_words.ts";
import type { LogAccount } from "../streams/log_account.ts";
import { CUT, gapSentence, isMissing } from "../streams/log_gap.ts";

/** Where a process writes to. */
export type LogStream = "stdout" | "stderr";

/**
 * A piece of output: whole lines of one stream that arrived together, at most 64 KiB. A line that is longer, or whose
 * newline does not come, is cut in pieces.
 */
export interface LogChunk {
  /** Where the process wrote it. */
  readonly stream: LogStream;
  /** The bytes as written: any bytes, not only text. They share their memory with other chunks. */
  readonly data: Uint8Array<ArrayBuffer>;
  /** When the daemon read it. */
  readonly time: Date;
  /** How many bytes stand before it, over both streams. */
  readonly offset: number;
  /** Whether its last line goes on in the next chunk of the same stream. */
  readonly partial: boolean;
}

/** Bytes of a log that are missing. */
export interface LogGap {
  /** The offset of the first one. */
  readonly from: number;
  /** The offset behind the last one. */
  readonly to: number;
  /**
   * Why: the daemon keeps only the newest part of a log (`dropped`), its disk or quota was full (`no-space`), it could not
   * write them (`write-failed`), they are damaged on its disk (`damaged`), the reader was too slow and has asked for it
   * (`skipped`); or as a newer daemon says it.
   */
  readonly reason: string;
  /** How many newlines it has, if that is known. */
  readonly lines: number | undefined;
}

/**
 * The chunks in the messages of a log, all that there are.
 *
 * @throws {PaasError} When bytes are missing, or may be, and nobody is to be told, or the daemon does not account for them
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
    if (complete) return; // what comes behind the end changes nothing
    signal.throwIfAborted();
    throw error;
  }
  if (complete) return;
  signal.throwIfAborted();
  throw new PaasError("incomplete", "the daemon ended the log without saying that it is complete");
}

function chunkFrom({ offset, stream, time, data, partial }: LogPiece): LogChunk {
  return {
    stream: stream === 2 ? "stderr" : "stdout",
    // Not a Buffer, whose `slice` shares memory where that of a Uint8Array copies.
    data: new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.length),
    time: new Date(time ? time.seconds * 1000 + time.nanos / 1e6 : NaN),
    offset,
    partial,
  };
}
