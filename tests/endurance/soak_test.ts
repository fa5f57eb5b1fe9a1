/**
 * The daemon and the client under very many connections. It is here that a runtime shows whether it still needs the
 * workaround of `proto/patches/http2_goaway.ts`: without it, the daemon and the client die.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import http2, { connect } from "node:http2";
import net from "node:net";
import tls from "node:tls";
import { ROOT, RunningDaemon, text } from "../support/programs.ts";
import { RawClient } from "../support/raw_client.ts";
import { repeat, until } from "../support/until.ts";

/** The number of connections, each with three calls: `deno task soak:connections` gives a larger one. */
const CONNECTIONS = Number(Deno.args[0] ?? 300);
/** The number of connections until the runtime's heap has its usual size. */
const WARM = 1_500;
const AT_A_TIME = 8;
const MAX_GROWTH_MIB = 40;

/**
 * Makes clients of this program say goodbye at once, as those of other people do, not by way of the workaround in
 * `proto/patches/http2_goaway.ts`.
 */
function withoutWorkaround(): Disposable {
  const mended = http2.connect;
  Object.assign(http2, { connect });
  return { [Symbol.dispose]: () => void Object.assign(http2, { connect: mended }) };
}

/** A connection that sends this and waits for its end; `close()` gives up waiting. */
function stranger(daemon: RunningDaemon, bytes?: Uint8Array | string) {
  const socket = net.connect(daemon.port, "127.0.0.1").on("error", () => {}).resume();
  const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
  socket.on("connect", () => bytes === undefined || socket.write(bytes));
  socket.on("end", () => socket.destroy());
  return { closed, close: () => socket.destroy() };
}

/** Waits until the daemon has no more descriptors than before, but for a few of its own affairs. */
async function untilDescriptorsAreBack(daemon: RunningDaemon, before: number): Promise<void> {
  await until(`there are ${before} descriptors again`, () => daemon.descriptors() <= before + 3);
}

/** Sees that a daemon is alive and well, and ends as it should. */
async function assertWell(daemon: RunningDaemon): Promise<void> {
  const id = await daemon.exec(["sh", "-c", "echo well"]);
  const { code, stdout, stderr } = await daemon.paasc(["logs", id]);
  assertEquals([code, text(stdout), stderr], [0, "well\n", ""]);
  assert(!daemon.log.includes("unforeseen"), /^.*unforeseen.*$/m.exec(daemon.log)?.[0]);
  daemon.kill("SIGTERM");
  assertEquals(await daemon.exitCode(), 0, daemon.log.slice(-2_000));
}

Deno.test(`paasd survives ${CONNECTIONS} connections that come, call and close, and stays small`, async () => {
  using _foreign = withoutWorkaround();
  await using daemon = await RunningDaemon.start();
  const id = await daemon.exec(["sh", "-c", "echo hello"]);
  await daemon.untilStatus(id, "Status: finished (exit code 0)");
  const descriptors = daemon.descriptors();
  const threeCalls = async () => {
    await using client = new RawClient(daemon);
    assertEquals((await client.status(id)).exitCode, 0);
    const log = client.logs(id);
    await log.end;
    assertEquals(log.text, "hello\n");
    assertEquals((await client.status(id)).exitCode, 0);
  };
  const start = performance.now();
  await repeat(Math.min(WARM, CONNECTIONS), AT_A_TIME, threeCalls);
  const warm = await daemon.residentSize();
  await repeat(Math.max(0, CONNECTIONS - WARM), AT_A_TIME, threeCalls);
  await repeat(20, 4, async () => {
    await using client = new RawClient(daemon);
    const hundred = Array.from({ length: 100 }, () => client.status(id));
    for (const { exitCode } of await Promise.all(hundred)) assertEquals(exitCode, 0);
  });
  const end = await daemon.residentSize();
  const seconds = (performance.now() - start) / 1000;
  console.log(`${CONNECTIONS + 20} connections in ${seconds.toFixed(1)} s: ${warm.toFixed(0)} → ${end.toFixed(0)} MiB`);
  if (CONNECTIONS > WARM) assert(end - warm < MAX_GROWTH_MIB, `it grew from ${warm} to ${end} MiB`);
  await untilDescriptorsAreBack(daemon, descriptors);
  assertEquals(daemon.log.match(/ method=GetLogs .*code=OK/g)!.length, CONNECTIONS);
  assertEquals(daemon.log.match(/code=(?!OK)\w+/g), null, "no call failed");
  await assertWell(daemon);
});

Deno.test("paasd survives strangers: garbage, plain HTTP, silence, and a burst of clients without certificates", async () => {
  await using daemon = await RunningDaemon.start();
  await daemon.exec(["true"]);
  const descriptors = daemon.descriptors();
  const silent = Array.from({ length: 20 }, () => stranger(daemon));
  const garbage = Array.from({ length: 20 }, () => stranger(daemon, crypto.getRandomValues(new Uint8Array(5_000))));
  const http = Array.from({ length: 20 }, () => stranger(daemon, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  await Promise.all([...garbage, ...http].map(({ closed }) => closed)); // by the daemon

  let settings = 0;
  await Promise.all(Array.from({ length: 200 }, () =>
    new Promise<void>((resolve) => {
      const socket = tls.connect({
        host: "127.0.0.1",
        port: daemon.port,
        servername: "localhost",
        ALPNProtocols: ["h2"],
        rejectUnauthorized: false,
      });
      socket.on("error", () => {}).on("data", () => settings++);
      socket.on("end", () => socket.destroy()).on("close", () => resolve());
    })));
  assertEquals(settings, 0, "nobody got an answer");
  await daemon.exec(["true"]); // while some are still silent
  await Promise.all(silent.map(({ closed }) => closed)); // by the daemon, after 10 s
  await until("the rest of the refusals is summed up", () => / refused-more count=\d+/.test(daemon.log));
  const alone = daemon.log.match(/ refused address=/g)!.length;
  assert(alone < 100, `${alone} lines: strangers do not fill the log`);
  await untilDescriptorsAreBack(daemon, descriptors);
  await assertWell(daemon);
});

Deno.test("paasd survives 500 streams that are cancelled", async () => {
  await using daemon = await RunningDaemon.start();
  const id = await daemon.exec(["sh", "-c", "echo hello; exec sleep 1000"]);
  const descriptors = daemon.descriptors();
  const before = await daemon.residentSize();
  for (let round = 0; round < 5; round++) {
    await using client = new RawClient(daemon);
    await Promise.all(Array.from({ length: 100 }, async () => {
      const call = client.service.GetLogs({ processId: id });
      const ended = new Promise((resolve) => call.on("end", resolve).on("error", resolve));
      await new Promise((resolve) => call.once("data", resolve));
      call.cancel();
      await ended;
    }));
  }
  await until("all are over", () => daemon.log.match(/method=GetLogs .*code=CANCELLED/g)?.length === 500);
  await untilDescriptorsAreBack(daemon, descriptors);
  const growth = await daemon.residentSize() - before;
  assert(growth < 2 * MAX_GROWTH_MIB, `it grew by ${growth} MiB`);
  assertEquals(await daemon.status(id), "Status: running");
  await assertWell(daemon);
});

/** Connects to each address that comes, calls 100 times, says so, and reads a log until the daemon has gone. */
const CLIENT = `
  import { RawClient } from "./tests/support/raw_client.ts";
  for await (const line of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    const [address, id] = line.trim().split(" ");
    await using client = new RawClient({ address });
    await Promise.all(Array.from({ length: 100 }, () => client.status(id)));
    const log = client.service.GetLogs({ processId: id });
    log.once("data", () => console.log("reading"));
    await new Promise((resolve) => log.on("end", resolve).on("error", (error) => resolve(console.log(error.message))));
    console.log("ended");
  }
  console.log("survived");
`;

Deno.test("a client survives 8 daemons that shut down", async () => {
  const client = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", "--no-check", "--ext=ts", CLIENT],
    cwd: ROOT,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stderr = new Response(client.stderr).text();
  let printed = "";
  const reading = (async () => {
    for await (const part of client.stdout.pipeThrough(new TextDecoderStream())) printed += part;
    printed += "(it has ended)";
  })();
  const untilPrinted = (expected: string) =>
    until(`the client has printed ${JSON.stringify(expected)}`, () => {
      assert(!printed.includes("(it has ended)"), printed);
      return printed === expected;
    });
  const writer = client.stdin.getWriter();
  let expected = "";
  for (let round = 0; round < 8; round++) {
    await using daemon = await RunningDaemon.start();
    await using one = new RawClient(daemon);
    const id = await one.exec(["sh", "-c", "echo hello; exec sleep 1000"]);
    await writer.write(new TextEncoder().encode(`${daemon.address} ${id}\n`));
    await untilPrinted(expected += "reading\n");
    daemon.kill("SIGTERM");
    await untilPrinted(expected += "ended\n");
    assertEquals(await daemon.exitCode(), 0, daemon.log);
  }
  await writer.close();
  const { code, signal } = await client.status;
  await reading;
  assertEquals([code, signal], [0, null], await stderr);
  assertMatch(printed, /\nsurvived\n/);
});
