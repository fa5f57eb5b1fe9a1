import { assert, assertEquals, assertMatch } from "@std/assert";
import { createHash, X509Certificate } from "node:crypto";
import type { Process } from "@paas/worker";
import net from "node:net";
import { join } from "node:path";
import tls from "node:tls";
import type { Pair } from "../../certs/authority.ts";
import { createAuthority } from "../../certs/authority.ts";
import { until } from "../../tests/support/until.ts";
import type { ConnectionLimits } from "../quotas/limits.ts";
import { FrontDoor } from "./front_door.ts";
import type { Objection, RefusalKind } from "../errors.ts";
import { type Guest, guestOf } from "../identity/identity.ts";
import { Lease } from "../processes/lease.ts";
import { CONNECTION_LIMITS, Realm } from "../../tests/support/realm.ts";

/** A front door that says hello to its guests, with everything that it has called back. */
class Scene implements AsyncDisposable {
  readonly admitted: string[] = [];
  readonly guests: Guest[] = [];
  readonly causes: string[] = [];
  readonly kinds: RefusalKind[] = [];
  /** Whether guests may stay. */
  stay = false;
  readonly expelled: string[] = [];
  objection: (guest: Guest) => Objection | undefined = () => undefined;

  private constructor(readonly realm: Realm) {}
  door!: FrontDoor;

  static async open(limits: Partial<ConnectionLimits> = {}): Promise<Scene> {
    const realm = await Realm.make();
    const scene = new Scene(realm);
    scene.door = await FrontDoor.open({
      listen: { host: "127.0.0.1", port: 0 },
      credentials: { ...realm.server, ca: realm.clientCa.cert },
      limits: { ...CONNECTION_LIMITS, ...limits },
      admit: (socket) => {
        scene.admitted.push(guestOf(socket.getPeerCertificate()).user.id);
        scene.guests.push(guestOf(socket.getPeerCertificate()));
        if (!scene.stay) socket.end("hello");
      },
      objection: (guest) => scene.objection(guest),
      expelled: ({ user }) => scene.expelled.push(user.id),
      refused: (_address, { kind, sentence }) => {
        scene.causes.push(sentence);
        scene.kinds.push(kind);
      },
    });
    return scene;
  }

  get port(): number {
    return this.door.address.port;
  }

  /** Gives the text that a client hears: "hello", or nothing. */
  hear(pair: Partial<Pair>, options: tls.ConnectionOptions = {}): Promise<string> {
    return new Promise((resolve) => {
      let heard = "";
      const { realm: { serverCa }, port } = this;
      const identity = { ...pair, ca: serverCa.cert, servername: "localhost", ALPNProtocols: ["h2"] };
      const socket = tls.connect({ host: "127.0.0.1", port, ...identity, ...options });
      socket.on("data", (data: Uint8Array) => heard += new TextDecoder().decode(data));
      socket.on("error", () => {});
      socket.on("close", () => resolve(heard));
    });
  }

  /** Waits for the next refusal. */
  async cause(number = 1): Promise<string> {
    await until(`refusal ${number} is told of`, () => this.causes.length >= number);
    return this.causes.at(-1)!;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.door.close();
    this.door.cutAll();
    await this.realm[Symbol.asyncDispose]();
  }
}

Deno.test("FrontDoor lets in who has a good certificate, as themselves", async () => {
  await using scene = await Scene.open();
  assertEquals(await scene.hear(await scene.realm.user()), "hello");
  assertEquals(await scene.hear(await scene.realm.user({ commonName: ["alice", "mallory"] })), "hello");
  assertEquals(new Set(scene.admitted).size, 2);
  assertEquals(scene.causes, []);
});

Deno.test("FrontDoor refuses every other certificate, and says why", async () => {
  await using scene = await Scene.open();
  const { realm } = scene;
  const hour = 3_600_000;
  const stranger = await createAuthority({ commonName: "client CA" }); // of the same name
  const expired = { notBefore: new Date(Date.now() - 2 * hour), notAfter: new Date(Date.now() - hour) };
  const cases: [Partial<Pair>, RegExp][] = [
    [{}, /sent no certificate/],
    [await stranger.issue({ commonName: "alice", usages: ["clientAuth"] }), /not signed by the client CA/],
    [await realm.serverCa.issue({ commonName: "alice", usages: ["clientAuth"] }), /not signed by the client CA/],
    [realm.server, /not signed by the client CA/],
    [await realm.user({ usages: ["serverAuth"] }), /not for clients/],
    [await realm.user({ usages: [] }), /not for clients/],
    [await realm.user(expired), /not valid now/],
    [await realm.user({ notBefore: new Date(Date.now() + hour) }), /not valid now/],
  ];
  for (const [index, [pair, words]] of cases.entries()) {
    assertEquals(await scene.hear(pair), "", String(words));
    assertMatch(await scene.cause(index + 1), words);
  }
  assertEquals(scene.admitted, []);
  assertEquals(scene.causes.length, cases.length);
  const [first, ...others] = scene.kinds;
  assertEquals([first, ...new Set(others)], ["no_certificate", "certificate_untrusted", "certificate_usage"]);
});

Deno.test("FrontDoor refuses what is older than TLS 1.3, and what is not HTTP/2", async () => {
  await using scene = await Scene.open();
  const user = await scene.realm.user();
  assertEquals(await scene.hear(user, { maxVersion: "TLSv1.2" }), "");
  assertMatch(await scene.cause(1), /TLS 1\.3/);
  assertEquals(await scene.hear(user, { ALPNProtocols: ["http/1.1"] }), "");
  assertMatch(await scene.cause(2), /HTTP\/2/);
  assertEquals(await scene.hear(user, { ALPNProtocols: undefined }), "");
  assertMatch(await scene.cause(3), /HTTP\/2/);
  assertEquals(scene.kinds, ["tls_version", "no_http2", "no_http2"]);
});

Deno.test("FrontDoor outlives garbage, hang-ups and silence", async () => {
  await using scene = await Scene.open();
  const garbage = net.connect(scene.port, "127.0.0.1").on("error", () => {});
  garbage.write("GET / HTTP/1.1\r\n\r\n");
  assertMatch(await scene.cause(1), /does not speak TLS/);
  for (let number = 0; number < 50; number++) {
    const socket = net.connect(scene.port, "127.0.0.1", () => socket.resetAndDestroy()).on("error", () => {});
  }
  assertMatch(await scene.cause(51), /hung up/);
  const silent = net.connect(scene.port, "127.0.0.1").on("error", () => {}).resume();
  const closed = new Promise((resolve) => silent.on("close", resolve));
  assertEquals(await scene.hear(await scene.realm.user()), "hello");
  assertMatch(await scene.cause(52), /did not finish the TLS handshake/);
  assertEquals([...new Set(scene.kinds)], ["no_tls", "hung_up", "handshake_timeout"]);
  await closed;
  garbage.destroy();
});

/** A connection that stays, and says nothing. */
async function silence(scene: Scene, host = "127.0.0.1") {
  const socket = net.connect({ port: scene.port, host: "127.0.0.1", localAddress: host }).on("error", () => {});
  const connection = { closed: false, socket };
  socket.resume().on("close", () => connection.closed = true);
  await new Promise((resolve) => socket.once("connect", resolve));
  return connection;
}

/** A connection of a user that stays. */
async function guest(scene: Scene, pair: Pair) {
  const options = { ...pair, ca: scene.realm.serverCa.cert, servername: "localhost", ALPNProtocols: ["h2"] };
  const socket = tls.connect({ host: "127.0.0.1", port: scene.port, ...options }).on("error", () => {});
  const connection = { closed: false, socket };
  socket.resume().on("close", () => connection.closed = true);
  const before = scene.guests.length;
  await until("the guest is in", () => scene.guests.length > before || connection.closed);
  return connection;
}

Deno.test("FrontDoor refuses the oldest silent connection of an address that has too many, and leaves others", async () => {
  await using scene = await Scene.open({ maxConnectionsPerAddress: 3 });
  const other = await silence(scene, "127.0.0.2");
  const silent = [await silence(scene), await silence(scene), await silence(scene)];
  await until("they are counted", () => scene.door.counted === 4);
  assertEquals(await scene.hear(await scene.realm.user()), "hello");
  assertMatch(await scene.cause(1), /3 connections from its address \(--max-connections-per-address\)/);
  assertEquals(scene.kinds, ["too_many_connections"]);
  await until("the oldest is closed", () => silent[0]!.closed);
  assertEquals([other.closed, silent[1]!.closed, silent[2]!.closed], [false, false, false]);
  for (const { socket } of [other, ...silent]) socket.destroy();
  await until("no connection is counted", () => scene.door.counted === 0);
});

Deno.test("FrontDoor refuses who comes when all connections are in use, and takes them when there is room", async () => {
  await using scene = await Scene.open({ maxConnections: 2 });
  scene.stay = true;
  const user = await scene.realm.user();
  const [one, two] = [await guest(scene, user), await guest(scene, user)];
  const three = await guest(scene, user);
  await until("the third is closed", () => three.closed);
  assertMatch(await scene.cause(1), /2 connections \(--max-connections\)/);
  assertEquals(scene.kinds, ["too_many_connections"]);
  assertEquals([one.closed, two.closed], [false, false]);
  one.socket.destroy();
  await until("the first is gone", () => scene.door.counted === 1);
  const four = await guest(scene, user);
  assertEquals([two.closed, four.closed], [false, false]);
  for (const { socket } of [two, four]) socket.destroy();
  await until("no connection is counted", () => scene.door.counted === 0);
});

Deno.test("FrontDoor closes who has had no call for too long, but nobody with a call or a lease", async () => {
  await using scene = await Scene.open({ idleTimeout: 200 });
  scene.stay = true;
  const user = await scene.realm.user();
  const connections = [await guest(scene, user), await guest(scene, user), await guest(scene, user)];
  const call = scene.guests[1]!.calls();
  const { promise: finished, resolve: finish } = Promise.withResolvers<void>();
  const process = { finished, status: { state: "running" } } as unknown as Process;
  const lease = new Lease(process, 60_000);
  lease.hold(scene.guests[2]!.connection);
  await until("the idle one is closed", () => connections[0]!.closed);
  const late = await guest(scene, user);
  await until("one that came later is closed as well", () => late.closed);
  assertEquals(connections.map(({ closed }) => closed), [true, false, false]);
  call[Symbol.dispose]();
  await until("the one whose call has ended is closed", () => connections[1]!.closed);
  assertEquals(connections[2]!.closed, false);
  lease.end();
  await until("the one whose lease has ended is closed", () => connections[2]!.closed);
  finish();
  assertEquals(scene.causes, []);
});

Deno.test("FrontDoor asks for objections to who came before the client CA changed", async () => {
  await using scene = await Scene.open();
  const { realm, door, port } = scene;
  const next = await createAuthority({ commonName: "next client CA" });
  const user = await realm.user();
  const early = net.connect(port, "127.0.0.1");
  await new Promise((resolve) => early.once("connect", resolve));
  assertEquals(await scene.hear(user), "hello"); // the door has met the first one by now
  scene.objection = () => ({ kind: "certificate_untrusted", sentence: "its certificate is not signed" });
  door.credentials = { ...realm.server, ca: next.cert };
  assertEquals(
    await scene.hear(user, { socket: early, host: undefined, port: undefined } as tls.ConnectionOptions),
    "",
  );
  assertEquals(await scene.cause(), "its certificate is not signed");
  assertEquals(scene.kinds, ["certificate_untrusted"]);
});

Deno.test("FrontDoor expels those to whom there is an objection, at the door and later", async () => {
  await using scene = await Scene.open();
  const { realm, door } = scene;
  scene.stay = true;
  const [alice, bob] = [await realm.user(), await realm.user()];
  const ends: string[] = [];
  for (const [name, pair] of [["alice", alice], ["bob", bob]] as const) scene.hear(pair).then(() => ends.push(name));
  await until("both are in", () => scene.admitted.length === 2);
  const alices = createHash("sha256").update(new X509Certificate(alice.cert).raw).digest("hex");
  const revoked: Objection = { kind: "certificate_revoked", sentence: "it was revoked" };
  scene.objection = ({ user }) => user.id === alices ? revoked : undefined;
  door.expel();
  await until("alice is out", () => ends.includes("alice"));
  scene.stay = false;
  assertEquals(await scene.hear(alice), "");
  assertEquals([await scene.cause(), ends, scene.expelled], ["it was revoked", ["alice"], [alices]]);
  assertEquals(scene.kinds, ["certificate_revoked"]);
});

const openssl = await new Deno.Command("openssl", { args: ["version"], stdout: "null", stderr: "null" })
  .output().then(({ success }) => success, () => false);

/** Runs `openssl s_client` against the door; gives what it printed. */
async function opensslClient(scene: Scene, pair: Pair, args: string[]): Promise<string> {
  const { realm, port } = scene;
  const cert = await realm.write("client.crt", pair.cert);
  const key = await realm.write("client.key", pair.key);
  const ca = await realm.write("server-ca.crt", realm.serverCa.cert);
  const { stdout, stderr } = await new Deno.Command("openssl", {
    args: [
      "s_client",
      "-connect",
      `127.0.0.1:${port}`,
      "-CAfile",
      ca,
      "-cert",
      cert,
      "-key",
      key,
      "-alpn",
      "h2",
      ...args,
    ],
    stdin: "null",
  }).output();
  return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
}

Deno.test({
  name: "FrontDoor speaks each of the three suites of TLS 1.3",
  ignore: !openssl,
  async fn() {
    await using scene = await Scene.open();
    const user = await scene.realm.user();
    for (const suite of ["TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256"]) {
      const printed = await opensslClient(scene, user, ["-ciphersuites", suite, "-ign_eof"]);
      assertMatch(printed, new RegExp(`TLSv1.3, Cipher is ${suite}[^]*hello`));
    }
    assert(!(await opensslClient(scene, user, ["-tls1_2", "-ign_eof"])).includes("hello"));
  },
});

Deno.test({
  name: "FrontDoor refuses a resumed session, with and without its certificate",
  ignore: !openssl,
  async fn() {
    await using scene = await Scene.open();
    const user = await scene.realm.user();
    const session = join(scene.realm.directory, "session");
    assertMatch(await opensslClient(scene, user, ["-sess_out", session, "-ign_eof"]), /hello/);
    const resumed = await opensslClient(scene, user, ["-sess_in", session, "-ign_eof"]);
    assert(resumed.includes("Reused, TLSv1.3") && !resumed.includes("hello"), resumed);
    assertMatch(await scene.cause(1), /resumed/);
    assertEquals(scene.kinds, ["session_resumed"]);
    assertEquals(scene.admitted.length, 1);
  },
});
