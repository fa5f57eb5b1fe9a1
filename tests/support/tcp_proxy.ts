/**
 * The network between client and stand-in in tests: it can be cut, and mended, and it can be slow.
 *
 * @module
 */
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { pause } from "./random.ts";

/** What a line carries. */
export interface Line {
  /** Bytes in a second, each way. */
  readonly rate: number;
  /** How long each byte is on its way, in milliseconds. */
  readonly delay: number;
}

/** So many bytes of a slow line are one packet. */
const packet = 512;

/** A TCP port that leads to another one. */
export class TcpProxy implements AsyncDisposable {
  /** How many connections have been made through it. */
  connections = 0;
  /** How many bytes the daemon has sent through it. */
  bytes = 0;
  readonly #sockets = new Set<Socket>();
  /** What is still on its way. */
  readonly #underway = new Set<Promise<void>>();
  #server: Server | undefined;

  private constructor(private readonly target: number, private readonly line: Line | undefined, public port = 0) {}

  /** @param line What it carries; default is whatever comes, at once */
  static async to(target: number, line?: Line): Promise<TcpProxy> {
    const proxy = new TcpProxy(target, line);
    await proxy.mend();
    return proxy;
  }

  /** How many bytes to the client the next connections carry before each is cut; those behind the list carry all. */
  limits: number[] = [];

  /** Cuts all connections, in the midst of whatever they carry. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Cuts all connections; nothing listens there any more. */
  async remove(): Promise<void> {
    const closed = new Promise((resolve) => this.#server?.close(resolve));
    this.cut();
    await closed;
  }

  /** Listens again, at the same port. */
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

  /** Carries what one socket gives to the other, a packet at a time. Who sends faster than that has to wait. */
  async #carry(from: Socket, to: Socket, { rate, delay }: Line, sent: (bytes: number) => void): Promise<void> {
    let free = performance.now();
    try {
      for await (const data of from as AsyncIterable<Uint8Array>) {
        for (let at = 0; at < data.length; at += packet) {
          const part = data.subarray(at, at + packet);
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
