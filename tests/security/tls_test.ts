import { assert, assertEquals, assertMatch } from "@std/assert";
import { Buffer } from "node:buffer";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import tls from "node:tls";
import { createAuthority, type Pair } from "../../certs/authority.ts";
import { Realm } from "../support/realm.ts";
import type { Result } from "../support/paasc/command.ts";
import { ROOT, RunningDaemon, startPaasc, text } from "../support/programs.ts";
import { until } from "../support/until.ts";

/** Certificates of our own in files, and what it takes to use them. */
class Scene implements AsyncDisposable {
  private constructor(readonly realm: Realm) {}

  static async open(): Promise<Scene> {
    const realm = await Realm.make();
    await realm.write("server-ca.crt", realm.serverCa.cert);
    const scene = new Scene(realm);
    await scene.write("alice", await realm.user());
    return scene;
  }

  path(file: string): string {
    return join(this.realm.directory, file);
  }

  async write(name: string, { cert, key }: Pair): Promise<void> {
    await this.realm.write(`${name}.crt`, cert);
    await this.realm.write(`${name}.key`, key);
  }

  /** A daemon with the server certificate of that name. */
  daemon(server = "server", flags: string[] = []): Promise<RunningDaemon> {
    return RunningDaemon.start([...this.serverFlags(server), ...flags], { TMPDIR: this.realm.directory });
  }

  serverFlags(server = "server"): string[] {
    const [cert, key, ca] = [`${server}.crt`, `${server}.key`, "client-ca.crt"].map((file) => this.path(file));
    return ["--tls-cert", cert!, "--tls-key", key!, "--client-ca", ca!];
  }

  /** `paasc exec true` with these files. */
  async exec(server: string, { as = "alice", ca = "server-ca.crt" } = {}): Promise<Result> {
    const files = ["--ca", this.path(ca), "--cert", this.path(`${as}.crt`), "--key", this.path(`${as}.key`)];
    await using client = startPaasc(["--server", server, ...files, "exec", "true"]);
    return await client.result();
  }

  /** Sees that there is no connection, and gives the reason, without directories and ports. */
  async reason(server: string, options?: { as?: string; ca?: string }): Promise<string> {
    const { code, stdout, stderr } = await this.exec(server, options);
    assertEquals([code, text(stdout)], [69, ""], stderr);
    assertMatch(stderr, /^paasc: [^\n]+\n$/);
    return stderr.trimEnd().slice("paasc: ".length).replaceAll(`${this.realm.directory}/`, "")
      .replace(`cannot connect to ${server}: `, "");
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.realm[Symbol.asyncDispose]();
  }
}

const PAST = { notBefore: new Date("2020-01-01T00:00:00Z"), notAfter: new Date("2021-01-01T00:00:00Z") };
const FUTURE = { notBefore: new Date("2090-01-01T00:00:00Z"), notAfter: new Date("2091-01-01T00:00:00Z") };

/** Something else than a paasd, on a port of its own for as long as the scope. */
class Stranger implements AsyncDisposable {
  readonly #sockets = new Set<Socket>();

  private constructor(readonly server: Server) {
    server.on("connection", (socket) => this.#sockets.add(socket.on("error", () => {})));
  }

  static async listen(server: Server): Promise<Stranger> {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new Stranger(server);
  }

  get address(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** Makes a connection by TLS and sends nothing; gives what came until it was closed, or until HTTP/2 SETTINGS came. */
async function greeting(port: number, options: tls.ConnectionOptions): Promise<"settings" | "closed"> {
  const socket = tls.connect({ host: "127.0.0.1", port, servername: "localhost", ALPNProtocols: ["h2"], ...options });
  let received = Buffer.alloc(0);
  socket.on("data", (data: Buffer) => received = Buffer.concat([received, data]));
  socket.on("error", () => {});
  let closed = false;
  socket.on("end", () => socket.destroy());
  socket.on("close", () => closed = true);
  try {
    return await until("there is a greeting or an end", () => {
      if (received.length >= 9) return received[3] === 4 ? "settings" : false; // the type of an HTTP/2 SETTINGS frame
      return closed && (assertEquals(received.length, 0), "closed");
    });
  } finally {
    socket.destroy();
    await until("the socket is closed", () => closed);
  }
}

Deno.test("paasc tells why there is no paasd at an address", async (t) => {
  await using scene = await Scene.open();
  const { server } = scene.realm;

  await t.step("nobody listens", async () => {
    let address;
    {
      await using stranger = await Stranger.listen(createServer());
      address = stranger.address;
    }
    assertEquals(await scene.reason(address), "nothing listens there; is paasd running? (check --server)");
  });
  await t.step("a plain TCP server", async () => {
    const http = (socket: Socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
    await using stranger = await Stranger.listen(createServer(http));
    assertEquals(
      await scene.reason(stranger.address),
      "what listens there does not speak TLS 1.3 with HTTP/2; is it a paasd? (check --server)",
    );
  });
  await t.step("a TLS server without HTTP/2", async () => {
    const http = (socket: Socket) =>
      socket.on("error", () => {}).once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    await using stranger = await Stranger.listen(tls.createServer(server, http));
    assertEquals(
      await scene.reason(stranger.address),
      "what listens there does not speak TLS 1.3 with HTTP/2; is it a paasd? (check --server)",
    );
  });
});

Deno.test("paasc tells what is wrong with the daemon's certificate", async (t) => {
  await using scene = await Scene.open();
  const { serverCa } = scene.realm;

  await t.step("it expires while the daemon runs", async () => {
    const notAfter = new Date(Math.ceil(Date.now() / 1000) * 1000 + 3000);
    const options = { commonName: "server", usages: ["serverAuth" as const], hosts: ["127.0.0.1"], notAfter };
    await scene.write("short", await serverCa.issue(options));
    await using daemon = await scene.daemon("short");
    assertEquals((await scene.exec(daemon.address)).code, 0);
    await until("the certificate has expired", () => Date.now() > notAfter.getTime() + 1000);
    assertEquals(
      await scene.reason(daemon.address),
      `the server's certificate is not valid: it expired at ${notAfter.toISOString().replace(".000Z", "Z")}`,
    );
  });
  await t.step("it is for another host", async () => {
    const options = { commonName: "server", usages: ["serverAuth" as const], hosts: ["paas.example.org"] };
    await scene.write("elsewhere", await serverCa.issue(options));
    await using daemon = await scene.daemon("elsewhere");
    for (const host of ["127.0.0.1", "localhost"]) {
      assertEquals(
        await scene.reason(`${host}:${daemon.port}`),
        `the server's certificate is for DNS:paas.example.org, not for '${host}' (check --server)`,
      );
    }
  });
});

Deno.test("a daemon with its own certificates lets in whom it should, and paasc tells the others why not", async (t) => {
  await using scene = await Scene.open();
  const { realm } = scene;
  await using daemon = await scene.daemon();
  const { address, port } = daemon;
  const refused = "the daemon refused the client certificate";

  for (const server of [`127.0.0.1:${port}`, `localhost:${port}`]) {
    await t.step(`--server ${server.replace(/\d+$/, "PORT")} works`, async () => {
      const { code, stdout, stderr } = await scene.exec(server);
      assertEquals([code, stderr], [0, ""]);
      assertMatch(text(stdout), /^[0-9a-f-]{36}\n$/);
    });
  }
  await t.step("the wrong server CA", async () => {
    // Of the same name: it is the key that counts.
    await realm.write("other-ca.crt", (await createAuthority({ commonName: "server CA" })).cert);
    assertEquals(
      await scene.reason(address, { ca: "other-ca.crt" }),
      "the server's certificate is not signed by the server CA other-ca.crt (check --ca and --server)",
    );
  });

  const stranger = await createAuthority({ commonName: "client CA" });
  const refusals: Record<string, [Pair, string]> = {
    "of a wrong CA": [
      await stranger.issue({ commonName: "alice", usages: ["clientAuth"] }),
      "it does not trust the CA that signed it, or has revoked it",
    ],
    "of the server CA": [
      await realm.serverCa.issue({ commonName: "alice", usages: ["clientAuth"] }),
      "it does not trust the CA that signed it, or has revoked it",
    ],
    "that has expired": [await realm.user(PAST), "it expired at 2021-01-01T00:00:00Z"],
    "that is not valid yet": [
      await realm.user(FUTURE),
      "it is not valid before 2090-01-01T00:00:00Z; is the clock right?",
    ],
    "for servers only": [await realm.user({ usages: ["serverAuth"] }), "its extended key usage lacks clientAuth"],
    "without any extended key usage": [
      await realm.user({ usages: [] }),
      "it has no extended key usage, where clientAuth is needed",
    ],
  };
  for (const [name, [pair, why]] of Object.entries(refusals)) {
    await t.step(`a client certificate ${name} is refused`, async () => {
      await scene.write("mine", pair);
      assertEquals(await scene.reason(address, { as: "mine" }), `${refused} mine.crt: ${why} (check --cert)`);
      assertEquals(await greeting(port, { ...pair, ca: realm.serverCa.cert }), "closed");
    });
  }
  await t.step("a missing file", async () => {
    assertEquals(
      await scene.reason(address, { ca: "missing.crt" }),
      "cannot read the server CA missing.crt: it does not exist (--ca, PAASC_CA)",
    );
    await realm.write("missing.key", (await realm.user()).key);
    assertEquals(
      await scene.reason(address, { as: "missing" }),
      "cannot read the client certificate missing.crt: it does not exist (--cert, PAASC_CERT)",
    );
  });
  await t.step("nothing of that has hurt the daemon", async () => {
    assertEquals((await scene.exec(address)).code, 0);
  });
});

Deno.test("the daemon sends no HTTP/2 before a good certificate, and logs why", async () => {
  await using scene = await Scene.open();
  await using daemon = await scene.daemon();
  const { realm } = scene;
  const ca = realm.serverCa.cert;
  const stranger = await createAuthority({ commonName: "client CA" });
  const refusals: [Partial<Pair>, string][] = [
    [{}, "it sent no certificate"],
    [
      await stranger.issue({ commonName: "alice", usages: ["clientAuth"] }),
      "its certificate is not signed by the client CA, not valid now, or not for clients",
    ],
    [await realm.user({ usages: [] }), "its certificate is not for clients (extended key usage clientAuth)"],
  ];
  for (const [index, [pair, cause]] of refusals.entries()) {
    assertEquals(await greeting(daemon.port, { ca, ...pair }), "closed");
    const refused = () => daemon.log.split("\n").slice(0, -1).filter((line) => line.includes(" refused "));
    const line = await until("it is in the log", () => refused()[index]);
    assertMatch(line, /^\S+Z refused address=127\.0\.0\.1:\d+ cause="[^"]+"$/);
    assert(line.includes(cause), line);
  }
  assertEquals(await greeting(daemon.port, { ca, ...await realm.user() }), "settings");
});

const hasOpenssl = await new Deno.Command("openssl", { args: ["version"], stdout: "null", stderr: "null" })
  .output().then(({ success }) => success, () => false);
if (!hasOpenssl) console.warn("SKIPPED: the TLS versions and suites, for there is no openssl on the PATH");

/** What `openssl s_client` got from a daemon, and said, until SETTINGS came or it ended. */
async function opensslClient(scene: Scene, port: number, args: string[]): Promise<{ got: Buffer; said: string }> {
  const identity = ["-cert", scene.path("alice.crt"), "-key", scene.path("alice.key")];
  const trust = ["-CAfile", scene.path("server-ca.crt"), "-verify_return_error"];
  const child = new Deno.Command("openssl", {
    args: ["s_client", "-brief", "-connect", `127.0.0.1:${port}`, "-alpn", "h2", ...trust, ...identity, ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stderr = new Response(child.stderr).text();
  let got = Buffer.alloc(0);
  for await (const bytes of child.stdout) {
    got = Buffer.concat([got, bytes]);
    if (got.length >= 9) break;
  }
  await child.stdin.close();
  await child.status;
  return { got, said: await stderr };
}

Deno.test({
  name: "the daemon speaks each suite of TLS 1.3, and nothing older",
  ignore: !hasOpenssl,
  async fn(t) {
    await using scene = await Scene.open();
    await using daemon = await scene.daemon();
    for (const suite of ["TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256"]) {
      await t.step(suite, async () => {
        const { got, said } = await opensslClient(scene, daemon.port, ["-ciphersuites", suite]);
        assertMatch(said, new RegExp(`Protocol version: TLSv1.3\nCiphersuite: ${suite}\n`));
        assertEquals(got[3], 4, `HTTP/2 SETTINGS came: ${said}`);
      });
    }
    for (const version of ["tls1_2", "tls1_1"]) {
      await t.step(`not ${version}`, async () => {
        const { got, said } = await opensslClient(scene, daemon.port, [`-${version}`, "-cipher", "ALL:@SECLEVEL=0"]);
        assertMatch(said, /alert (protocol version|handshake failure)/); // the daemon's word, not openssl's own
        assertEquals(got.length, 0);
      });
    }
  },
});

const hasIpv6 = (() => {
  try {
    Deno.listen({ hostname: "::1", port: 0 }).close();
    return true;
  } catch {
    console.warn("SKIPPED: IPv6, for this machine has no ::1");
    return false;
  }
})();

Deno.test({
  name: "a daemon on [::1] is reached as --server [::1]:PORT",
  ignore: !hasIpv6,
  async fn() {
    await using scene = await Scene.open();
    const options = { commonName: "server", usages: ["serverAuth" as const], hosts: ["::1"] };
    await scene.write("six", await scene.realm.serverCa.issue(options));
    await using daemon = await scene.daemon("six", ["--listen", "[::1]:0"]);
    assertMatch(daemon.stdout, /^paasd listening on \[::1\]:\d+\n$/);
    const { code, stderr } = await scene.exec(daemon.address);
    assertEquals([code, stderr], [0, ""]);
  },
});

/** Runs a daemon that must not start. */
async function refusedStart(flags: string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command("sh", {
    args: ["paasd/start.sh", Deno.execPath(), ...flags],
    cwd: ROOT,
    signal: AbortSignal.timeout(15_000), // one that does start, and goes on
  }).output();
  assertEquals([code, text(stdout)], [1, ""], text(stderr));
  assertMatch(text(stderr), /^paasd: [^\n]+\n$/);
  return text(stderr);
}

Deno.test("paasd listens beyond loopback with certificates of one's own alone", async () => {
  await using scene = await Scene.open();
  assertEquals(
    await refusedStart(["--listen", "0.0.0.0:0"]),
    "paasd: Cannot listen on 0.0.0.0:0 with development certificates: everybody has their private keys; " +
      "give your own with --tls-cert, --tls-key and --client-ca, or listen on 127.0.0.1\n",
  );
  // One's own server certificate does not help where the client CA is everybody's.
  const half = [...scene.serverFlags().slice(0, 4), "--listen", "0.0.0.0:0"];
  assertMatch(await refusedStart(half), /with development certificates/);

  await using daemon = await scene.daemon("server", ["--listen", "0.0.0.0:0"]);
  assertMatch(daemon.stdout, /^paasd listening on 0\.0\.0\.0:\d+\n$/);
  assertEquals((await scene.exec(`127.0.0.1:${daemon.port}`)).code, 0);
});

Deno.test("paasd does not start with a certificate that has expired", async () => {
  await using scene = await Scene.open();
  const { serverCa } = scene.realm;
  await scene.write("old", await serverCa.issue({ commonName: "server", usages: ["serverAuth"], ...PAST }));
  const said = await refusedStart([...scene.serverFlags("old"), "--listen", "127.0.0.1:0"]);
  assert(said.includes("has expired on 2021-01-01T00:00:00.000Z: get a new one"), said);
});

Deno.test("paasd warns of files that others may read or write, at the start and with --check-config", async () => {
  await using scene = await Scene.open();
  await Deno.chmod(scene.path("server.key"), 0o604);
  await Deno.chmod(scene.path("client-ca.crt"), 0o666);
  const expected = [/ warning what="private key .*may read it/, / warning what="client CA .*may write it/];
  const warned = (log: string) =>
    assertEquals(expected.map((line) => log.match(new RegExp(line, "g"))?.length), [1, 1], log);
  const { code, stdout, stderr } = await new Deno.Command("sh", {
    args: ["paasd/start.sh", Deno.execPath(), ...scene.serverFlags(), "--check-config"],
    cwd: ROOT,
  }).output();
  assertEquals([code, text(stdout)], [0, "paasd: a daemon can start like this\n"]);
  warned(text(stderr));
  await using daemon = await scene.daemon();
  warned(daemon.log);
});
