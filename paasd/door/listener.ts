/**
 * A TCP listener that stays able to hear.
 *
 * @module
 */
import net from "node:net";
import { type Address, toReachable } from "../address.ts";

/** How often a listener that has heard nothing is tried; it may take two of that to notice that it is deaf. */
const CHECK_MS = 2_000;

/** socket(2): there are no descriptors left for this process, or for all. */
const NO_DESCRIPTORS = ["EMFILE", "ENFILE"];

/**
 * Accepts connections. When a process runs out of file descriptors, Deno's accept loop ends for ever and without an
 * event; so a listener that has heard nothing for a while calls itself, and is bound anew when it does not answer. A
 * call that cannot even be made is for lack of descriptors too: then it is tried again, for to bind anew would not help.
 */
export class Listener {
  /** Where it listens, with the actual port. */
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
   * @throws the error of `listen(2)`, with its `code`.
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

  /** Binds anew: connections that were accepted stay, those that wait in the kernel's queue are reset. */
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

  /** Calls the own port when nobody was heard since the last check; binds anew when that call was not heard either. */
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

function bind({ host, port }: Address): Promise<net.Server> {
  return new Promise((resolve, reject) => {
    const server = net.createServer({ noDelay: true });
    server.on("error", reject);
    server.listen(port, host, () => resolve(server));
  });
}

/** Whether an accepted socket is the other end of a probe. */
async function isSame(probe: net.Socket, accepted: net.Socket): Promise<boolean> {
  if (probe.connecting) {
    await new Promise<void>((resolve) => probe.once("connect", resolve).once("close", () => resolve()));
  }
  return probe.localPort !== undefined && probe.localPort === accepted.remotePort;
}
