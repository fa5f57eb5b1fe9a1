/**
 * Places in a log, and the arithmetic to go from one to the next.
 *
 * @module
 */
import { countNewlines, NEWLINE } from "./newline.ts";
import type { LogRecord, LogStream } from "./record.ts";

/** A place between two records of a log, with counts of all that stands before it. */
export interface Mark {
  /** The number of bytes in all segments. */
  readonly position: number;
  /** The number of payload bytes. */
  readonly offset: number;
  /** The number of newlines. */
  readonly newlines: number;
  /** The streams with a line whose newline has not come: a bit for each, as {@linkcode withLine} sets it. */
  readonly unfinished: number;
  /** The time when the last chunk before it was read, in milliseconds since the Unix epoch. */
  readonly time: number;
}

/** The start of every log. */
export const START: Mark = { position: 0, offset: 0, newlines: 0, unfinished: 0, time: -Infinity };

const BITS = { stdout: 1, stderr: 2 } as const;

/** Returns the unfinished lines, after a stream has finished its last line or not. */
export function withLine(unfinished: number, stream: LogStream, finished: boolean): number {
  return finished ? unfinished & ~BITS[stream] : unfinished | BITS[stream];
}

/** Returns the number of lines up to a mark, including unfinished ones. */
export function linesAt({ newlines, unfinished }: Mark): number {
  return newlines + (unfinished & 1) + (unfinished >> 1);
}

/** Returns the offset behind a record. */
export function endOf({ chunk, gap }: LogRecord): number {
  return chunk ? chunk.offset + chunk.data.length : gap!.to;
}

/** Returns the place behind a record, from the place before it. */
export function markBehind(mark: Mark, record: LogRecord): Mark {
  const { chunk, gap, recordBytes } = record;
  const position = mark.position + recordBytes;
  const offset = endOf(record);
  if (!chunk) return { ...mark, position, offset, newlines: mark.newlines + (gap!.lines ?? 0) };
  const { stream, data, partial, time } = chunk;
  return {
    position,
    offset,
    newlines: mark.newlines + countNewlines(data),
    unfinished: withLine(mark.unfinished, stream, !partial && data.at(-1) === NEWLINE),
    time,
  };
}
