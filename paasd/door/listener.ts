/**
 * A TCP listener that recovers when it has run out of file descriptors.
 *
 * @module
 */
import net from "node:net";
import { type Address, toReachable } from "../address.ts";

/** Time between two checks of a listener that has heard nothing, in milliseconds; two checks find that it is deaf. */
const CHECK_MS = 2_000;

/** Codes of socket(2) when no descriptors are left, for this process or for all. */
const NO_DESCRIPTORS = ["EMFILE", "ENFILE"];

/**
 * Accepts connections. When a process runs out of file descriptors, Deno's accept loop ends for ever and without an
 * event. So a listener that has heard nothing for a while connects to itself, and binds anew when nothing arrives. If
 * that connection cannot be made for lack of descriptors, binding anew would not help: the listener tries again later.
 */
export class Listener {
  /** The address of the listener, with the actual port. */
  readonly address: Address;
  readonly #onConnection: (socket: net.Socket) => void;
  readonly #checks: ReturnType<typeof setInterval>;
  #server: net.Server;
  #closed = false;
  #heard = false;
  #probe: net.Socket | undefined;

  private constructor(server: net.Server, address: Address, onConnection: (socket: net.Socket) => void) {
    this.#server = server;
    this.address = address;
    this.#onConnection = onConnection;
    this.#checks = setInterval(() => this.#check(), CHECK_MS);
    server.on("connection", (socket: net.Socket) => this.#accept(socket));
  }

  /**
   * Listens on an address; port 0 picks one.
   *
   * @throws {Error} When `listen(2)` fails, with its `code`.
   */
  static async listen(address: Address, onConnection: (socket: net.Socket) => void): Promise<Listener> {
    const server = await bind(address);
    const { port } = server.address() as net.AddressInfo;
    return new Listener(server, { host: address.host, port }, onConnection);
  }

  /** Stops listening; connections that were accepted stay. */
  close(): void {
    this.#closed = true;
    clearInterval(this.#checks);
    this.#probe?.destroy();
    this.#server.close();
  }

  /** Binds anew: accepted connections stay, and connections that wait in the kernel's queue are reset. */
  async rebind(): Promise<void> {
    this.#server.close();
    try {
      this.#server = await bind(this.address);
      this.#server.on("connection", (socket: net.Socket) => this.#accept(socket));
      if (this.#closed) this.#server.close();
    } catch {
      // Still out of descriptors: the next check finds a port that nobody listens on, and tries again.
    }
  }

  async #accept(socket: net.Socket): Promise<void> {
    this.#heard = true;
    socket.on("error", () => {}); // it closes, which is all that matters
    if (this.#probe && await isSame(this.#probe, socket)) socket.destroy();
    else this.#onConnection(socket);
  }

  /** Connects to the own port if nothing was heard since the last check; binds anew if that was not heard either. */
  #check(): void {
    const heard = this.#heard;
    const probe = this.#probe;
    this.#heard = false;
    this.#probe = undefined;
    probe?.destroy();
    if (heard) return;
    if (probe) {
      this.rebind();
      return;
    }
    const call = net.connect(this.address.port, toReachable(this.address.host));
    this.#probe = call.on("error", (error: Error & { code?: string }) => {
      if (NO_DESCRIPTORS.includes(error.code ?? "") && this.#probe === call) this.#probe = undefined;
    });
  }
}

/**
 * Looks whether an address can be listened on, and leaves it free.
 *
 * @throws {Error} When `listen(2)` fails, with its `code`.
 */
export async function tryToListen(address: Address): Promise<void> {
  const server = await bind(address);
  await new Promise((resolve) => server.close(resolve));
}

function bind({ host, port }: Address): Promise<net.Server> {
  return new Promise((resolve, reject) => {
    const server = net.createServer({ noDelay: true });
    server.on("error", reject);
    server.listen(port, host, () => resolve(server));
  });
}

/** Tells whether an accepted socket is the other end of a probe. */
async function isSame(probe: net.Socket, accepted: net.Socket): Promise<boolean> {
  if (probe.connecting) {
    await new Promise<void>((resolve) => probe.once("connect", resolve).once("close", () => resolve()));
  }
  return probe.localPort !== undefined && probe.localPort === accepted.remotePort;
}
