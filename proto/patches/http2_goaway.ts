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

function closeLater<Session extends http2.Http2Session>(session: Session): Session {
  const close = session.close.bind(session);
  session.close = (callback?: () => void) => {
    if (callback) close(callback);
    else setTimeout(close, 0);
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
