/**
 * The network between client and stand-in in tests: it can be cut, and mended.
 *
 * @module
 */
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** A TCP port that leads to another one. */
export class Cable implements AsyncDisposable {
  /** How many connections have been made through it. */
  connections = 0;
  /** How many bytes the daemon has sent through it. */
  bytes = 0;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;

  private constructor(private readonly target: number, public port = 0) {}

  static async to(target: number): Promise<Cable> {
    const cable = new Cable(target);
    await cable.mend();
    return cable;
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
    client.on("data", (data: Uint8Array) => daemon.write(data));
    daemon.on("data", (data: Uint8Array) => {
      this.bytes += data.length;
      client.write(data.subarray(0, Math.min(left, data.length)));
      left -= data.length;
      if (left <= 0) client.end(() => client.destroy());
    });
  }

  async [Symbol.asyncDispose]() {
    await this.remove();
  }
}
