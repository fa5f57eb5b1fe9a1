/**
 * Keeps `node:http2` alive when a peer says goodbye. Import it before anything that loads grpc-js.
 *
 * In Deno 2.9.4 to 2.9.6 a session that closes while nghttp2 is still inside its receive callback is freed under
 * nghttp2's feet: an ordinary GOAWAY, which every `client.close()` sends, ends the whole program with SIGABRT or
 * SIGSEGV (denoland/deno#36788). An argument-less `session.close()`, as grpc-js calls it on GOAWAY, is therefore run in
 * a later macrotask. `close(callback)` stays immediate: grpc-js's `tryShutdown` waits for its callback.
 *
 * This file can go when the issue is mended; `tests/endurance/soak_test.ts` tells.
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
