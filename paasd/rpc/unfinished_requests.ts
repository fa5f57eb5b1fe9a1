/**
 * Counts the bytes of requests that have not come whole, by user: grpc-js keeps what has come of a message, up to its largest
 * one for each stream, for as long as the client likes.
 *
 * grpc-js shows a message only when it is whole, so the streams below are looked at. Each message has a prefix of five bytes,
 * of which the last four are its length
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

/** A user may have so many bytes: of some twenty of the largest requests, or of 256 of the largest pieces of input. */
const MAX_BYTES = 64 * 1024 * 1024;

const REFUSAL = "Your requests that have not come whole have too many bytes: send fewer at a time";

/** What has come of a message. */
export class UnfinishedMessage {
  #prefix = 0;
  #length = 0;
  #missing = 0;

  /** How many bytes of a message have come that is not whole. */
  get bytes(): number {
    return this.#prefix === 0 ? 0 : this.#prefix + this.#length - this.#missing;
  }

  /** Takes what comes next. */
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

/** The requests of all users that have not come whole. */
export class UnfinishedRequests {
  readonly #bytes = new Map<string, number>();
  readonly #refused: (guest: Guest, message: string) => void;
  readonly #most: number;

  /** @param refused Is told of each call that is ended */
  constructor(refused: (guest: Guest, message: string) => void, most = MAX_BYTES) {
    this.#refused = refused;
    this.#most = most;
  }

  /** Runs something, and looks at all streams of the HTTP/2 server that it makes. */
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
      // After grpc-js, which has its own listener by now and says when data shall flow.
      for (const server of servers) server.on("stream", (stream: http2.ServerHttp2Stream) => this.#look(stream));
    }
  }

  #look(stream: http2.ServerHttp2Stream): void {
    const guest = guestIn(stream);
    if (!guest || stream.listenerCount("data") === 0) return; // it has been refused
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

/** Ends a call as grpc-js would; that sees that the stream is closed, and says nothing any more. */
function refuse(stream: http2.ServerHttp2Stream): void {
  if (!stream.headersSent) {
    const status = { "grpc-status": Code.RESOURCE_EXHAUSTED, "grpc-message": encodeURIComponent(REFUSAL) };
    stream.respond({ ":status": 200, "content-type": "application/grpc+proto", ...status }, { endStream: true });
  }
  stream.close(http2.constants.NGHTTP2_ENHANCE_YOUR_CALM);
}

/** Whose stream it is, if that is known; others are refused by the handler. */
function guestIn({ session }: http2.ServerHttp2Stream): Guest | undefined {
  try {
    return guestOf((session?.socket as TLSSocket | undefined)?.getPeerCertificate?.());
  } catch (error) {
    if (error instanceof UnauthenticatedError) return undefined;
    throw error;
  }
}
