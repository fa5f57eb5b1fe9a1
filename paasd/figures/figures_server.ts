/**
 * Metrics and health over plain HTTP, for programs on this machine.
 *
 * @module
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Address } from "../address.ts";
import { Listener } from "../door/listener.ts";

/** Maximum number of connections; the oldest one goes when there is one more. An answer takes milliseconds. */
const MAX_CONNECTIONS = 16;

/** Time from the start of a connection to its end, in milliseconds. */
const CONNECTION_LIMIT_MS = 5_000;

/** Time for which a page serves all who ask, in milliseconds: nobody can make the daemon collect more often. */
const FRESH_MS = 1_000;

/** Maximum size of the headers of a request, in bytes. */
const MAX_HEADER_BYTES = 8 * 1024;

/** The methods that are answered. */
const METHODS = ["GET", "HEAD"];

/** The state of the daemon, as a health check learns it. */
type State = "starting" | "serving" | "shutting down";

/** An answer. */
interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

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
  readonly #asked = new WeakSet<Socket>();
  readonly #http = createServer(
    { maxHeaderSize: MAX_HEADER_BYTES, keepAlive: false },
    (request, response) => this.#serve(request, response),
  );
  #listener!: Listener;
  #text: Promise<string> | undefined;
  #made = -Infinity;

  private constructor(page: Page, failed: (error: unknown) => void) {
    this.#page = page;
    this.#failed = failed;
    this.#http.on("clientError", (_error, socket) => socket.destroy()); // that was no HTTP
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
    this.#http.emit("connection", socket); // it parses what comes, and listens nowhere itself
  }

  async #serve({ method = "", url = "", socket }: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.#asked.has(socket)) return void socket.destroy(); // a second request, before the answer to the first one
    this.#asked.add(socket);
    const { status, body, headers } = await this.#answer(method, url.split("?")[0]!);
    response.writeHead(status, {
      "Content-Type": "text/plain; charset=utf-8",
      "Content-Length": new TextEncoder().encode(body).length,
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
      "Connection": "close",
      ...headers,
    });
    response.end(body); // the library leaves the body out for HEAD
  }

  async #answer(method: string, path: string): Promise<Answer> {
    if (path !== "/metrics" && path !== "/healthz") {
      return { status: 404, body: "there is nothing here: ask for /metrics or /healthz\n" };
    }
    if (!METHODS.includes(method)) return { status: 405, body: "use GET\n", headers: { Allow: METHODS.join(", ") } };
    if (path === "/healthz") return { status: this.state === "serving" ? 200 : 503, body: `${this.state}\n` };
    try {
      return { status: 200, body: await this.#fresh(), headers: { "Content-Type": this.#page.type } };
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
