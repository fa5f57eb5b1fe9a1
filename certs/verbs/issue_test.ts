import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { contents, testInDirectory } from "../../tests/support/certs_tool.ts";
import { UsageError } from "../arguments.ts";
import { client, server } from "./issue.ts";
import { make } from "./make.ts";
import { revoke } from "./revoke.ts";

async function certificate(path: string, name: string): Promise<X509Certificate> {
  return new X509Certificate(await Deno.readTextFile(`${path}/${name}`));
}

async function assertPair(path: string, name: string): Promise<void> {
  const key = createPrivateKey(await Deno.readTextFile(`${path}/${name}.key`));
  assert((await certificate(path, `${name}.crt`)).checkPrivateKey(key), `${name}.key is not the key of ${name}.crt`);
}

const today = () => new Date().toISOString().slice(0, 10);

testInDirectory("client makes users of the CA that is there, and overwrites nothing", async (path) => {
  await make.run([path]);
  const before = await contents(path);
  const printed = await client.run([path, "carol", "dave", "--role", "operator", "--days", "30"]);
  assertMatch(printed, /^Wrote to .*:\n {2}carol.key\n {2}carol.crt {2}until \d{4}-\d\d-\d\d\n {2}dave.key\n/);
  const carol = await certificate(path, "carol.crt");
  assertEquals(carol.subject, "CN=carol\nO=Paas\nOU=paas-operator");
  assert(carol.verify((await certificate(path, "client-ca.crt")).publicKey));
  await assertPair(path, "dave");

  const after = await contents(path);
  assertEquals({ ...after, ...before, "issued.jsonl": after["issued.jsonl"]! }, after);
  await assertRejects(() => client.run([path, "erin", "alice"]), Error, "alice.crt exists already");
  assertEquals(await contents(path), after);
});

testInDirectory("client --replace keeps the old files, and --keep-key the key", async (path) => {
  await make.run([path]);
  const before = await contents(path);
  await client.run([path, "alice", "--replace", "--keep-key", "--role", "viewer"]);
  let after = await contents(path);
  assertEquals(after["alice.key"], before["alice.key"]);
  assertEquals(after[`alice.crt.${today()}`], before["alice.crt"]);
  assertMatch((await certificate(path, "alice.crt")).subject, /OU=paas-viewer/);
  await assertPair(path, "alice");

  await client.run([path, "alice", "--replace"]);
  after = await contents(path);
  assertEquals(after[`alice.key.${today()}`], before["alice.key"]);
  await assertPair(path, "alice");

  await revoke.run([path, "alice"]);
  await assertRejects(() => client.run([path, "alice", "--replace", "--keep-key"]), Error, "alice needs a new key");
  await client.run([path, "alice", "--replace"]);
});

testInDirectory("server makes another certificate of the CA that is there", async (path) => {
  await make.run([path, "--host", "a.example.com"]);
  const before = await contents(path);
  await assertRejects(() => server.run([path, "--host", "b.example.com"]), Error, "server.crt exists already");
  await assertRejects(() => server.run([path, "--replace"]), UsageError, "deno task certs renew");
  assertEquals(await contents(path), before);

  await server.run([path, "--host", "b.example.com", "--replace", "--keep-key"]);
  const hosts = "DNS:localhost, IP Address:127.0.0.1, IP Address:::1, DNS:b.example.com";
  assertEquals((await certificate(path, "server.crt")).subjectAltName, hosts);
  assertEquals(await Deno.readTextFile(`${path}/server.key`), before["server.key"]);
  await server.run([path, "--host", "b.example.com", "--replace"]);
  await assertPair(path, "server");
  await assertPair(path, "server-ca");
  assert((await certificate(path, "server.crt")).verify((await certificate(path, "server-ca.crt")).publicKey));
});

testInDirectory("client and server refuse wrong words", async (path) => {
  await make.run([path]);
  const before = await contents(path);
  for (
    const words of [[], [path], [path, "../x"], [path, "server"], [path, "x", "x"], [path, "x", "--role", "root"]]
      .concat([[path, "x", "--days", "0"], [path, "x", "--keep-key"], [path, "x", "--host", "localhost"]])
  ) {
    await assertRejects(() => client.run(words), UsageError, undefined, words.join(" "));
  }
  for (const words of [[], [path, "b.example.com"], [path, "--host", "a b"], [path, "--keep-key"]]) {
    await assertRejects(() => server.run(words), UsageError, undefined, words.join(" "));
  }
  assertEquals(await contents(path), before);
});
