/**
 * Strangers at the port: noise, broken and half-open TLS, other protocols, slow clients and resets, while a user works.
 * Longer, or again with the same seed: `deno task fuzz [MINUTES] [SEED]`.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import net from "node:net";
import tls from "node:tls";
import { Bystander } from "../neighbours/bystander.ts";
import { Choice } from "./message.ts";
import { RunningDaemon } from "../support/programs.ts";
import { RawClient } from "../support/raw_client.ts";
import { until } from "../support/until.ts";

const seconds = Number(Deno.env.get("PAAS_FUZZ_SECONDS") ?? 8);
const seed = Number(Deno.env.get("PAAS_FUZZ_SEED") ?? Math.floor(Math.random() * 2 ** 31));

const AT_A_TIME = 16;
/** So many strangers are silent, and so many say a byte a second, until the daemon has enough of them. */
const [SILENT, SLOW] = [20, 20];
/** Whoever is in no hurry is cut off by then: the daemon waits 10 s. */
const PATIENCE_MS = 60_000;
/** The runtime lets its heap grow to some 250 MiB before it looks for what is not needed any more. */
const MAX_SIZE_MIB = 330;
/** Nobody may wait for so much work of the daemon's one thread. */
const MAX_WORKED_MS = 3_000;
/** So many connections that fail would need 360 MiB if each was kept for a while. */
const HANG_UPS = 15_000;

/** What a stranger does to the daemon, and how it leaves. */
type Leaving = "end" | "destroy" | "reset" | "wait";

/** A connection of a stranger, and what came back. */
interface Visit {
  /** What the daemon has said. */
  heard: Buffer;
  /** Whether the connection is gone. */
  closed: boolean;
}

/** Says these pieces one after the other, and leaves; resolves when the connection is gone, or after `limit` ms. */
function visit(port: number, pieces: readonly Uint8Array[], leaving: Leaving, limit: number, gap = 0): Promise<Visit> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    const socket = net.connect(port, "127.0.0.1");
    const leave = () => {
      if (leaving === "end") socket.end();
      else if (leaving === "destroy") socket.destroy();
      else if (leaving === "reset") socket.resetAndDestroy();
    };
    let next = 0;
    let pacing: ReturnType<typeof setTimeout>;
    const say = () => {
      const piece = pieces[next++];
      if (socket.destroyed) return;
      if (piece === undefined) return leave();
      socket.write(piece, () => pacing = setTimeout(say, gap));
    };
    const timer = setTimeout(() => finish(false), limit);
    const finish = (closed: boolean) => {
      clearTimeout(timer);
      clearTimeout(pacing);
      socket.destroy();
      resolve({ heard: Buffer.concat(parts), closed });
    };
    socket.on("connect", say).on("error", () => {}).on("data", (part) => parts.push(part as Buffer));
    socket.on("end", () => socket.destroy());
    socket.on("close", () => finish(true));
  });
}

/** The first thing that a client of TLS says. */
async function clientHello(options: tls.ConnectionOptions): Promise<Buffer> {
  const heard = Promise.withResolvers<Buffer>();
  const server = net.createServer((socket) => {
    socket.on("error", () => {}).once("data", (bytes) => {
      heard.resolve(bytes as Buffer);
      socket.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as net.AddressInfo;
  const client = tls.connect({ host: "127.0.0.1", port, servername: "localhost", ALPNProtocols: ["h2"], ...options });
  client.on("error", () => {});
  const hello = await heard.promise;
  client.destroy();
  await new Promise((resolve) => server.close(resolve));
  return hello;
}

/** A ClientHello of a version that has no extensions (RFC 2246, section 7.4.1.2). */
function oldHello(minor: number): Buffer {
  const body = Buffer.concat([
    Buffer.of(3, minor),
    Buffer.alloc(32, 7), // random
    Buffer.of(0), // no session
    Buffer.of(0, 8, 0x00, 0x2f, 0x00, 0x35, 0x00, 0x0a, 0x00, 0x05), // AES-CBC, 3DES and RC4, all with RSA
    Buffer.of(1, 0),
  ]);
  const message = Buffer.concat([Buffer.of(1, 0, 0, body.length), body]);
  return Buffer.concat([Buffer.of(22, 3, minor, 0, message.length), message]);
}

/** A CLIENT-HELLO of SSL 2.0. */
const SSL2 = Buffer.concat([
  Buffer.of(0x80, 0x2e, 0x01, 0x00, 0x02, 0x00, 0x15, 0x00, 0x00, 0x00, 0x10),
  Buffer.of(0x01, 0x00, 0x80, 0x02, 0x00, 0x80, 0x03, 0x00, 0x80, 0x04, 0x00, 0x80, 0x05, 0x00, 0x80),
  Buffer.of(0x06, 0x00, 0x40, 0x07, 0x00, 0xc0),
  Buffer.alloc(16, 9),
]);

const HTTP1 = Buffer.from("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
const HTTP2 = Buffer.concat([Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), Buffer.of(0, 0, 0, 4, 0, 0, 0, 0, 0)]);

/** A record of TLS, of any kind. */
function record(choice: Choice): Buffer {
  const content = choice.bytes(choice.below(300));
  const length = choice.chance(0.7) ? content.length : choice.of([0, 1, 16_384, 16_641, 65_535]);
  const type = choice.of([0, 20, 21, 22, 23, 24, 255]);
  return Buffer.concat([Buffer.of(type, 3, choice.below(5), length >> 8, length & 255), content]);
}

/** A copy that is cut, flipped, grown, or has other lengths. */
function mutated(hello: Buffer, choice: Choice): Buffer {
  const bytes = Buffer.from(hello);
  const at = choice.below(bytes.length);
  switch (choice.below(5)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      for (let flips = 1 + choice.below(5); flips > 0; flips--) {
        bytes[choice.below(bytes.length)]! ^= 1 << choice.below(8);
      }
      return bytes;
    case 2:
      bytes[at] = choice.of([0, 1, 127, 128, 255]);
      return bytes;
    case 3:
      return Buffer.concat([bytes.subarray(0, at), choice.bytes(choice.below(100)), bytes.subarray(at)]);
    default:
      return Buffer.concat([bytes, bytes.subarray(at), record(choice)]);
  }
}

/** Cuts bytes in pieces: a handshake that comes bit by bit. */
function pieces(bytes: Buffer, choice: Choice): Buffer[] {
  const cut = choice.below(bytes.length + 1);
  return choice.chance(0.5) ? [bytes] : [bytes.subarray(0, cut), bytes.subarray(cut)];
}

/** Comes with TLS but without a certificate of a client, and leaves at some step; says how many bytes it was told. */
function handshake(port: number, choice: Choice): Promise<number> {
  return new Promise((resolve) => {
    let told = 0;
    const socket = net.connect(port, "127.0.0.1").on("error", () => {});
    const secured = tls.connect({
      socket,
      servername: choice.of(["localhost", "x".repeat(60)]),
      ALPNProtocols: choice.of([["h2"], ["http/1.1"], ["h2", "http/1.1"], []]),
      rejectUnauthorized: false,
    });
    const leave = () => choice.chance(0.5) ? socket.resetAndDestroy() : socket.destroy();
    const when = choice.below(4);
    if (when === 0) socket.once("connect", leave);
    if (when === 1) socket.once("data", leave);
    secured.on("secureConnect", () => {
      if (when === 2) leave();
      else secured.write(choice.chance(0.5) ? HTTP2 : Buffer.from(choice.bytes(100)));
    });
    const timer = setTimeout(() => socket.destroy(), 2_000);
    secured.on("data", (bytes) => told += bytes.length).on("error", () => {}).on("end", () => socket.destroy());
    socket.on("close", () => {
      clearTimeout(timer);
      secured.destroy();
      resolve(told);
    });
  });
}

Deno.test(`the port of paasd survives strangers of all kinds while a user works (seed ${seed})`, async () => {
  await using daemon = await RunningDaemon.start();
  await using alice = new RawClient(daemon);
  await using bob = new Bystander(daemon);
  const choice = new Choice(seed);
  const { port } = daemon;
  const hello = await clientHello({});
  const hello12 = await clientHello({ minVersion: "TLSv1.2", maxVersion: "TLSv1.2" });
  const cat = await alice.exec(["sh", "-c", "echo before; exec sleep 1000"]);
  const openings: (() => Buffer)[] = [
    () => Buffer.from(choice.bytes(choice.below(5_000))),
    () => mutated(hello, choice),
    () => mutated(hello, choice),
    () => Buffer.concat([hello, record(choice)]),
    () => hello,
    () => hello12,
    () => oldHello(choice.below(5)),
    () => SSL2,
    () => HTTP1,
    () => HTTP2,
    () => record(choice),
    () => Buffer.alloc(0),
    () => Buffer.concat(Array.from({ length: 200 }, () => Buffer.of(22, 3, 1, 0, 0))), // empty records
  ];
  await handshake(port, choice);
  const descriptors = daemon.descriptors();

  // Those who take their time: half of them have begun a handshake.
  const slow = [
    ...Array.from({ length: SILENT }, (_, n) => visit(port, n % 2 ? [hello] : [], "wait", PATIENCE_MS)),
    ...Array.from({ length: SLOW }, (_, n) => {
      const bytes = n % 2 ? hello : HTTP1;
      return visit(port, Array.from(bytes, (byte) => Buffer.of(byte)), "wait", PATIENCE_MS, 1_000);
    }),
  ];
  const end = performance.now() + seconds * 1000;
  let [visits, handshakes, served] = [0, 0, 0];
  const strangers = Array.from({ length: AT_A_TIME }, async (_, n) => {
    while (performance.now() < end || served === 0) {
      if (n % 4 === 0) {
        handshakes++;
        assertEquals(await handshake(port, choice), 0, "nobody without a certificate is answered");
        continue;
      }
      visits++;
      const opening = choice.of(openings)();
      const leaving = choice.of(["end", "destroy", "reset"] as const);
      const { heard } = await visit(port, pieces(opening, choice), leaving, 2_000);
      assert(!heard.includes("HTTP/"), `${heard}`);
      assert(![0x32, 0x33].includes(heard[0] ?? 0), "what is not TLS is not answered");
    }
  });
  const user = (async () => {
    while (performance.now() < end || served === 0) {
      await using client = new RawClient(daemon); // whoever comes anew has to get in as well
      await client.untilFinished(await client.exec(["true"]));
      assertEquals((await alice.status(cat)).state, "PROCESS_STATE_RUNNING");
      served++;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  })();
  await Promise.all([...strangers, user]);
  for (const { closed } of await Promise.all(slow)) assert(closed, "whoever takes too long is cut off");

  await until("the descriptors are back", () => daemon.descriptors() <= descriptors + 3);
  const size = await daemon.residentSize();
  const { waited, worked } = bob.worst;
  console.log(
    `${visits} visits, ${handshakes} handshakes, ${served} rounds of a user, ${size.toFixed(0)} MiB;`,
    `bob has waited for ${worked} ms of work, ${waited.toFixed(0)} ms`,
  );
  assert(worked < MAX_WORKED_MS, `bob has waited for ${worked} ms of work`);
  assert(visits > 0 && handshakes > 0 && served > 0);
  assert(size < MAX_SIZE_MIB, `it has ${size} MiB`);
  const unforeseen = /^.*(unforeseen|Uncaught|panicked).*$/m.exec(daemon.log)?.[0];
  assert(!unforeseen, unforeseen);
  const log = alice.logs(cat, { follow: false });
  await log.end;
  assertEquals(log.text, "before\n");
  assertEquals((await alice.stop(cat)).signal, 15);
});

Deno.test(`paasd keeps nothing of ${HANG_UPS} strangers that hang up`, async () => {
  await using daemon = await RunningDaemon.start();
  await daemon.exec(["true"]);
  const descriptors = daemon.descriptors();
  let visits = 0;
  await Promise.all(Array.from({ length: AT_A_TIME }, async () => {
    while (visits++ < HANG_UPS) await visit(daemon.port, [], "destroy", 5_000);
  }));
  await until("the descriptors are back", () => daemon.descriptors() <= descriptors + 3);
  const size = await daemon.residentSize();
  assert(size < MAX_SIZE_MIB, `it has ${size} MiB`);
});
