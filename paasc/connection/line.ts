/**
 * The line to the daemon: whether it lives, and how much may be on its way.
 *
 * grpc-js takes a line for dead when the answer to a ping is late, but an answer comes behind all output that is on its way;
 * and it gives the daemon a window of one size, which is minutes of output on a slow line. So here any byte that arrives
 * is a sign of life, and the window follows what arrives. The library has no way to its HTTP/2 sessions, so they are
 * caught where they are made.
 *
 * @module
 */
import "@paas/proto/grpc"; // the repair of node:http2 is below what this module puts on it
import http2 from "node:http2";
import type { Socket } from "node:net";
import { firstWindow, largestWindow, Window } from "./window.ts";

/** How often a line is looked at, in milliseconds; and where something has come lately and the window may be too small. */
const tick = 100;
const soon = 10;

/** What came within so many milliseconds came lately. */
const lately = 1_000;

/** After so many milliseconds without a byte the daemon is asked for one; after twice as many the line is dead. */
const quiet = 10_000;

/**
 * The value of the channel option `grpc-node.max_session_memory` by which the sessions of this client are told from others
 * in the same program. It is as good as no limit, the library's default.
 */
export const ourSessions = Number.MAX_SAFE_INTEGER - 1;

/** How long nothing has come. */
export class Silence {
  #milliseconds = 0;

  /**
   * So many bytes have come in so many milliseconds: tells whether to ask for a sign of life now, or the line is dead. A
   * program that was suspended has not listened: that time is no silence.
   *
   * @example
   * ```ts
   * import { Silence } from "./line.ts";
   * import { assertEquals } from "@std/assert";
   *
   * const silence = new Silence();
   * const after = (seconds: number) => Array.from({ length: seconds * 10 }, () => silence.goesOn(0, 100)).at(-1);
   * assertEquals([after(9), silence.goesOn(0, 80_000), after(0.8), after(1)], [undefined, undefined, "ask", undefined]);
   * assertEquals([silence.goesOn(1, 100), after(20)], [undefined, "dead"]);
   * ```
   */
  goesOn(bytes: number, milliseconds: number): "ask" | "dead" | undefined {
    const before = this.#milliseconds;
    this.#milliseconds = bytes > 0 ? 0 : before + Math.min(milliseconds, 2 * tick);
    if (this.#milliseconds >= 2 * quiet) return "dead";
    return before < quiet && this.#milliseconds >= quiet ? "ask" : undefined;
  }
}

/** Watches a session until it is closed. */
function watch(session: http2.ClientHttp2Session, socket: Socket): void {
  // The TLS socket counts whole records only, and one takes seconds on a slow line. `_parent` is not documented, but what
  // Node calls it as well.
  const tcp = (socket as unknown as { readonly _parent?: Socket })._parent ?? socket;
  const window = new Window();
  const silence = new Silence();
  let size = firstWindow;
  let read = tcp.bytesRead;
  let last = performance.now();
  let came = last;
  let timer: ReturnType<typeof setTimeout>;
  const look = () => {
    if (session.destroyed || session.closed) return;
    const now = performance.now();
    const [arrived, passed] = [tcp.bytesRead - read, now - last];
    [read, last] = [read + arrived, now];
    if (arrived > 0) came = now;
    window.arrived(arrived, passed);
    const due = silence.goesOn(arrived, passed);
    if (!session.connecting) {
      if (window.size !== size) session.setLocalWindowSize(size = window.size);
      if (due === "ask") session.ping(() => {});
      if (due === "dead") return void socket.destroy();
    }
    wait(size < largestWindow && now - came < lately ? soon : tick);
  };
  const wait = (milliseconds: number) => Deno.unrefTimer(timer = setTimeout(look, milliseconds));
  wait(soon);
  socket.once("close", () => clearTimeout(timer));
}

const { connect } = http2;

/** What grpc-js calls `connect` with. */
type Connecting = [string, http2.SecureClientSessionOptions & { createConnection(): Socket }];

function connectWatched(...args: Connecting): http2.ClientHttp2Session {
  const [authority, options] = args;
  if (options?.maxSessionMemory !== ourSessions) return connect(...args);
  const socket = options.createConnection();
  const settings = { ...options.settings, initialWindowSize: largestWindow }; // what nobody reads is bounded by it
  const session = connect(authority, { ...options, settings, createConnection: () => socket });
  watch(session, socket);
  return session;
}

Object.assign(http2, { connect: connectWatched });
