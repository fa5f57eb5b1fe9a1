/**
 * The record format of the spool: one record holds one chunk of output.
 *
 * A record is the protobuf wire form (https://protobuf.dev/programming-guides/encoding/) of one element of
 * `GetLogsResponse.chunks` in `proto/paas/v1/paas.proto`, so a run of whole records is a valid `GetLogsResponse` as it
 * stands, and can be sent without being decoded:
 *
 * ```text
 * 0a LENGTH                           chunks (field 1), length of what follows
 *    08 OFFSET                        offset
 *    10 STREAM                        stream: 1 stdout, 2 stderr
 *    1a LENGTH 08 SECONDS 10 NANOS    time
 *    22 LENGTH BYTES                  data
 *    28 01                            partial, if the line goes on in a later chunk
 * ```
 *
 * Where bytes could not be kept, the record before the next chunk is a gap, which is `GetLogsResponse.gap`. A message has
 * one gap, before its chunks, so a slice ends before the next one:
 *
 * ```text
 * 1a LENGTH                           gap (field 3), length of what follows
 *    08 FROM                          from
 *    10 TO                            to
 *    18 REASON                        reason
 *    20 LINES                         lines, if known
 * ```
 *
 * @module
 */

/** The pipe of a chunk. */
export type LogStream = "stdout" | "stderr";

/** A piece of output: whole lines of one stream that arrived together, or a piece of a long line. */
export interface LogChunk {
  /** The number of payload bytes before this chunk, in both streams. */
  readonly offset: number;
  /** The pipe of the chunk. In a terminal, all output is stdout. */
  readonly stream: LogStream;
  /** The time when it was read, in milliseconds since the Unix epoch. */
  readonly time: number;
  /** The bytes as the process wrote them; not always text. */
  readonly data: Uint8Array;
  /** Whether the line goes on in the next chunk of the stream; absent if it does not. */
  readonly partial?: true | undefined;
}

/**
 * Why bytes of a log are missing:
 *
 * - `not-requested`: the reader did not ask for them.
 * - `dropped`: they were the oldest, and the spool has limits.
 * - `no-space`: the spool had no room for them.
 * - `write-failed`: the spool could not be written for another reason.
 * - `skipped`: the reader was too slow, and wanted to go on at the present.
 * - `damaged`: they were written, and cannot be read any more.
 */
export type LogGapReason = "not-requested" | "dropped" | "no-space" | "write-failed" | "skipped" | "damaged";

/** The reasons in the order of their numbers, from 1 on. */
export const GAP_REASONS: readonly LogGapReason[] = [
  "not-requested",
  "dropped",
  "no-space",
  "write-failed",
  "skipped",
  "damaged",
];

/** A run of payload bytes that is missing. */
export interface LogGap {
  /** The offset of its first byte. */
  readonly from: number;
  /** The offset behind its last byte. */
  readonly to: number;
  /** The reason why the bytes are missing. */
  readonly reason: LogGapReason;
  /** The number of newlines in it, if that is known. */
  readonly lines?: number | undefined;
}

/** A record: a chunk or a gap. */
export interface LogRecord {
  /** The output, unless the record is a gap. */
  readonly chunk?: LogChunk;
  /** The missing output, if the record is a gap. */
  readonly gap?: LogGap;
  /** The size of the record, in bytes. */
  readonly recordBytes: number;
}

/** A run of whole records, and the offset that it reaches. */
export interface LogSlice {
  /** Whole records, as they stand in the file. */
  readonly records: Uint8Array;
  /** The number of payload bytes of the log before the end of the slice. */
  readonly endOffset: number;
}

/** The numbers of the streams in a record. */
export const STREAM_NUMBERS = { stdout: 1, stderr: 2 } as const;

/** The tags of the two kinds of records. */
export const CHUNK = 0x0a;
export const GAP = 0x1a;
