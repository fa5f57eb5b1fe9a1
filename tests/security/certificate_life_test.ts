import { assert, assertEquals } from "@std/assert";
import type { Pair } from "../../certs/authority.ts";
import { makeRequest, runCertsProgram } from "../support/certs_tool.ts";
import { exec, follow, type Person, RealmDaemon } from "../support/realm_daemon.ts";
import { until } from "../support/until.ts";

const ticking = ["sh", "-c", "while :; do echo tick; sleep 0.05; done"];

/** Runs `deno task certs`, which must do its work. */
async function certs(verb: string, directory: string, ...words: string[]): Promise<void> {
  const { code, stderr } = await runCertsProgram(directory, verb, directory, ...words);
  assertEquals([code, stderr], [0, ""]);
}

Deno.test("certificates by `deno task certs` live and end with a daemon that runs", async (t) => {
  await using scene = await RealmDaemon.start(async ({ directory, serverCa, clientCa }) => {
    await Deno.writeTextFile(`${directory}/server-ca.crt`, serverCa.cert);
    for (const [name, { key }] of [["server-ca", serverCa], ["client-ca", clientCa]] as const) {
      await Deno.writeTextFile(`${directory}/${name}.key`, key, { mode: 0o600 });
    }
    await certs("crl", directory);
    return ["--crl", `${directory}/client-ca.crl`, "--identity", "public-key"];
  });
  const { directory } = scene.realm;
  const read = (name: string) => Deno.readTextFile(scene.file(name));
  const pairOf = async (name: string): Promise<Pair> => ({
    cert: await read(`${name}.crt`),
    key: await read(`${name}.key`),
  });
  const count = (pattern: RegExp) => scene.daemon.log.split("\n").filter((line) => pattern.test(line)).length;

  const { key, request, keyFingerprint } = await makeRequest("carol");
  await Deno.writeTextFile(scene.file("carol.csr"), request);
  let carol: Person;
  let log: ReturnType<typeof follow>;
  const goesOn = async () => {
    const { length } = log.text;
    await until("more comes", () => log.text.length > length);
    assertEquals(log.end, undefined);
  };

  await t.step("a request that was signed makes a user, whom the key names", async () => {
    await certs("sign", directory, scene.file("carol.csr"));
    carol = await scene.connect({ cert: await read("carol.crt"), key });
    assertEquals(carol.id, keyFingerprint);
    log = follow(carol, await exec(carol, ...ticking));
    await goesOn();
  });
  await t.step("a renewed certificate is the same user", async () => {
    await certs("renew", directory, "carol");
    assertEquals((await scene.connect({ cert: await read("carol.crt"), key })).id, carol.id);
  });
  await t.step("a renewed server certificate is taken over, with the old and with a new key", async () => {
    await certs("renew", directory, "server");
    await until("it is taken", () => count(/ reloaded what="server certificate"/) === 1);
    await certs("renew", directory, "server", "--new-key");
    await until("it is taken", () => count(/ reloaded what="server certificate"/) === 2);
    assertEquals(count(/ not-reloaded /), 0);
    await goesOn();
  });
  await t.step("renewed CAs are taken over, and let in whom the old ones did", async () => {
    await certs("renew", directory, "client-ca", "server-ca");
    await until("it is taken", () => count(/ reloaded what="client CA"/) === 1);
    await certs("client", directory, "dave");
    for (const pair of [carol.pair, await pairOf("dave")]) assert(await scene.letsIn(pair));
    await goesOn();
  });
  await t.step("revoke cuts the streams of the user, and of nobody else", async () => {
    const dave = await scene.connect(await pairOf("dave"));
    const daves = follow(dave, await exec(dave, ...ticking));
    await certs("revoke", directory, "carol", "--reason", "keyCompromise");
    await until("carol's stream is cut", () => log.end !== undefined);
    assert(!await scene.letsIn(carol.pair));
    assert(!await scene.letsIn({ cert: await read("carol.crt"), key }));
    const { length } = daves.text;
    await until("more comes", () => daves.text.length > length);
    assertEquals(daves.end, undefined);
    await certs("crl", directory);
    await until("it is taken", () => count(/ reloaded what="revocation list"/) === 2);
    assert(!await scene.letsIn(carol.pair));
    assertEquals(count(/ not-reloaded /), 0);
  });
});
