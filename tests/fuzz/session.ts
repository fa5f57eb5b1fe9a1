/**
 * Calls of gRPC by hand, over HTTP/2 and TLS with a development certificate: any headers and any bytes.
 *
 * @module
 */
import "@paas/proto/grpc"; // mends node:http2
import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import http2 from "node:http2";
import { join } from "node:path";
import tls from "node:tls";
import { type ClientOptions, ROOT, type RunningDaemon } from "../support/programs.ts";

/** How a call has ended. */
export interface Outcome {
  /** The status of gRPC, in the headers or in the trailers. */
  code: number | undefined;
  /** Its message. */
  message: string;
  /** The HTTP status. */
  http: number | undefined;
  /** What came as messages, with their prefixes. */
  body: Buffer;
  /** Whether the other side ended it, in whatever way; otherwise we gave up. */
  answered: boolean;
}

/** Anything as headers of a request. */
export type Headers = Record<string, string | string[]>;

/** Frames a message: a flag, its length, itself. */
export function framed(message: Uint8Array, { flag = 0, length = message.length } = {}): Buffer {
  const prefix = Buffer.alloc(5);
  prefix[0] = flag;
  prefix.writeUInt32BE(length, 1);
  return Buffer.concat([prefix, message]);
}

/** A connection that is made anew when it has broken. */
export class FuzzSession implements AsyncDisposable {
  /** How many connections it took. */
  connections = 0;
  readonly #daemon: RunningDaemon;
  readonly #as: NonNullable<ClientOptions["as"]>;
  #session: http2.ClientHttp2Session | undefined;

  constructor(daemon: RunningDaemon, { as = "alice" }: Pick<ClientOptions, "as"> = {}) {
    this.#daemon = daemon;
    this.#as = as;
  }

  #connected(): http2.ClientHttp2Session {
    if (this.#session && !this.#session.closed && !this.#session.destroyed) return this.#session;
    const pem = (name: string) => readFileSync(join(ROOT, "certs", name));
    this.connections++;
    this.#session = http2.connect("https://localhost", {
      createConnection: () =>
        tls.connect({
          host: "127.0.0.1",
          port: this.#daemon.port,
          servername: "localhost",
          ca: pem("server-ca.crt"),
          cert: pem(`${this.#as}.crt`),
          key: pem(`${this.#as}.key`),
          ALPNProtocols: ["h2"],
        }),
    });
    this.#session.on("error", () => {}); // its calls tell
    return this.#session;
  }

  /**
   * Makes one call.
   *
   * @param limit Milliseconds; then it is cancelled.
   * @param options `end` is whether no more will come
   */
  call(headers: Headers, body: Uint8Array, limit: number, { end: ends = true } = {}): Promise<Outcome> {
    return new Promise((resolve) => {
      const outcome: Outcome = {
        code: undefined,
        message: "",
        http: undefined,
        body: Buffer.alloc(0),
        answered: false,
      };
      let stream: http2.ClientHttp2Stream;
      try {
        stream = this.#connected().request({
          ":method": "POST",
          "content-type": "application/grpc",
          te: "trailers",
          ...headers,
        }, { endStream: false }); // a body with every method
      } catch (error) {
        return resolve({ ...outcome, message: (error as Error).message, answered: true });
      }
      const parts: Buffer[] = [];
      const end = (answered: boolean) => {
        clearTimeout(timer);
        resolve({ ...outcome, body: Buffer.concat(parts), answered });
      };
      const timer = setTimeout(() => {
        stream.close(http2.constants.NGHTTP2_CANCEL);
        end(false);
      }, limit);
      const note = (headers: http2.IncomingHttpHeaders & { ":status"?: number }) => {
        outcome.http ??= headers[":status"];
        if (headers["grpc-status"] === undefined) return;
        outcome.code = Number(headers["grpc-status"]);
        outcome.message = decodeURIComponent(String(headers["grpc-message"] ?? ""));
      };
      stream.on("response", note).on("trailers", note);
      stream.on("data", (part: Buffer) => parts.push(part));
      stream.on("error", () => {}); // it closes
      stream.on("close", () => end(true));
      if (ends) stream.end(body);
      else stream.write(body);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const session = this.#session;
    if (!session || session.destroyed) return;
    const closed = new Promise((resolve) => session.once("close", resolve));
    session.destroy();
    await closed;
  }
}
