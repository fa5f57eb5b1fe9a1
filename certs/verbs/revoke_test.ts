import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { contents, testInDirectory } from "../../tests/support/certs_tool.ts";
import { UsageError } from "../arguments.ts";
import { serialOf } from "../authority.ts";
import { readList } from "../revocation_list.ts";
import { client } from "./issue.ts";
import { list } from "./list.ts";
import { make } from "./make.ts";
import { renew } from "./renew.ts";
import { crl, revoke } from "./revoke.ts";

async function listIn(path: string) {
  const [pem, ca] = [
    await Deno.readTextFile(`${path}/client-ca.crl`),
    await Deno.readTextFile(`${path}/client-ca.crt`),
  ];
  const { number, entries, nextUpdate } = readList(pem, ca);
  const days = Math.round((nextUpdate.getTime() - Date.now()) / 86_400_000);
  return { number, days, serials: entries.map(({ serial }) => serial), reasons: entries.map(({ reason }) => reason) };
}

async function serial(path: string, file: string): Promise<string> {
  return serialOf(await Deno.readTextFile(`${path}/${file}`));
}

testInDirectory("revoke adds to the list, and crl renews it", async (path) => {
  await make.run([path]);
  assertStringIncludes(await crl.run([path]), "number 1, 0 revoked");
  assertEquals(await listIn(path), { number: 1n, days: 30, serials: [], reasons: [] });
  const [alice, bob] = [await serial(path, "alice.crt"), await serial(path, "bob.crt")];
  await revoke.run([path, "alice", "--reason", "keyCompromise"]);
  await revoke.run([path, "bob", "--days", "7"]);
  const now = { number: 3n, days: 7, serials: [alice, bob], reasons: ["keyCompromise", undefined] };
  assertEquals(await listIn(path), now);
  await crl.run([path, "--days", "90"]);
  assertEquals(await listIn(path), { ...now, number: 4n, days: 90 });
  assertMatch(await revoke.run([path, "alice"]), /^Was revoked before: alice/);
  assertEquals((await listIn(path)).serials, [alice, bob]);
});

testInDirectory("revoke NAME means all certificates of a user, a file or --serial one", async (path) => {
  await make.run([path]);
  const [oldAlice, oldBob] = [await serial(path, "alice.crt"), await serial(path, "bob.crt")];
  await renew.run([path, "alice", "bob", "--new-key"]);
  await revoke.run([path, "alice"]);
  assertEquals(new Set((await listIn(path)).serials), new Set([oldAlice, await serial(path, "alice.crt")]));

  const day = new Date().toISOString().slice(0, 10);
  await revoke.run([path, `${path}/bob.crt.${day}`]);
  assert((await listIn(path)).serials.includes(oldBob));
  assert(!(await listIn(path)).serials.includes(await serial(path, "bob.crt")));
  const colons = (await serial(path, "bob.crt")).toUpperCase().match(/../g)!.join(":");
  await revoke.run([path, "--serial", colons]);
  assertEquals((await listIn(path)).serials.length, 4);
});

testInDirectory("revoke knows certificates whose files are gone, and lists that are", async (path) => {
  await make.run([path]);
  const [alice, bob] = [await serial(path, "alice.crt"), await serial(path, "bob.crt")];
  for (const file of ["alice.crt", "alice.key", "bob.crt", "bob.key"]) await Deno.remove(`${path}/${file}`);
  await revoke.run([path, "alice"]);
  await Deno.remove(`${path}/client-ca.crl`);
  await revoke.run([path, "bob"]);
  assertEquals((await listIn(path)).serials, [alice, bob]);
});

testInDirectory("revoke keeps entries that others have made", async (path) => {
  await make.run([path]);
  await revoke.run([path, "alice"]);
  await Deno.remove(`${path}/issued.jsonl`);
  await revoke.run([path, "bob"]);
  assertEquals((await listIn(path)).serials, [await serial(path, "alice.crt"), await serial(path, "bob.crt")]);
});

testInDirectory("two calls of revoke at once lose nothing", async (path) => {
  const names = ["a", "b", "c", "d"];
  await make.run([path, ...names.flatMap((name) => ["--client", name])]);
  await Promise.all(names.map((name) => revoke.run([path, name])));
  const { number, serials } = await listIn(path);
  assertEquals([number, serials.length], [4n, 4]);
});

testInDirectory("revoke refuses what it cannot revoke, and changes nothing", async (path) => {
  await make.run([path]);
  const other = `${path}/other`;
  await make.run([other]);
  await Deno.copyFile(`${other}/alice.crt`, `${path}/foreign.pem`);
  await Deno.copyFile(`${other}/client-ca.crt`, `${path}/client-ca.old`);
  await Deno.remove(other, { recursive: true });
  const before = await contents(path);
  await assertRejects(() => revoke.run([path, "dave"]), Error, "No certificate of dave is known");
  await assertRejects(() => revoke.run([path, "server"]), Error, "server is no user");
  await assertRejects(() => revoke.run([path, "alice", `${path}/foreign.pem`]), Error, "only its own CA can revoke it");
  await assertRejects(() => revoke.run([path, `${path}/none.crt`]), Error, "Cannot read the certificate");
  await assertRejects(() => revoke.run([path, "--serial", "41"]), Error, "No certificate of a user with the serial");
  for (const words of [[], [path], [path, "bob", "--reason", "fun"], [path, "bob", "--days", "0"]]) {
    await assertRejects(() => revoke.run(words), UsageError, undefined, words.join(" "));
  }
  for (const words of [[], [path, "bob"]]) await assertRejects(() => crl.run(words), UsageError);
  assertEquals(await contents(path), before);

  await Deno.writeTextFile(`${path}/client-ca.crl`, "no list");
  await assertRejects(() => revoke.run([path, "bob"]), Error, "Move it away to begin a new one.");
});

testInDirectory("list shows what was issued, revoked and replaced, and what ends soon", async (path) => {
  await make.run([path]);
  await client.run([path, "carol", "--role", "viewer", "--days", "5"]);
  await renew.run([path, "bob"]);
  await revoke.run([path, "alice", "--reason", "superseded", "--days", "10"]);
  const before = await contents(path);
  const [head, ...lines] = (await list.run([path])).split("\n");
  assertMatch(head!, /^NAME +ROLE +UNTIL +DAYS +SERIAL +STATE$/);
  const day = new Date().toISOString().slice(0, 10);
  const row = (name: string, role: string, state: string) =>
    new RegExp(`^${name} +${role} +\\S+ +\\d+ +\\w+ +${state}$`);
  const rows = [
    row("server-ca", "CA", "valid"),
    row("client-ca", "CA", "valid"),
    row("server", "server", "valid"),
    row("alice", "user", `revoked ${day}, superseded`),
    row("bob", "user", "valid, replaced"),
    row("bob", "user", "valid"),
    row("carol", "viewer", "valid"),
    /^$/,
    /^Warning: the certificate carol ends in 4 days, on \S+\.$/,
    /^Warning: the revocation list client-ca.crl ends in 9 days, on \S+\.$/,
  ];
  assertEquals(lines.length, rows.length, lines.join("\n"));
  for (const [index, pattern] of rows.entries()) assertMatch(lines[index]!, pattern);
  assertEquals(await contents(path), before);
});

testInDirectory("list works without a record, and says where there is nothing", async (path) => {
  await assertRejects(() => list.run([path]), Error, "There is no CA");
  await assertRejects(() => list.run([path, "x"]), UsageError);
  await make.run([path]);
  await Deno.remove(`${path}/issued.jsonl`);
  assertMatch(await list.run([path]), /\nalice .*\nbob /);
  assert(!("issued.jsonl" in await contents(path)));
});
