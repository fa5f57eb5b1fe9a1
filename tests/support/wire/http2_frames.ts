/**
 * HTTP/2 frames by hand (RFC 9113), for tests with frames that no library sends.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import tls from "node:tls";
import { type ClientOptions, ROOT, type RunningDaemon } from "../programs.ts";
import { until } from "../until.ts";

/** Types of frames (RFC 9113, section 6). */
export const TYPE = {
  DATA: 0,
  HEADERS: 1,
  RST_STREAM: 3,
  SETTINGS: 4,
  PING: 6,
  GOAWAY: 7,
  WINDOW_UPDATE: 8,
  CONTINUATION: 9,
} as const;

export const END_STREAM = 1;
export const ACK = 1;
export const END_HEADERS = 4;

const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

/** Makes a frame. */
export function frame(type: number, flags: number, stream: number, payload: Uint8Array = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** Encodes a number of 32 bits. */
export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Encodes a setting (section 6.5.1). */
export function setting(identifier: number, value: number): Buffer {
  return Buffer.concat([Buffer.from([identifier >> 8, identifier & 255]), uint32(value)]);
}

/** Encodes headers as literals without a table (RFC 7541, section 6.2.2). */
export function headerBlock(headers: Record<string, string>): Buffer {
  const parts = Object.entries(headers).flatMap(([name, value]) => [Buffer.from([0]), literal(name), literal(value)]);
  return Buffer.concat(parts);
}

/** Encodes the headers of a call. */
export function callHeaders(method: string, more: Record<string, string> = {}): Buffer {
  return headerBlock({
    ":method": "POST",
    ":scheme": "https",
    ":path": `/paas.v1.ProcessService/${method}`,
    ":authority": "localhost",
    "content-type": "application/grpc",
    "te": "trailers",
    ...more,
  });
}

/** Encodes a message of gRPC: a flag for no compression, the length, and the message. */
export function message(payload: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([0]), uint32(payload.length), payload]);
}

/** Encodes a string without Huffman code. */
function literal(text: string): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.length < 127) return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  const length = [127];
  let rest = bytes.length - 127;
  for (; rest >= 128; rest >>= 7) length.push(rest % 128 + 128);
  return Buffer.concat([Buffer.from([...length, rest]), bytes]);
}

/** A connection of a user, open for any bytes after the preface. */
export class RawConnection implements Disposable {
  /** The first bytes from the daemon. */
  received: Buffer = Buffer.alloc(0);
  closed = false;
  readonly #socket: tls.TLSSocket;
  #proceed = () => {};

  private constructor(socket: tls.TLSSocket) {
    this.#socket = socket;
    socket.on("data", (bytes: Buffer) => {
      if (this.received.length < 1024 * 1024) this.received = Buffer.concat([this.received, bytes]);
    });
    socket.on("end", () => socket.destroy());
    socket.on("close", () => {
      this.closed = true;
      this.#proceed();
    });
  }

  static async open(
    { port }: Pick<RunningDaemon, "port">,
    { as = "alice", settings = Buffer.alloc(0) }: Pick<ClientOptions, "as"> & { settings?: Uint8Array } = {},
  ): Promise<RawConnection> {
    const pem = (name: string) => readFileSync(join(ROOT, "certs", name));
    const identity = { ca: pem("server-ca.crt"), cert: pem(`${as}.crt`), key: pem(`${as}.key`) };
    const socket = tls.connect({
      host: "127.0.0.1",
      port,
      servername: "localhost",
      ALPNProtocols: ["h2"],
      ...identity,
    });
    socket.on("error", () => {});
    const connection = new RawConnection(socket);
    await connection.send(Buffer.concat([PREFACE, frame(TYPE.SETTINGS, 0, 0, settings)]));
    await until("the daemon has greeted", () => connection.frames().some(({ type }) => type === TYPE.SETTINGS));
    return connection;
  }

  /** Stops reading. */
  pause(): void {
    this.#socket.pause();
  }

  /** Sends bytes, and waits until they are written or the connection has closed. Reports whether it is still open. */
  async send(bytes: Uint8Array): Promise<boolean> {
    if (this.closed) return false;
    await new Promise<void>((resolve) => {
      this.#proceed = resolve;
      this.#socket.write(bytes, () => resolve());
    });
    return !this.closed;
  }

  /** Sends a number of pieces while the daemon takes them. The limit is in milliseconds. */
  async flood(pieces: number, piece: (index: number) => Uint8Array, limit = 10_000): Promise<void> {
    const timer = setTimeout(() => this.#socket.destroy(), limit);
    for (let index = 0; index < pieces && await this.send(piece(index)); index++);
    clearTimeout(timer);
  }

  /** The whole frames from the daemon so far. */
  frames(): { type: number; flags: number; stream: number; payload: Buffer }[] {
    const frames = [];
    for (let at = 0; at + 9 <= this.received.length;) {
      const length = this.received.readUIntBE(at, 3);
      const [type, flags] = [this.received[at + 3]!, this.received[at + 4]!];
      if (at + 9 + length > this.received.length) break;
      const payload = this.received.subarray(at + 9, at + 9 + length);
      frames.push({ type, flags, stream: this.received.readUInt32BE(at + 5), payload });
      at += 9 + length;
    }
    return frames;
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }
}
