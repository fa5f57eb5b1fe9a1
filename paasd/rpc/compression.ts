/**
 * gRPC's message compression for the daemon's responses. Logs over slow lines need it (`paasc logs --compress`).
 *
 * grpc-js compresses requests and decompresses both ways, but its server cannot compress responses: it marks every message
 * as not compressed. Two properties of the library permit it all the same. Own headers win over the library's
 * `grpc-encoding: identity`. And the library calls `copy` of a message to fill the message's frame; our `copy` also sets
 * the flag before it. `compression_test.ts` checks the bytes on the wire, in case a release of the library changes that.
 *
 * @module
 */
import { Metadata } from "@paas/proto/grpc";
import type { Buffer } from "node:buffer";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

const compress = promisify<Uint8Array, { level: number }, Buffer>(gzip);

/** A low level, because all users share the daemon's time. Level 1 makes text nearly twice as large. */
const LEVEL = 2;

/** Minimum size of a compressed message, in bytes. A live line gains nothing, and must arrive at once. */
const MIN_BYTES = 1024;

/** The headers of a stream with compressed messages. Send them before the first message. */
export const gzipHeaders = new Metadata();
gzipHeaders.set("grpc-encoding", "gzip");

/** Compresses a message if that makes it smaller. A message that is not serialized yet is small, and stays as it is. */
export async function compressed<Message>(message: Message): Promise<Message | Uint8Array> {
  if (!(message instanceof Uint8Array) || message.length < MIN_BYTES) return message;
  const bytes = await compress(message, { level: LEVEL });
  return bytes.length < message.length ? Object.assign(bytes, { copy: copyFlagged }) : message;
}

/** Copies a message into its frame for grpc-js. The flag is the first of the five bytes before `start`. */
function copyFlagged(this: Uint8Array, frame: Uint8Array, start: number): number {
  frame[start - 5] = 1;
  frame.set(this, start);
  return this.length;
}
