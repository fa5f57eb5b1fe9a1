/**
 * A reader of log messages that copies no data.
 *
 * Nearly all bytes of a log are the data of chunks. protobufjs would make an object of each chunk, and strings of its
 * stream; this reader gives views of the message instead. The other fields are rare, and are decoded by protobufjs.
 *
 * @module
 */
import type { AttachResponse__Output } from "../gen/paas/v1/AttachResponse.ts";
import { declarations, decoder } from "./messages.ts";
import { WIRE, WireReader } from "./wire_reader.ts";

/** @internal */
type Response = AttachResponse__Output;

/** A `LogChunk` in the memory of its message. */
export interface LogPiece {
  /** The payload bytes, of both streams, before this chunk. */
  readonly offset: number;
  /** A number of the enum `LogStream`. */
  readonly stream: number;
  /** The time at which the daemon read the first byte. */
  readonly time: { readonly seconds: number; readonly nanos: number } | undefined;
  /** The output itself: a view of the message. */
  readonly data: Uint8Array;
  /** Whether the line goes on in the next chunk of the stream. */
  readonly partial: boolean;
}

/** A `GetLogsResponse` or an `AttachResponse`, which has the same fields and one more. */
export interface LogMessage {
  /** The chunks. */
  readonly pieces: readonly LogPiece[];
  /** The bytes that were passed over before the chunks. */
  readonly gap?: NonNullable<Response["gap"]> | undefined;
  /** The end of the log, in the last message. */
  readonly end?: NonNullable<Response["end"]> | undefined;
  /** The state of the process's stdin. */
  readonly input?: NonNullable<Response["input"]> | undefined;
}

/** Returns the tag of a field. */
const tag = (field: number, wire: number) => field * 8 + wire;

/** The tags of the fields that the reader knows. */
const CHUNKS = tag(1, WIRE.bytes);
const OTHERS: readonly number[] = [tag(2, WIRE.bytes), tag(3, WIRE.bytes), tag(4, WIRE.bytes)];
const OFFSET = tag(1, WIRE.varint);
const STREAM = tag(2, WIRE.varint);
const TIME = tag(3, WIRE.bytes);
const DATA = tag(4, WIRE.bytes);
const PARTIAL = tag(5, WIRE.varint);
const SECONDS = tag(1, WIRE.varint);
const NANOS = tag(2, WIRE.varint);

const decode = decoder(declarations("paas.v1").lookupType("paas.v1.AttachResponse"));

/**
 * Reads a message. The chunks are views of its bytes, and unknown fields are skipped.
 *
 * @throws {RangeError} When the bytes are not a `GetLogsResponse` or `AttachResponse`
 *
 * @example
 * ```ts
 * import { readLogMessage } from "@paas/proto/log_wire";
 * import { assertEquals } from "@std/assert";
 *
 * const message = Uint8Array.of(0x0a, 6, 0x10, 1, 0x22, 2, 0x68, 0x69); // one chunk: stdout, "hi"
 * const [piece] = readLogMessage(message).pieces;
 * assertEquals([piece?.stream, new TextDecoder().decode(piece?.data)], [1, "hi"]);
 * ```
 */
export function readLogMessage(message: Uint8Array): LogMessage {
  const { length } = message;
  const reader = new WireReader(message);
  const pieces: LogPiece[] = [];
  let gap: LogMessage["gap"], end: LogMessage["end"], input: LogMessage["input"];
  while (reader.at < length) {
    const start = reader.at;
    const tag = reader.tag(length);
    if (tag === CHUNKS) {
      pieces.push(readPiece(message, reader, reader.block(length)));
      continue;
    }
    reader.skip(tag, length);
    if (!OTHERS.includes(tag)) continue;
    const other = decodeOther(message.subarray(start, reader.at));
    gap = other.gap ?? gap;
    end = other.end ?? end;
    input = other.input ?? input;
  }
  return { pieces, gap, end, input };
}

function decodeOther(bytes: Uint8Array): Response {
  try {
    return decode(bytes) as Response;
  } catch (cause) {
    throw new RangeError((cause as Error).message, { cause });
  }
}

/** Reads a chunk that ends at `end`, at whose beginning the reader is. */
function readPiece(message: Uint8Array, reader: WireReader, end: number): LogPiece {
  let offset = 0, stream = 0, partial = false, from = end, to = end;
  let time: LogPiece["time"];
  while (reader.at < end) {
    const tag = reader.tag(end);
    if (tag === OFFSET) offset = reader.varint(end);
    else if (tag === STREAM) stream = reader.varint(end);
    else if (tag === TIME) time = readTime(reader, reader.block(end));
    else if (tag === DATA) {
      to = reader.block(end);
      from = reader.at;
      reader.at = to;
    } else if (tag === PARTIAL) partial = reader.varint(end) !== 0;
    else reader.skip(tag, end);
  }
  return { offset, stream, time, data: message.subarray(from, to), partial };
}

function readTime(reader: WireReader, end: number): { seconds: number; nanos: number } {
  let seconds = 0, nanos = 0;
  while (reader.at < end) {
    const tag = reader.tag(end);
    if (tag === SECONDS) seconds = reader.varint(end);
    else if (tag === NANOS) nanos = reader.varint(end);
    else reader.skip(tag, end);
  }
  return { seconds, nanos };
}
