import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { contents, testInDirectory } from "../../tests/support/certs_tool.ts";
import { readCertificate, userId } from "../../paasd/identity/certificate.ts";
import { UsageError } from "../arguments.ts";
import { loadAuthority } from "../authority.ts";
import { client } from "./issue.ts";
import { make } from "./make.ts";
import { renew } from "./renew.ts";
import { revoke } from "./revoke.ts";

const DAY = 86_400_000;
const today = () => new Date().toISOString().slice(0, 10);
const daysLeft = ({ validToDate }: X509Certificate) => Math.round((validToDate.getTime() - Date.now()) / DAY);

async function certificate(path: string, name: string): Promise<X509Certificate> {
  return new X509Certificate(await Deno.readTextFile(`${path}/${name}`));
}

testInDirectory("renew changes the dates alone, whatever makes a user to the daemon", async (path) => {
  await make.run([path, "--host", "a.example.com", "--client", "alice", "--role", "viewer", "--days", "100"]);
  const before = await contents(path);
  await renew.run([path, "alice", "server", "--days", "50"]);
  const after = await contents(path);
  for (const name of ["alice", "server"]) {
    const [old, renewed] = [await certificate(path, `${name}.crt.${today()}`), await certificate(path, `${name}.crt`)];
    assertEquals(after[`${name}.crt.${today()}`], before[`${name}.crt`]);
    assertEquals(after[`${name}.key`], before[`${name}.key`]);
    assertEquals([renewed.subject, renewed.subjectAltName], [old.subject, old.subjectAltName]);
    assertNotEquals(renewed.serialNumber, old.serialNumber);
    assertEquals(daysLeft(renewed), 50);
    const [one, other] = [readCertificate(old.raw), readCertificate(renewed.raw)];
    for (const mode of ["public-key", "subject"] as const) assertEquals(userId(other, mode), userId(one, mode));
  }
});

testInDirectory("renew lasts as long as before, and no longer than the CA", async (path) => {
  await make.run([path, "--days", "100"]);
  await client.run([path, "carol", "--days", "7"]);
  await renew.run([path, "carol", "alice"]);
  assertEquals(daysLeft(await certificate(path, "carol.crt")), 7);
  assertEquals(daysLeft(await certificate(path, "alice.crt")), 100);
  await renew.run([path, "alice", "--days", "500"]);
  assertEquals(daysLeft(await certificate(path, "alice.crt")), 100);
});

testInDirectory("renew --new-key makes a key that fits, and keeps the old one", async (path) => {
  await make.run([path]);
  const before = await contents(path);
  await renew.run([path, "server", "alice", "--new-key"]);
  const after = await contents(path);
  for (const name of ["alice", "server"]) {
    assertNotEquals(after[`${name}.key`], before[`${name}.key`]);
    assertEquals(after[`${name}.key.${today()}`], before[`${name}.key`]);
    assert((await certificate(path, `${name}.crt`)).checkPrivateKey(createPrivateKey(after[`${name}.key`]!)));
  }
});

testInDirectory("renew makes a CA last longer, and what it has issued stays good", async (path) => {
  await make.run([path, "--days", "100"]);
  await renew.run([path, "alice", "client-ca", "server-ca", "--days", "200"]);
  for (const [ca, name] of [["client-ca", "bob"], ["client-ca", "alice"], ["server-ca", "server"]]) {
    const authority = await certificate(path, `${ca}.crt`);
    assertEquals(daysLeft(authority), 200);
    const issued = await certificate(path, `${name}.crt`);
    assert(issued.checkIssued(authority) && issued.verify(authority.publicKey));
  }
  assertEquals(daysLeft(await certificate(path, "alice.crt")), 200); // the CA comes first
});

testInDirectory("renew brings a CA back that has ended, and nothing is issued from it before", async (path) => {
  await make.run([path]);
  const pair = {
    cert: await Deno.readTextFile(`${path}/client-ca.crt`),
    key: await Deno.readTextFile(`${path}/client-ca.key`),
  };
  const dates = { notBefore: new Date(Date.now() - 2 * DAY), notAfter: new Date(Date.now() - DAY) };
  await Deno.writeTextFile(`${path}/client-ca.crt`, await (await loadAuthority(pair)).renew(pair.cert, dates));
  await assertRejects(() => client.run([path, "carol"]), Error, `deno task certs renew ${path} client-ca`);
  await renew.run([path, "client-ca", "--days", "30"]);
  await client.run([path, "carol"]);
});

testInDirectory("renew refuses what it cannot renew, and changes nothing", async (path) => {
  await make.run([path]);
  await revoke.run([path, "alice", "--reason", "keyCompromise"]);
  await revoke.run([path, "bob", "--reason", "superseded"]);
  await client.run([path, "carol"]);
  await Deno.remove(`${path}/carol.key`);
  const other = `${path}/other`;
  await make.run([other]);
  await Deno.copyFile(`${other}/alice.crt`, `${path}/foreign.crt`);
  await Deno.remove(other, { recursive: true });

  const before = await contents(path);
  await assertRejects(() => renew.run([path, "alice"]), Error, "alice needs a new key");
  await assertRejects(() => renew.run([path, "dave"]), Error, "dave.crt does not exist");
  await assertRejects(() => renew.run([path, "foreign"]), Error, "only that CA can renew it");
  await assertRejects(() => renew.run([path, "carol", "--new-key"]), Error, "the key is elsewhere");
  for (const words of [[], [path], [path, "client-ca", "--new-key"], [path, "a/b"], [path, "bob", "--days", "x"]]) {
    await assertRejects(() => renew.run(words), UsageError, undefined, words.join(" "));
  }
  assertEquals(await contents(path), before);

  await renew.run([path, "carol"]); // without its key here
  await renew.run([path, "bob"]);
  await renew.run([path, "alice", "--new-key"]);
});
