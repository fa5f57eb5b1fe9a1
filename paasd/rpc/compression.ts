/**
 * gRPC's message compression of what the daemon sends.
 *
 * grpc-js compresses requests and decompresses both ways, but has no compression of responses: its server puts a 0, for
 * "not compressed", in front of every message. What a compressed one needs can be had all the same: headers of our own
 * win over the library's `grpc-encoding: identity`, and the message is asked to copy itself behind the five bytes of its
 * frame, at which it can set the first one. `compression_test.ts` looks at the wire, for a library that does otherwise.
 *
 * @module
 */
import { Metadata } from "@paas/proto/grpc";
import type { Buffer } from "node:buffer";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

const compress = promisify<Uint8Array, { level: number }, Buffer>(gzip);

/** Little effort, for it is the time of all users that is spent here; level 1 makes text nearly twice as large. */
const LEVEL = 2;

/** What is smaller goes as it is: a live line gains nothing by it, and comes at once. */
const MIN_BYTES = 1024;

/** The headers of a stream whose messages may be compressed. They have to go out before its first message. */
export const gzipHeaders = new Metadata();
gzipHeaders.set("grpc-encoding", "gzip");

/** The message, compressed if that makes it smaller. One that is no bytes yet is small, and stays as it is. */
export async function compressed<Message>(message: Message): Promise<Message | Uint8Array> {
  if (!(message instanceof Uint8Array) || message.length < MIN_BYTES) return message;
  const bytes = await compress(message, { level: LEVEL });
  return bytes.length < message.length ? Object.assign(bytes, { copy: copyFlagged }) : message;
}

/** How grpc-js fills a frame: with the message, from `start` on. The flag is the first of the five bytes before it. */
function copyFlagged(this: Uint8Array, frame: Uint8Array, start: number): number {
  frame[start - 5] = 1;
  frame.set(this, start);
  return this.length;
}
