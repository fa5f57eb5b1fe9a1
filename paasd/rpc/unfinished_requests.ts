/**
 * Limits the bytes of each user's incomplete requests. grpc-js keeps the received part of a message, up to the maximum size
 * of a message for each stream, for as long as the client likes.
 *
 * grpc-js shows only complete messages, so this module watches the HTTP/2 streams below it. Each message has a prefix of
 * five bytes; the last four are its length
 * (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md, Length-Prefixed-Message).
 *
 * @module
 */
import type { Buffer } from "node:buffer";
import http2 from "node:http2";
import type { TLSSocket } from "node:tls";
import { status as Code } from "@paas/proto/grpc";
import { UnauthenticatedError } from "../errors.ts";
import { type Guest, guestOf } from "../identity/identity.ts";

const PREFIX_BYTES = 5;

/** Maximum size of a user's incomplete requests, in bytes: some 20 requests, or 256 pieces of input, of maximum size. */
const MAX_BYTES = 64 * 1024 * 1024;

const REFUSAL = "Your requests that have not come whole have too many bytes: send fewer at a time";

/** The received part of a message. */
export class UnfinishedMessage {
  #prefix = 0;
  #length = 0;
  #missing = 0;

  /** Number of bytes received; 0 after a complete message. */
  get bytes(): number {
    return this.#prefix === 0 ? 0 : this.#prefix + this.#length - this.#missing;
  }

  /** Adds received bytes. */
  take(data: Uint8Array): void {
    for (let at = 0; at < data.length;) {
      if (this.#prefix < PREFIX_BYTES) {
        const byte = data[at++]!;
        this.#length = this.#prefix === 0 ? 0 : this.#length * 256 + byte; // the first one is a flag
        this.#prefix++;
        this.#missing = this.#length;
      } else {
        const taken = Math.min(this.#missing, data.length - at);
        this.#missing -= taken;
        at += taken;
      }
      if (this.#prefix === PREFIX_BYTES && this.#missing === 0) this.#prefix = 0;
    }
  }
}

/** The incomplete requests of all users. */
export class UnfinishedRequests {
  readonly #bytes = new Map<string, number>();
  readonly #refused: (guest: Guest, message: string) => void;
  readonly #most: number;

  /** @param refused Called with the caller of each refused call, and the refusal. */
  constructor(refused: (guest: Guest, message: string) => void, most = MAX_BYTES) {
    this.#refused = refused;
    this.#most = most;
  }

  /** Calls a function, and watches all streams of the HTTP/2 servers that the function creates. */
  watch<Made>(make: () => Made): Made {
    const { createServer } = http2;
    const servers: http2.Http2Server[] = [];
    const createWatched = (...args: Parameters<typeof createServer>) => {
      const server = createServer(...args);
      servers.push(server);
      return server;
    };
    Object.assign(http2, { createServer: createWatched });
    try {
      return make();
    } finally {
      Object.assign(http2, { createServer });
      // After grpc-js, which has added its own listener by now and decides when data flows.
      for (const server of servers) server.on("stream", (stream: http2.ServerHttp2Stream) => this.#look(stream));
    }
  }

  #look(stream: http2.ServerHttp2Stream): void {
    const guest = guestIn(stream);
    if (!guest || stream.listenerCount("data") === 0) return; // grpc-js has refused the call
    const { id } = guest.user;
    const message = new UnfinishedMessage();
    let counted = 0;
    const count = (bytes: number) => {
      const all = (this.#bytes.get(id) ?? 0) + bytes - counted;
      counted = bytes;
      if (all > 0) this.#bytes.set(id, all);
      else this.#bytes.delete(id);
      return all;
    };
    stream.on("data", (data: Buffer) => {
      if (stream.closed) return;
      message.take(data);
      if (message.bytes === counted || count(message.bytes) <= this.#most) return;
      this.#refused(guest, REFUSAL);
      refuse(stream);
    });
    stream.once("close", () => count(0));
  }
}

/** Ends a call as grpc-js would. grpc-js finds the stream closed, and answers no more. */
function refuse(stream: http2.ServerHttp2Stream): void {
  if (!stream.headersSent) {
    const status = { "grpc-status": Code.RESOURCE_EXHAUSTED, "grpc-message": encodeURIComponent(REFUSAL) };
    stream.respond({ ":status": 200, "content-type": "application/grpc+proto", ...status }, { endStream: true });
  }
  stream.close(http2.constants.NGHTTP2_ENHANCE_YOUR_CALM);
}

/** The caller of a stream, if known. The handler refuses unknown callers. */
function guestIn({ session }: http2.ServerHttp2Stream): Guest | undefined {
  try {
    return guestOf((session?.socket as TLSSocket | undefined)?.getPeerCertificate?.());
  } catch (error) {
    if (error instanceof UnauthenticatedError) return undefined;
    throw error;
  }
}
