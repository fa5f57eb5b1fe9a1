import { assertEquals, assertRejects } from "@std/assert";
import net from "node:net";
import { until } from "../../tests/support/until.ts";
import { Listener } from "./listener.ts";

function connect(port: number): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, "127.0.0.1", () => resolve(socket)).on("error", reject);
  });
}

Deno.test("Listener hands on who connects, and frees its port when closed", async () => {
  const accepted: net.Socket[] = [];
  const listener = await Listener.listen({ host: "127.0.0.1", port: 0 }, (socket) => accepted.push(socket));
  const client = await connect(listener.address.port);
  await until("the connection is accepted", () => accepted.length === 1);
  listener.close();
  await assertRejects(() => connect(listener.address.port));
  client.destroy();
  accepted[0]?.destroy();
});

Deno.test("Listener keeps its port and its connections when it binds anew", async () => {
  const accepted: net.Socket[] = [];
  const listener = await Listener.listen({ host: "127.0.0.1", port: 0 }, (socket) => accepted.push(socket));
  const early = await connect(listener.address.port);
  await until("the first connection is accepted", () => accepted.length === 1);
  await listener.rebind();
  const late = await connect(listener.address.port);
  await until("the second connection is accepted", () => accepted.length === 2);
  let heard = "";
  early.on("data", (bytes) => heard += bytes);
  accepted[0]?.write("still here");
  await until("the first connection has carried data", () => heard === "still here");
  for (const socket of [early, late, ...accepted]) socket.destroy();
  listener.close();
});

Deno.test("Listener.listen() rejects with the code of a port that is taken", async () => {
  const listener = await Listener.listen({ host: "127.0.0.1", port: 0 }, () => {});
  try {
    const error = await assertRejects(() => Listener.listen(listener.address, () => {}));
    assertEquals((error as Error & { code?: string }).code, "EADDRINUSE");
  } finally {
    listener.close();
  }
});
