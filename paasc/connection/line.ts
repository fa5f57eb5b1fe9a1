/**
 * Watches the line to the daemon: whether it is alive, and how large the HTTP/2 window should be.
 *
 * grpc-js takes a line for dead when the answer to a ping is late, but the answer comes after all output on its way. And
 * grpc-js gives the daemon a window of fixed size, which holds minutes of output on a slow line. So this module counts any
 * byte that arrives as a sign of life, and sizes the window by the bytes that arrive. grpc-js does not expose its HTTP/2
 * sessions, so this module replaces `http2.connect`, which makes them.
 *
 * @module
 */
import "@paas/proto/grpc"; // mends node:http2 before this module replaces `connect`
import http2 from "node:http2";
import type { Socket } from "node:net";
import { clearTimeout, setTimeout } from "node:timers";
import { FIRST_WINDOW, LARGEST_WINDOW, Window } from "./window.ts";

/** Time between two looks at a line, in milliseconds. */
const TICK_MS = 100;

/** Time between two looks while bytes arrive and the window may be too small, in milliseconds. */
const SOON_MS = 10;

/** Bytes count as recent for this many milliseconds. */
const RECENT_MS = 1_000;

/** After this many milliseconds without a byte, this client sends a ping; after twice as many, the line is dead. */
const QUIET_MS = 10_000;

/**
 * The value of the channel option `grpc-node.max_session_memory` that marks the sessions of this client among others in the
 * same program. The value is practically no limit, which is the library's default.
 */
export const OUR_SESSIONS = Number.MAX_SAFE_INTEGER - 1;

/** Measures how long no byte has arrived. */
export class Silence {
  #milliseconds = 0;

  /**
   * Notes how many bytes arrived in how many milliseconds. Returns "ask" when it is time for a ping, and "dead" when the
   * line is dead. Time during which the program was suspended does not count.
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
    this.#milliseconds = bytes > 0 ? 0 : before + Math.min(milliseconds, 2 * TICK_MS);
    if (this.#milliseconds >= 2 * QUIET_MS) return "dead";
    return before < QUIET_MS && this.#milliseconds >= QUIET_MS ? "ask" : undefined;
  }
}

/** Watches a session until it is closed. */
function watch(session: http2.ClientHttp2Session, socket: Socket): void {
  // The TLS socket counts whole records only, and a record takes seconds on a slow line. `_parent` is undocumented, but Node
  // has it under the same name.
  const tcp = (socket as unknown as { readonly _parent?: Socket })._parent ?? socket;
  const window = new Window();
  const silence = new Silence();
  let size = FIRST_WINDOW;
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
    wait(size < LARGEST_WINDOW && now - came < RECENT_MS ? SOON_MS : TICK_MS);
  };
  const wait = (milliseconds: number) => (timer = setTimeout(look, milliseconds)).unref();
  wait(SOON_MS);
  socket.once("close", () => clearTimeout(timer));
}

const { connect } = http2;

/** The arguments with which grpc-js calls `connect`. */
type Connecting = [string, http2.SecureClientSessionOptions & { createConnection(): Socket }];

function connectWatched(...args: Connecting): http2.ClientHttp2Session {
  const [authority, options] = args;
  if (options?.maxSessionMemory !== OUR_SESSIONS) return connect(...args);
  const socket = options.createConnection();
  const settings = { ...options.settings, initialWindowSize: LARGEST_WINDOW }; // bounds the output that is not read
  const session = connect(authority, { ...options, settings, createConnection: () => socket });
  watch(session, socket);
  return session;
}

Object.assign(http2, { connect: connectWatched });
