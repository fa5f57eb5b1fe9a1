/**
 * Metrics and health over plain HTTP, for programs on this machine.
 *
 * @module
 */
import type { Socket } from "node:net";
import type { Address } from "../address.ts";
import { Listener } from "../door/listener.ts";
import { type Answer, formatAnswer, METHODS, readRequest } from "./request.ts";

/** Maximum number of connections; the oldest one goes when there is one more. An answer takes milliseconds. */
const MAX_CONNECTIONS = 16;

/** Time from the start of a connection to its end, in milliseconds. */
const CONNECTION_LIMIT_MS = 5_000;

/** Time for which a page serves all who ask, in milliseconds: nobody can make the daemon collect more often. */
const FRESH_MS = 1_000;

/** The state of the daemon, as a health check learns it. */
type State = "starting" | "serving" | "shutting down";

/** A page of metrics. */
export interface Page {
  readonly type: string;
  /** Makes the page of this moment. */
  text(): Promise<string>;
}

/**
 * Answers `GET /metrics` and `GET /healthz`, one request for each connection.
 *
 * Anybody on the machine may ask. So connections are few and short, and what they get is made at most once a second.
 */
export class FiguresServer implements Disposable {
  /** The state of the daemon. */
  state: State = "starting";
  readonly #page: Page;
  readonly #failed: (error: unknown) => void;
  readonly #connections = new Set<Socket>(); // the oldest comes first
  #listener!: Listener;
  #text: Promise<string> | undefined;
  #made = -Infinity;

  private constructor(page: Page, failed: (error: unknown) => void) {
    this.#page = page;
    this.#failed = failed;
  }

  /**
   * Listens on an address; port 0 picks one.
   *
   * @param failed Called with the error when the page cannot be made.
   * @throws {Error} When `listen(2)` fails, with its `code`.
   */
  static async open(address: Address, page: Page, failed: (error: unknown) => void): Promise<FiguresServer> {
    const server = new FiguresServer(page, failed);
    server.#listener = await Listener.listen(address, (socket) => server.#meet(socket));
    return server;
  }

  /** The address of the server, with the actual port. */
  get address(): Address {
    return this.#listener.address;
  }

  [Symbol.dispose](): void {
    this.#listener.close();
    for (const socket of this.#connections) socket.destroy();
  }

  #meet(socket: Socket): void {
    const [oldest] = this.#connections;
    if (this.#connections.size >= MAX_CONNECTIONS) oldest?.destroy();
    this.#connections.add(socket);
    const timer = setTimeout(() => socket.destroy(), CONNECTION_LIMIT_MS);
    socket.once("close", () => {
      clearTimeout(timer);
      this.#connections.delete(socket);
    });
    this.#serve(socket).catch(() => socket.destroy()); // it has hung up
  }

  async #serve(socket: Socket): Promise<void> {
    const request = await readRequest(socket);
    const answer = "status" in request ? request : await this.#answer(request.method, request.path);
    const method = "status" in request ? undefined : request.method;
    socket.end(formatAnswer(answer, method), () => socket.destroy());
  }

  async #answer(method: string, path: string): Promise<Answer> {
    if (path !== "/metrics" && path !== "/healthz") {
      return { status: 404, body: "there is nothing here: ask for /metrics or /healthz\n" };
    }
    if (!METHODS.includes(method)) return { status: 405, body: "use GET\n" };
    if (path === "/healthz") return { status: this.state === "serving" ? 200 : 503, body: `${this.state}\n` };
    try {
      return { status: 200, body: await this.#fresh(), type: this.#page.type };
    } catch {
      return { status: 500, body: "the metrics cannot be read: see the log of the daemon\n" };
    }
  }

  /** Gives the page; makes it if the last one is too old. */
  #fresh(): Promise<string> {
    if (this.#text === undefined || performance.now() - this.#made >= FRESH_MS) {
      this.#made = performance.now();
      this.#text = this.#page.text();
      this.#text.catch(this.#failed);
    }
    return this.#text;
  }
}
