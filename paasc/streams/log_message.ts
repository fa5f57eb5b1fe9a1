/**
 * Messages of a log as they come over the wire.
 *
 * Nearly all bytes of a log are the data of chunks, so these are read here, by hand and without a copy; protobufjs
 * would make objects and strings of each. All else in a message is rare, and is left to the contract's own decoder.
 *
 * @module
 */
import { type AttachResponse__Output, ProcessService } from "@paas/proto";
import { Buffer } from "node:buffer";
import { PaasError } from "../errors.ts";

/** A `LogChunk` that stands in the memory of its message. */
export interface LogPiece {
  readonly offset: number;
  /** A number of the enum `LogStream`. */
  readonly stream: number;
  /** When the daemon read it; worked out on demand. */
  readonly time: { readonly seconds: number; readonly nanos: number } | undefined;
  readonly data: Uint8Array;
  readonly partial: boolean;
}

/** A `GetLogsResponse`, or an `AttachResponse`, which has the same fields and one more. */
export interface LogMessage {
  readonly pieces: readonly LogPiece[];
  /** What was passed over before the pieces. */
  readonly gap?: NonNullable<AttachResponse__Output["gap"]> | undefined;
  readonly end?: NonNullable<AttachResponse__Output["end"]> | undefined;
  /** How the input of the process stands. */
  readonly input?: NonNullable<AttachResponse__Output["input"]> | undefined;
}

/** The numbers of the fields that are no chunks. */
const others = [2, 3, 4];

/** Where a field's content stands: from `start` to `end`; a varint's value as well. */
interface Field {
  readonly number: number;
  readonly type: number;
  readonly value: number;
  readonly start: number;
  readonly end: number;
}

const varint = 0;
const fixed64 = 1;
const delimited = 2;
const fixed32 = 5;

/**
 * Reads a message. The pieces are views of its bytes, and fields that are not known are skipped.
 *
 * @throws {PaasError} When it is no `GetLogsResponse`
 */
export function readLogMessage(message: Uint8Array): LogMessage {
  const pieces: LogPiece[] = [];
  let rest: AttachResponse__Output | undefined;
  for (let at = 0; at < message.length;) {
    const field = readField(message, at, message.length);
    if (field.type === delimited && field.number === 1) pieces.push(readPiece(message, field));
    else if (field.type === delimited && others.includes(field.number)) {
      const { gap, end, input } = decode(message.subarray(at, field.end));
      rest = {
        chunks: [],
        gap: gap ?? rest?.gap ?? null,
        end: end ?? rest?.end ?? null,
        input: input ?? rest?.input ?? null,
      };
    }
    at = field.end;
  }
  return { pieces, gap: rest?.gap ?? undefined, end: rest?.end ?? undefined, input: rest?.input ?? undefined };
}

function decode(message: Uint8Array): AttachResponse__Output {
  try {
    const { buffer, byteOffset, length } = message;
    return ProcessService.service.Attach.responseDeserialize(Buffer.from(buffer, byteOffset, length));
  } catch (cause) {
    throw malformed(cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function readPiece(message: Uint8Array, { start, end }: Field): LogPiece {
  let offset = 0, stream = 0, partial = false;
  let data = message.subarray(start, start);
  let time: Field | undefined;
  for (let at = start; at < end;) {
    const field = readField(message, at, end);
    if (field.type === varint) {
      if (field.number === 1) offset = field.value;
      else if (field.number === 2) stream = field.value;
      else if (field.number === 5) partial = field.value !== 0;
    } else if (field.type === delimited) {
      if (field.number === 3) time = field;
      else if (field.number === 4) data = message.subarray(field.start, field.end);
    }
    at = field.end;
  }
  return {
    offset,
    stream,
    data,
    partial,
    get time() {
      return time && readTime(message, time);
    },
  };
}

function readTime(message: Uint8Array, { start, end }: Field): { seconds: number; nanos: number } {
  const time = { seconds: 0, nanos: 0 };
  for (let at = start; at < end;) {
    const field = readField(message, at, end);
    if (field.type === varint && field.number === 1) time.seconds = field.value;
    else if (field.type === varint && field.number === 2) time.nanos = field.value;
    at = field.end;
  }
  return time;
}

/** The field that begins at `at`, in a message that ends at `limit`. */
function readField(bytes: Uint8Array, at: number, limit: number): Field {
  const tag = readVarint(bytes, at, limit);
  const [number, type] = [Math.floor(tag.value / 8), tag.value % 8];
  if (number === 0) throw malformed("a field has the number 0");
  let { end: start, value } = tag;
  let end: number;
  if (type === varint) ({ value, end } = readVarint(bytes, start, limit));
  else if (type === fixed64) end = start + 8;
  else if (type === fixed32) end = start + 4;
  else if (type === delimited) {
    const length = readVarint(bytes, start, limit);
    start = length.end;
    end = start + length.value;
  } else throw malformed(`a field has the wire type ${type}`);
  if (end > limit) throw malformed("a field ends behind the end of its message");
  return { number, type, value, start, end };
}

function readVarint(bytes: Uint8Array, at: number, limit: number): { value: number; end: number } {
  let value = 0;
  for (let index = 0, scale = 1; index < 10; index++, scale *= 128) {
    if (at + index >= limit) throw malformed("a number ends behind the end of its message");
    const byte = bytes[at + index]!;
    value += (byte & 127) * scale;
    // What is larger than a number holds exactly stands in no field that is read, but may stand in one that is skipped.
    if (byte < 128) return { value, end: at + index + 1 };
  }
  throw malformed("a number has more than 10 bytes");
}

function malformed(why: string, cause?: unknown): PaasError {
  return new PaasError("incomplete", `the daemon sent a message that cannot be read: ${why}`, { cause });
}
