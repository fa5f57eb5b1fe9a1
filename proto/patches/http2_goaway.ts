/**
 * A workaround for a crash of `node:http2` at GOAWAY. It must be loaded before grpc-js.
 *
 * In Deno 2.9.4 to 2.9.6, a session that closes inside nghttp2's receive callback is freed while nghttp2 still uses it. An
 * ordinary GOAWAY, which every `client.close()` sends, ends the whole program with SIGABRT or SIGSEGV
 * (denoland/deno#36788). grpc-js calls `session.close()` without arguments on GOAWAY; this module delays that call to a
 * later macrotask. `close(callback)` stays immediate, because grpc-js's `tryShutdown` waits for the callback.
 *
 * The file can be deleted when `tests/endurance/soak_test.ts` passes without it.
 *
 * @module
 */
import http2 from "node:http2";

/** The longest wait of {@linkcode sessionsClosed}, in milliseconds: a peer may be silent. */
const MAX_WAIT_MS = 1_000;

/** The sessions of this program that are about to close. */
const closing = new Set<http2.Http2Session>();

/**
 * Waits until the sessions of this program that are about to close have closed; 1,000 ms at most. Call it after `close()` of
 * a client or a server.
 *
 * @returns Whether all of them have closed.
 *
 * @example
 * ```ts
 * import { Client, credentials, sessionsClosed } from "@paas/proto/grpc";
 *
 * new Client("127.0.0.1:1", credentials.createInsecure()).close();
 * await sessionsClosed();
 * ```
 */
export async function sessionsClosed(): Promise<boolean> {
  const turn = () => new Promise((resolve) => setTimeout(resolve, 0));
  await turn(); // grpc-js closes a session in a later microtask
  for (const end = performance.now() + MAX_WAIT_MS; closing.size > 0 && performance.now() < end;) await turn();
  return closing.size === 0;
}

function closeLater<Session extends http2.Http2Session>(session: Session): Session {
  const close = session.close.bind(session);
  // Deno does not always emit `close` of a session.
  const closed = new Promise<void>((resolve) => session.socket.once("close", () => resolve()));
  closed.then(() => closing.delete(session));
  session.close = (callback?: () => void) => {
    if (!session.destroyed) closing.add(session);
    if (callback) {
      closed.then(callback);
      close();
    } else setTimeout(close, 0);
  };
  return session;
}

function closeSessionsLater<Server extends http2.Http2Server | http2.Http2SecureServer>(server: Server): Server {
  server.prependListener("session", closeLater);
  return server;
}

const { connect, createServer, createSecureServer } = http2;
const patched = {
  connect: (...args: Parameters<typeof connect>) => closeLater(connect(...args)),
  createServer: (...args: Parameters<typeof createServer>) => closeSessionsLater(createServer(...args)),
  createSecureServer: (...args: Parameters<typeof createSecureServer>) =>
    closeSessionsLater(createSecureServer(...args)),
};
Object.assign(http2, patched);
