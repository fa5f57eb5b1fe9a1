import { assert, assertEquals, assertMatch } from "@std/assert";
import { createAuthority } from "../../certs/authority.ts";
import { Realm } from "../support/realm.ts";
import { RunningDaemon, startPaasc, text } from "../support/programs.ts";
import { until } from "../support/until.ts";

interface Check {
  check: string;
  ok: boolean;
  detail: string;
  warning?: true;
}

/** Certificates in files, a daemon that has them, and a client that looks at it. */
class Scene implements AsyncDisposable {
  private constructor(readonly realm: Realm, readonly daemon: RunningDaemon) {}

  static async open(): Promise<Scene> {
    const realm = await Realm.make();
    const paths = ["server.crt", "server.key", "client-ca.crt"].map((file) => `${realm.directory}/${file}`);
    const flags = ["--tls-cert", paths[0]!, "--tls-key", paths[1]!, "--client-ca", paths[2]!];
    const scene = new Scene(realm, await RunningDaemon.start(flags, { TMPDIR: realm.directory }));
    await scene.user("alice");
    return scene;
  }

  /** Writes the certificate and the key of a new user. */
  async user(name: string, options?: Parameters<Realm["user"]>[0]): Promise<void> {
    const { cert, key } = await this.realm.user(options);
    await this.realm.write(`${name}.crt`, cert);
    await this.realm.write(`${name}.key`, key);
  }

  /** What `paasc doctor` prints, and its exit code. */
  async run(form: "text" | "json", { as = "alice", ca = "server-ca.crt", server = this.daemon.address } = {}) {
    const [caFile, cert, key] = [ca, `${as}.crt`, `${as}.key`].map((file) => `${this.realm.directory}/${file}`);
    const files = ["--ca", caFile!, "--cert", cert!, "--key", key!];
    await using client = startPaasc(["--server", server, ...files, "-o", form, "doctor"]);
    const { code, stdout, stderr } = await client.result();
    assertEquals(stderr, "");
    return { code, printed: text(stdout).replaceAll(`${this.realm.directory}/`, "") };
  }

  /** What it finds. */
  async doctor(options?: { as?: string; ca?: string; server?: string }) {
    const { code, printed } = await this.run("json", options);
    const checks: Check[] = JSON.parse(printed);
    const failed = checks.filter(({ ok }) => !ok).map(({ check, detail }) => `${check}: ${detail}`);
    return { code, checks, failed };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.daemon[Symbol.asyncDispose]();
    await this.realm[Symbol.asyncDispose]();
  }
}

const day = 86_400_000;

Deno.test("paasc doctor tells that all is well, or what is not", async (t) => {
  await using scene = await Scene.open();
  const { address } = scene.daemon;

  await t.step("all is well", async () => {
    const { code, checks, failed } = await scene.doctor();
    assertEquals([code, failed], [0, []]);
    assertEquals(checks.map(({ check }) => check), [
      ...["version", "files", "key", "server CA", "client certificate"],
      ...["server", "TLS", "server certificate", "access", "health", "round trip", "clock"],
    ]);
    const details = Object.fromEntries(checks.map(({ check, detail }) => [check, detail]));
    assertMatch(details.version!, /^paasc \d+\.\d+\.\d+$/);
    assertMatch(details["client certificate"]!, /^CN=[^,]+, for clientAuth, until \S+Z \(\d+ days? left\)/);
    assertEquals(details.health, "serving");
    assertMatch(details["round trip"]!, /^a call takes \d+\.\d ms$/);
    // The daemon says the same, in short.
    const [, user] = /you are ([0-9a-f]{16})[0-9a-f]{48} to it/.exec(details.access!) ?? [];
    assert(scene.daemon.log.includes(` user=${user} `), scene.daemon.log);
  });
  await t.step("as text, a line each", async () => {
    const { code, printed } = await scene.run("text");
    const lines = printed.trimEnd().split("\n");
    assertEquals([code, lines.length], [0, 12]);
    for (const line of lines) assertMatch(line, /^(?:ok {5}|warning) {2}[A-Za-z ]{18} {2}\S/);
  });
  await t.step("a certificate that ends soon is a warning", async () => {
    await scene.user("soon", { notAfter: new Date(Date.now() + 5.5 * day) });
    const { code, checks } = await scene.doctor({ as: "soon" });
    const own = checks.find(({ check }) => check === "client certificate")!;
    assertEquals([code, own.ok, own.warning], [0, true, true]);
    assertMatch(own.detail, /\(5 days left\): renew it$/);
  });
  await t.step("another server CA", async () => {
    await scene.realm.write("other-ca.crt", (await createAuthority({ commonName: "server CA" })).cert);
    assertEquals(await scene.doctor({ ca: "other-ca.crt" }).then(({ code, failed }) => [code, failed]), [69, [
      "server certificate: the server's certificate is not signed by the server CA other-ca.crt " +
      "(check --ca and --server)",
    ]]);
  });
  await t.step("a certificate that has expired", async () => {
    await scene.user("old", {
      notBefore: new Date("2020-01-01T00:00:00Z"),
      notAfter: new Date("2021-01-01T00:00:00Z"),
    });
    const { code, failed } = await scene.doctor({ as: "old" });
    assertEquals([code, failed], [69, [
      "client certificate: old.crt: it expired at 2021-01-01T00:00:00Z (get a new one, --cert and --key)",
      `access: cannot connect to ${address}: the daemon refused the client certificate old.crt: ` +
      "it expired at 2021-01-01T00:00:00Z (check --cert)",
    ]]);
  });
  await t.step("a certificate that is not there", async () => {
    const { code, checks, failed } = await scene.doctor({ as: "nobody" });
    assertEquals([code, failed], [69, [
      "files: cannot read the client certificate nobody.crt: it does not exist (--cert, PAASC_CERT)",
    ]]);
    assertEquals(checks.map(({ check }) => check), ["version", "files", "server", "TLS"]);
  });
  await t.step("a key that is another's", async () => {
    await scene.user("mixed");
    await scene.realm.write("mixed.key", (await scene.realm.user()).key);
    const { code, failed } = await scene.doctor({ as: "mixed" });
    assertEquals([code, failed], [69, [
      "key: the private key mixed.key does not belong to the client certificate mixed.crt (--key, --cert)",
    ]]);
  });
  await t.step("nothing listens", async () => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const server = `127.0.0.1:${listener.addr.port}`;
    listener.close();
    const { code, failed } = await scene.doctor({ server });
    assertEquals([code, failed], [69, ["server: nothing listens there; is paasd running? (check --server)"]]);
  });
  await t.step("what listens is something else", async () => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const answered = listener.accept().then((connection) => connection.close());
    const { code, failed } = await scene.doctor({ server: `127.0.0.1:${listener.addr.port}` });
    await answered;
    assertEquals([code, failed.length], [69, 1]);
    assertMatch(failed[0]!, /^TLS: what listens there [^(]+; is it a paasd\? \(check --server\)$/);
  });
});

Deno.test("paasc doctor tells that the daemon is about to end", async () => {
  await using scene = await Scene.open();
  await using holder = startPaasc([
    ...["--server", scene.daemon.address, "--ca", `${scene.realm.directory}/server-ca.crt`],
    ...["--cert", `${scene.realm.directory}/alice.crt`, "--key", `${scene.realm.directory}/alice.key`],
    ...["run", "sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.05; done"], // until SIGKILL, after 10 s
  ]);
  await until("its trap is set", () => holder.printed === "ready\n");
  scene.daemon.kill("SIGTERM");
  await until("the daemon has begun to end", () => scene.daemon.log.includes("shutting-down"));
  const { code, checks } = await scene.doctor();
  scene.daemon.kill("SIGTERM"); // at once
  const health = checks.find(({ check }) => check === "health");
  assertEquals([code, health?.ok, health?.warning], [0, true, true]);
  assertMatch(health!.detail, /^draining: /);
});
