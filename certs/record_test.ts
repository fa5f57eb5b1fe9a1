import { assert, assertEquals, assertRejects } from "@std/assert";
import { testInDirectory } from "../tests/support/certs_tool.ts";
import { createAuthority } from "./authority.ts";
import { Directory } from "./directory.ts";
import { RecordFile } from "./record.ts";

const authority = await createAuthority({ commonName: "Test client CA" });
const alice = await authority.issue({ commonName: "alice", organizationalUnit: "paas-viewer", usages: ["clientAuth"] });
const date = new Date("2026-11-27T20:12:18Z");

testInDirectory("RecordFile takes up the certificates that lie in the directory", async (path) => {
  const directory = new Directory(path);
  const foreign = await createAuthority({ commonName: "Test client CA" });
  const bob = await foreign.issue({ commonName: "bob", usages: ["clientAuth"] });
  await directory.create(new Map([["client-ca.crt", authority.cert], ["a.crt", alice.cert], ["bob.crt", bob.cert]]));
  await directory.create(new Map([["broken.crt", "no certificate"]]));
  {
    using record = await RecordFile.open(directory);
    assertEquals(record.issued.map(({ name, role }) => ({ name, role })), [{ name: "a", role: "viewer" }]);
    await record.save();
  }
  await Deno.remove(`${path}/a.crt`);
  assertEquals((await RecordFile.look(directory)).issued.map(({ name }) => name), ["a"]);
});

testInDirectory("RecordFile writes each certificate and revocation once, for the owner's eyes", async (path) => {
  const directory = new Directory(path);
  await directory.create(new Map([["client-ca.crt", authority.cert]]));
  for (let round = 0; round < 2; round++) {
    using record = await RecordFile.open(directory);
    const { serial } = record.add("alice", "client-ca", alice.cert);
    record.revoke({ serial, date, reason: "superseded" });
    await record.save();
    assertEquals(record.revocations, [{ serial, date, reason: "superseded" }]);
  }
  const { mode } = await Deno.stat(`${path}/issued.jsonl`);
  assertEquals(mode! & 0o077, 0);
  assertEquals((await Deno.readTextFile(`${path}/issued.jsonl`)).trimEnd().split("\n").length, 2);
});

testInDirectory("RecordFile.open() waits for another one", async (path) => {
  const directory = new Directory(path);
  await directory.create(new Map([["client-ca.crt", authority.cert]]));
  const first = await RecordFile.open(directory);
  const second = RecordFile.open(directory).then((record) => {
    using _ = record;
    return record.issued.length;
  });
  first.add("alice", "client-ca", alice.cert);
  await first.save();
  first[Symbol.dispose]();
  assertEquals(await second, 1);
});

testInDirectory("RecordFile.open() refuses a damaged line, and a directory without a CA", async (path) => {
  const directory = new Directory(path);
  await assertRejects(() => RecordFile.open(directory), Error, `There is no CA in ${path}`);
  assert(!await directory.has("issued.jsonl"));
  await directory.create(new Map([["client-ca.crt", authority.cert]]));
  for (const line of ["{", "null", "{}", '{"revoked":"41"}', '{"serial":"41"}']) {
    await Deno.writeTextFile(`${path}/issued.jsonl`, `\n${line}\n`);
    await assertRejects(() => RecordFile.open(directory), Error, `Line 2 of ${path}/issued.jsonl is damaged`);
  }
});
