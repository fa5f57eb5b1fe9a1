import { assert, assertEquals } from "@std/assert";
import http2 from "node:http2";
import type { AddressInfo } from "node:net";
import { until } from "../../tests/support/until.ts";
import { sessionsClosed } from "./http2_goaway.ts";

Deno.test("sessionsClosed() waits until both ends of a session have closed", async () => {
  const server = http2.createServer();
  const sessions: http2.Http2Session[] = [];
  server.on("session", (session) => sessions.push(session));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const client = http2.connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await until("the session stands", () => sessions.length === 1 && !client.connecting);
  client.close();
  assert(!client.closed, "a session closes in a later macrotask");
  assertEquals([await sessionsClosed(), client.destroyed], [true, true]);
  await new Promise((resolve) => server.close(resolve));
  assertEquals([await sessionsClosed(), sessions[0]!.destroyed], [true, true]);
});
