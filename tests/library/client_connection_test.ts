import { assert, assertEquals } from "@std/assert";
import { RunningDaemon } from "../support/programs.ts";
import { until } from "../support/until.ts";
import { Client } from "../../paasc/client/client.ts";
import { TcpProxy } from "../support/wire/tcp_proxy.ts";
import { assertCode, cut, files, start, textOf } from "./test_client.ts";

cut("Client goes on when the connection is back, with all that goes on", async () => {
  await using daemon = await RunningDaemon.start();
  await using proxy = await TcpProxy.to(daemon.port);
  await using client = await Client.connect({ server: `127.0.0.1:${proxy.port}`, ...files });
  const count = 2_000_000;
  const process = await client.exec(["sh", "-c", `cat; seq ${count}`], { stdin: true });
  const changes = client.watch();
  await changes.next();
  const attached = process.attach();
  const [outputs, log] = [textOf(attached.output), textOf(process.logs())];
  const finished = process.wait();
  const piece = "x".repeat(99_999) + "\n";
  for (let round = 0; round < 100; round++) {
    if (round % 20 === 10) proxy.cut();
    await attached.write(piece);
  }
  await attached.closeInput();
  proxy.cut();
  const last = changes.next();
  const expected = piece.repeat(100) + Array.from({ length: count }, (_, index) => `${index + 1}\n`).join("");
  assertEquals([(await finished).exitCode, (await last).value?.status?.state], [0, "finished"]);
  for (const { stdout } of [await outputs, await log]) assert(stdout === expected, `${stdout.length} characters`);
  assert(proxy.connections > 5, `${proxy.connections} connections`);
  await changes.return();
});

cut("Client asks again for what can be repeated, and not for what cannot", async () => {
  await using daemon = await RunningDaemon.start();
  await using proxy = await TcpProxy.to(daemon.port);
  const notes: string[] = [];
  const server = `127.0.0.1:${proxy.port}`;
  await using client = await Client.connect({ server, ...files, patience: 500, onNote: (text) => notes.push(text) });
  const process = await client.exec(["sleep", "100"]);
  await proxy.remove();
  const back = process.status();
  await proxy.mend();
  assertEquals((await back).state, "running");

  proxy.limits = [3_000]; // not enough for an answer behind the handshake
  await proxy.remove();
  await proxy.mend();
  const started = await client.exec(["true"], { name: "once" });
  assertEquals((await Array.fromAsync(client.list({ name: "once" }))).map(({ id }) => id), [started.id]);

  await proxy.remove();
  await assertCode(process.status(), "no-connection", /nothing listens there/);
  await assertCode(Array.fromAsync(process.logs()), "no-connection", /nothing listens there/);
  await assertCode(Client.connect({ server, ...files }), "no-connection", /nothing listens there/);
});

cut(
  "Process.attach() and Process.logs() give up when connections break before anything has come, and say so",
  async () => {
    await using daemon = await RunningDaemon.start();
    await using proxy = await TcpProxy.to(daemon.port);
    await using client = await Client.connect({ server: `127.0.0.1:${proxy.port}`, ...files, patience: 1_000 });
    const process = await client.exec(["head", "-c", "100000", "/dev/zero"]);
    await process.wait();
    proxy.limits = Array(100).fill(8_000); // enough to come in, and for less than the first message
    proxy.cut();
    const told = /^the connection to \S+ was lost \d+ times in a row, before anything had come over it: try again/;
    for (const output of [process.attach().output, process.logs()]) {
      await assertCode(Array.fromAsync(output), "no-connection", told);
    }
    proxy.limits = [];
    await Array.fromAsync(process.logs());
  },
);

cut("Process.attach() does not give up a process that prints nothing, as often as the connection breaks", async () => {
  await using daemon = await RunningDaemon.start();
  await using proxy = await TcpProxy.to(daemon.port);
  await using client = await Client.connect({ server: `127.0.0.1:${proxy.port}`, ...files, patience: 1_000 });
  const process = await client.exec(["sh", "-c", "echo begun; exec sleep 100"]);
  const chunks = process.attach().output[Symbol.asyncIterator]();
  await chunks.next();
  const looks = () => daemon.log.split("method=GetStatus").length;
  const begun = performance.now();
  const end = chunks.next();
  while (performance.now() - begun < 3_000) {
    const before = looks();
    proxy.cut();
    let bytes = 0;
    const nothingComes = () => bytes === (bytes = proxy.bytes);
    await until("it is attached again, and has looked", () => looks() > before && nothingComes());
  }
  await process.signal("SIGTERM");
  assertEquals((await end).done, true);
});

cut("Client.connect() takes PEM as well as paths, and says what is wrong", async () => {
  await using setting = await start();
  const server = setting.daemon.address;
  const [ca, cert, key] = await Promise.all(Object.values(files).map((file) => Deno.readTextFile(file)));
  await using client = await Client.connect({ server, ca, cert, key });
  assertEquals([client.server, client.user], [server, setting.client.user]);
  await assertCode(Client.connect({ server, ...files, cert }), "invalid-argument", /all be PEM/);
  await assertCode(Client.connect({ ...files, server: "nowhere" }), "invalid-argument", /is no HOST:PORT/);
  await assertCode(Client.connect({ server, ...files, ca: "/nowhere" }), "no-connection", /cannot read the server CA/);
  await assertCode(Client.connect({ server, ca, cert, key: ca! }), "no-connection", /the private key/);
});

Deno.test({
  name: "Client.connect() throws a PaasError when it may not read the environment",
  permissions: { read: true, env: false },
  async fn() {
    await assertCode(Client.connect(files), "permission-denied", /may not be read: .* or run with --allow-env=/);
  },
});
