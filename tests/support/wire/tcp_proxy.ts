/**
 * A TCP proxy between a client and a daemon. It can cut connections, listen again, and be slow.
 *
 * @module
 */
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { pause } from "../random.ts";

/** The capacity of a line. */
export interface Line {
  /** Maximum rate, in bytes a second, each way. */
  readonly rate: number;
  /** Delay of each byte, in milliseconds. */
  readonly delay: number;
}

/** Size of a packet of a slow line, in bytes. */
const PACKET = 512;

/** A TCP port that leads to another one. */
export class TcpProxy implements AsyncDisposable {
  /** The number of connections through it so far. */
  connections = 0;
  /** The number of bytes from the daemon so far. */
  bytes = 0;
  readonly #sockets = new Set<Socket>();
  /** Packets that have not arrived. */
  readonly #underway = new Set<Promise<void>>();
  #server: Server | undefined;

  private constructor(private readonly target: number, private readonly line: Line | undefined, public port = 0) {}

  /** @param line Capacity of the line; default is no limit */
  static async to(target: number, line?: Line): Promise<TcpProxy> {
    const proxy = new TcpProxy(target, line);
    await proxy.mend();
    return proxy;
  }

  /** The number of bytes to the client after which each of the next connections is cut. Later ones have no limit. */
  limits: number[] = [];

  /** Cuts all connections at once. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Cuts all connections, and stops listening. */
  async remove(): Promise<void> {
    const closed = new Promise((resolve) => this.#server?.close(resolve));
    this.cut();
    await closed;
  }

  /** Listens again on the same port. */
  async mend(): Promise<void> {
    const server = this.#server = createServer((socket) => this.#join(socket));
    await new Promise<void>((resolve) => server.listen(this.port, "127.0.0.1", resolve));
    this.port = (server.address() as AddressInfo).port;
  }

  #join(client: Socket): void {
    this.connections++;
    let left = this.limits.shift() ?? Infinity;
    const daemon = connect(this.target, "127.0.0.1");
    for (const [one, other] of [[client, daemon], [daemon, client]] as const) {
      this.#sockets.add(one);
      one.on("error", () => {});
      one.on("close", () => {
        this.#sockets.delete(one);
        other.destroy();
      });
    }
    if (this.line) {
      this.#follow(this.#carry(client, daemon, this.line, () => {}));
      this.#follow(this.#carry(daemon, client, this.line, (bytes) => this.bytes += bytes));
      return;
    }
    client.on("data", (data: Uint8Array) => daemon.write(data));
    daemon.on("data", (data: Uint8Array) => {
      this.bytes += data.length;
      client.write(data.subarray(0, Math.min(left, data.length)));
      left -= data.length;
      if (left <= 0) client.end(() => client.destroy());
    });
  }

  /** Carries bytes from one socket to the other, a packet at a time. A faster sender has to wait. */
  async #carry(from: Socket, to: Socket, { rate, delay }: Line, sent: (bytes: number) => void): Promise<void> {
    let free = performance.now();
    try {
      for await (const data of from as AsyncIterable<Uint8Array>) {
        for (let at = 0; at < data.length; at += PACKET) {
          const part = data.subarray(at, at + PACKET);
          free = Math.max(free, performance.now()) + part.length / rate * 1000;
          await pause(free - performance.now());
          this.#follow(
            pause(delay).then(() => {
              sent(part.length);
              if (to.writable) to.write(part);
            }),
          );
        }
      }
    } catch {
      // It was cut.
    }
    await pause(delay);
    to.end();
  }

  #follow(work: Promise<void>): void {
    this.#underway.add(work);
    work.finally(() => this.#underway.delete(work));
  }

  async [Symbol.asyncDispose]() {
    await this.remove();
    while (this.#underway.size > 0) await Promise.all(this.#underway);
  }
}
