import { assert, assertEquals, assertMatch } from "@std/assert";
import { createHash, X509Certificate } from "node:crypto";
import { createAuthority } from "../../certs/authority.ts";
import { intermediate } from "../support/intermediate.ts";
import { join } from "node:path";
import { Realm } from "../support/realm.ts";
import { ROOT } from "../support/programs.ts";
import { exec, follow, RealmDaemon, statusOf } from "../support/realm_daemon.ts";
import { until } from "../support/until.ts";

const fingerprint = (pem: string) => createHash("sha256").update(new X509Certificate(pem).raw).digest("hex");
const ticking = ["sh", "-c", "while :; do echo tick; sleep 0.05; done"];

/** How often the daemon's log has such a line. */
const count = (scene: RealmDaemon, pattern: RegExp) =>
  scene.daemon.log.split("\n").filter((line) => pattern.test(line)).length;

Deno.test("revocation cuts the streams of whom it names, and of nobody else", async (t) => {
  await using scene = await RealmDaemon.start(async (realm) => [
    ...["--crl", await realm.write("crl.pem", await realm.clientCa.revocationList({ revoked: [] }))],
    ...["--deny-list", await realm.write("denied", "# nobody yet\n")],
  ]);
  const { clientCa } = scene.realm;
  const [alice, bob, carol] = await Promise.all([scene.person(), scene.person(), scene.person()]);
  const logs = await Promise.all(
    [alice, bob, carol].map(async (person) => follow(person, await exec(person, ...ticking))),
  );
  const [alices, bobs, carols] = logs as [typeof logs[0], typeof logs[0], typeof logs[0]];
  const goesOn = async (log: typeof logs[0]) => {
    const { length } = log.text;
    await until("more comes", () => log.text.length > length);
    assertEquals(log.end, undefined);
  };
  for (const log of logs) await goesOn(log);

  await t.step("by a list of the CA", async () => {
    await scene.replace("crl.pem", await clientCa.revocationList({ revoked: [alice.pair.cert] }));
    await until("alice's stream is cut", () => alices.end !== undefined);
    assert(alices.end !== "in full");
    await goesOn(bobs);
    await goesOn(carols);
    assert(!await scene.letsIn(alice.pair));
    await until("the refusal is logged", () => count(scene, / refused .*was revoked/) > 0);
    assertEquals(count(scene, / expelled .*was revoked/), 1);
  });
  await t.step("by the deny list, written in place", async () => {
    const colons = fingerprint(carol.pair.cert).toUpperCase().match(/../g)!.join(":");
    await Deno.writeTextFile(scene.file("denied"), `${colons} # carol\n`);
    await until("carol's stream is cut", () => carols.end !== undefined);
    await goesOn(bobs);
    assert(!await scene.letsIn(carol.pair));
  });
  await t.step("but a bad file changes nothing, and is told of once", async () => {
    const good = await clientCa.revocationList({ revoked: [alice.pair.cert, bob.pair.cert] });
    const stranger = await createAuthority({ commonName: "client CA" });
    const bad = [
      good.slice(0, good.length / 2),
      "",
      await stranger.revocationList({ revoked: [bob.pair.cert] }),
      await clientCa.revocationList({ revoked: [bob.pair.cert], nextUpdate: new Date(Date.now() - 1_000) }),
    ];
    for (const [index, text] of bad.entries()) {
      await scene.replace("crl.pem", text);
      await until("it is told of", () => count(scene, / not-reloaded what="revocation list"/) === index + 1);
    }
    await Deno.remove(scene.file("crl.pem"));
    await until("it is told of", () => count(scene, / not-reloaded what="revocation list"/) === bad.length + 1);
    await Deno.writeTextFile(scene.file("denied"), "alice\n");
    await until("it is told of", () => count(scene, / not-reloaded what="deny list"/) === 1);
    await goesOn(bobs);
    assertEquals(count(scene, / not-reloaded /), bad.length + 2);
    for (const { pair } of [alice, carol]) {
      assert(!await scene.letsIn(pair));
    }
    assertMatch(scene.daemon.log, /what was in force still is/);
  });
  await t.step("and at once on SIGHUP", async () => {
    await scene.replace("crl.pem", await clientCa.revocationList({ revoked: [bob.pair.cert] }));
    scene.daemon.kill("SIGHUP");
    await until("bob's stream is cut", () => bobs.end !== undefined);
    // Whom the new list does not name may come in again.
    await until("alice is back", () => scene.letsIn(alice.pair));
  });
});

Deno.test("revocation leaves the other connections of a user with another certificate alone", async () => {
  await using scene = await RealmDaemon.start(async (realm) => [
    ...["--identity", "public-key", "--deny-list", await realm.write("denied", "")],
  ]);
  const first = await scene.person();
  const renewed = await scene.connect(await scene.realm.user({ renews: first.pair }));
  assertEquals(renewed.id, first.id);
  const id = await exec(first, ...ticking);
  const [old, young] = [follow(first, id), follow(renewed, id)];
  await until("both follow", () => old.text !== "" && young.text !== "");
  await scene.replace("denied", `${fingerprint(first.pair.cert)}\n`);
  await until("the old one is cut", () => old.end !== undefined);
  const { length } = young.text;
  await until("the new one goes on", () => young.text.length > length);
  assertEquals((await statusOf(renewed, id)).owner, first.id);
});

Deno.test("a revocation list that gets out of date stays in force, and that is said", async () => {
  await using scene = await RealmDaemon.start(async (realm) => {
    const mallory = await realm.user({ commonName: "mallory" });
    await realm.write("mallory.crt", mallory.cert);
    await realm.write("mallory.key", mallory.key);
    const nextUpdate = new Date(Date.now() + 4_000);
    const list = await realm.clientCa.revocationList({ revoked: [mallory.cert], nextUpdate });
    return ["--crl", await realm.write("crl.pem", list)];
  });
  const alice = await scene.person();
  await until("it is said", () => count(scene, / revocation-list-outdated /) === 1);
  const [cert, key] = await Promise.all(["crt", "key"].map((end) => Deno.readTextFile(scene.file(`mallory.${end}`))));
  assert(!await scene.letsIn({ cert: cert!, key: key! }));
  assert(await scene.letsIn(alice.pair));
});

Deno.test("a new server certificate and a new client CA take over without a connection dropped", async (t) => {
  await using scene = await RealmDaemon.start();
  const { realm } = scene;
  const alice = await scene.person();
  const log = follow(alice, await exec(alice, ...ticking));
  const goesOn = async () => {
    const { length } = log.text;
    await until("more comes", () => log.text.length > length);
    assertEquals(log.end, undefined);
  };
  await goesOn();
  const next = await createAuthority({ commonName: "next client CA" });
  const knocks = (pair: typeof alice.pair) => scene.letsIn(pair);

  await t.step("server certificate and key", async () => {
    const server = await realm.serverCa.issue({ commonName: "new", usages: ["serverAuth"], hosts: ["localhost"] });
    await scene.replace("server.crt", server.cert);
    await scene.replace("server.key", server.key);
    await until("it is taken", () => / reloaded what="server certificate"/.test(scene.daemon.log));
    await goesOn();
    assert(await knocks(alice.pair));
  });
  await t.step("not a key that does not belong to the certificate", async () => {
    const other = await realm.serverCa.issue({ commonName: "x", usages: ["serverAuth"], hosts: ["localhost"] });
    await scene.replace("server.key", other.key);
    await until("it is told of", () => / not-reloaded what="server certificate" cause=.*belong/.test(scene.daemon.log));
    await goesOn();
    assert(await knocks(alice.pair));
    await scene.replace("server.crt", other.cert); // now it does
    await until("it is taken", () => count(scene, / reloaded what="server certificate"/) === 2);
  });
  await t.step("a client CA more", async () => {
    await scene.replace("client-ca.crt", realm.clientCa.cert + next.cert);
    await until(
      "its users get in",
      async () => knocks(await next.issue({ commonName: "dave", usages: ["clientAuth"] })),
    );
    await goesOn();
    assert(await knocks(alice.pair));
  });
  await t.step("not a file that was cut short", async () => {
    await scene.replace("client-ca.crt", (realm.clientCa.cert + next.cert).slice(0, -100));
    await until("it is told of", () => / not-reloaded what="client CA"/.test(scene.daemon.log));
    await goesOn();
  });
  await t.step("the old client CA gone, and its users with it", async () => {
    const erin = await scene.connect(await next.issue({ commonName: "erin", usages: ["clientAuth"] }));
    const erins = follow(erin, await exec(erin, ...ticking));
    await until("erin follows", () => erins.text !== "");
    await scene.replace("client-ca.crt", next.cert);
    await until("alice's stream is cut", () => log.end !== undefined);
    const { length } = erins.text;
    await until("erin's goes on", () => erins.text.length > length);
    assert(!await knocks(alice.pair));
    assert(await knocks(erin.pair));
  });
});

Deno.test("a chain by an intermediate CA lets nobody in; the intermediate as a client CA does, until it is revoked", async () => {
  const root = await createAuthority({ commonName: "root" });
  const below = await intermediate(root, "below");
  await using scene = await RealmDaemon.start(async (realm) => {
    await realm.write("client-ca.crt", root.cert);
    return ["--crl", await realm.write("crl.pem", await root.revocationList({ revoked: [] }))];
  });
  const pair = await below.issue({ commonName: "ivy", usages: ["clientAuth"] });
  const chain = { ...pair, cert: pair.cert + below.cert };
  assert(!await scene.letsIn(chain));
  await until("it is said", () => count(scene, / refused .*intermediates are not taken: add .* to --client-ca/) === 1);
  assert(await scene.letsIn(await root.issue({ commonName: "rose", usages: ["clientAuth"] })));

  await scene.replace("client-ca.crt", root.cert + below.cert);
  await until("the intermediate is a client CA", () => scene.letsIn(chain));
  assert(await scene.letsIn(pair)); // with and without the certificate of the intermediate
  const ivy = await scene.connect(chain);
  const log = follow(ivy, await exec(ivy, ...ticking));
  await until("ivy follows", () => log.text !== "");

  await scene.replace("crl.pem", await root.revocationList({ revoked: [below.cert] }));
  await until("ivy's stream is cut", () => log.end !== undefined);
  const expelled = () => count(scene, / expelled .*the client CA that signed its certificate was revoked/);
  await until("it is logged", () => expelled() > 0);
  assertEquals(expelled(), 1);
  assert(!await scene.letsIn(chain));
});

Deno.test("a certificate that was revoked by a list from before its CA came does not get in with that CA", async () => {
  const next = await createAuthority({ commonName: "next client CA" });
  await using scene = await RealmDaemon.start(async (realm) => [
    ...["--crl", await realm.write("crl.pem", await realm.clientCa.revocationList({ revoked: [] }))],
  ]);
  const { clientCa } = scene.realm;
  const [mallory, dave] = [
    await next.issue({ commonName: "mallory", usages: ["clientAuth"] }),
    await next.issue({ commonName: "dave", usages: ["clientAuth"] }),
  ];
  const lists = await clientCa.revocationList({ revoked: [] }) + await next.revocationList({ revoked: [mallory.cert] });
  await scene.replace("crl.pem", lists);
  await until("it is said", () => count(scene, / revocation-list-passed-over .*issuer="next client CA"/) === 1);
  await scene.replace("client-ca.crt", clientCa.cert + next.cert);
  await until("dave gets in", () => scene.letsIn(dave));
  assert(!await scene.letsIn(mallory));
});

Deno.test("a FIFO in the place of any file is refused at the start and at a SIGHUP, and waited for by nobody", async () => {
  await using realm = await Realm.make();
  const fifo = join(realm.directory, "fifo");
  await new Deno.Command("mkfifo", { args: [fifo] }).output();
  for (const flag of ["tls-cert", "tls-key", "client-ca", "crl", "deny-list", "policy", "config"]) {
    for (const check of [[], ["--check-config"]]) {
      const { code, stderr } = await new Deno.Command("sh", {
        args: ["paasd/start.sh", Deno.execPath(), "--listen", "127.0.0.1:0", `--${flag}`, fifo, ...check],
        cwd: ROOT,
        signal: AbortSignal.timeout(30_000), // one that waits
      }).output();
      assertMatch(
        new TextDecoder().decode(stderr),
        /^paasd: Cannot [^\n]*fifo: it is a FIFO, a socket or a device[^\n]*\n$/,
      );
      assertEquals(code, flag === "config" ? 2 : 1);
    }
  }
  await using scene = await RealmDaemon.start(async (realm) => ["--config", await realm.write("paasd.toml", "")]);
  await Deno.rename(fifo, scene.file("paasd.toml"));
  scene.daemon.kill("SIGHUP");
  await until("it is said", () => count(scene, / not-reloaded cause="Cannot read the configuration file .*FIFO/) === 1);
  await scene.person(); // it still serves
});

Deno.test("a bad file at the start is said, and there is no daemon", async () => {
  const cases: [string, (clientCa: Awaited<ReturnType<typeof createAuthority>>) => string | Promise<string>, RegExp][] =
    [
      ["--crl", () => "x", /Cannot find a revocation list/],
      ["--crl", (ca) => ca.revocationList({ revoked: [], nextUpdate: new Date(Date.now() - 1_000) }), /to be replaced/],
      ["--deny-list", () => "alice", /Cannot use line 1/],
      ["--policy", () => "default = 1", /default must be/],
    ];
  for (const [flag, text, words] of cases) {
    let said = "";
    try {
      await using _realm = await RealmDaemon.start(async (realm) => [
        flag,
        await realm.write("file", await text(realm.clientCa)),
      ]);
    } catch (error) {
      said = (error as Error).message;
    }
    assertMatch(said, words);
  }
});
