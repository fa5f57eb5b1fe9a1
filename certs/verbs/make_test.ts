import "../authority.ts"; // before x509: it brings the polyfill that x509 needs
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import * as x509 from "@peculiar/x509";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { contents, runCerts as run, runCertsProgram, testInDirectory as test } from "../../tests/support/certs_tool.ts";

const DAY = 86_400_000;
const COMMITTED = `${import.meta.dirname}/..`;

async function read(directory: string, name: string): Promise<X509Certificate> {
  return new X509Certificate(await Deno.readTextFile(`${directory}/${name}.crt`));
}

function files(...names: string[]): string[] {
  return names.flatMap((name) => [`${name}.crt`, `${name}.key`]).sort();
}

/** Asserts that a directory has the two CAs, the server and these clients, each with its key and from its own CA. */
async function assertSet(directory: string, organization: string, ...clients: string[]): Promise<void> {
  const subjects = { "server-ca": "Paas server CA", "client-ca": "Paas client CA", server: "paasd" };
  for (const name of ["server-ca", "client-ca", "server", ...clients]) {
    const certificate = await read(directory, name);
    const key = createPrivateKey(await Deno.readTextFile(`${directory}/${name}.key`));
    assert(certificate.checkPrivateKey(key), `${name}.key is not the key of ${name}.crt`);

    const isServer = name.startsWith("server");
    const authority = await read(directory, isServer ? "server-ca" : "client-ca");
    assert(certificate.checkIssued(authority) && certificate.verify(authority.publicKey), `${name}: another CA`);
    const other = await read(directory, isServer ? "client-ca" : "server-ca");
    assert(!certificate.checkIssued(other) && !certificate.verify(other.publicKey), `${name}: both CAs`);
    assertEquals(certificate.ca, name.endsWith("-ca"));
    const usage = new x509.X509Certificate(certificate.toString()).getExtension(x509.ExtendedKeyUsageExtension);
    const expected = isServer ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth;
    assertEquals(usage?.usages.join(), certificate.ca ? undefined : expected, `${name}: extended key usage`);

    const commonName = subjects[name as keyof typeof subjects] ?? name;
    assertEquals(certificate.subject, `CN=${commonName}\nO=${organization}`);
    assert(certificate.validFromDate.getTime() < Date.now(), `${name}: not valid yet`);
    assert(certificate.validToDate <= authority.validToDate, `${name}: outlives its CA`);
  }
}

test("certs DIR makes a full set, with keys for the owner's eyes only", async (directory) => {
  const { code, stdout, stderr } = await runCertsProgram(directory, `${directory}/new/one`);
  assertEquals(stderr, "");
  assertEquals(code, 0);
  assertStringIncludes(stdout, `Wrote to ${await Deno.realPath(directory)}/new/one:\n`);

  const made = `${directory}/new/one`;
  const names = files("alice", "bob", "client-ca", "server", "server-ca");
  assertEquals(Object.keys(await contents(made)), names);
  await assertSet(made, "Paas", "alice", "bob");
  for (const name of names) {
    // A strict umask may take the certificates from others too.
    const mode = ((await Deno.stat(`${made}/${name}`)).mode ?? 0) & 0o777;
    assert(mode === 0o600 || mode === 0o644 && name.endsWith(".crt"), `${name}: ${mode.toString(8)}`);
  }
  const days = ((await read(made, "alice")).validToDate.getTime() - Date.now()) / DAY;
  assert(days > 3649 && days < 3651, `${days} days`);
});

test("certs --host, --client, --days and --development say what is made", async (directory) => {
  const hosts = ["--host", "paas.example.com", "--host", "192.0.2.1", "--host", "localhost"];
  const { code } = await run(...hosts, "--client", "carol@example.com", "--days=2", directory);
  assertEquals(code, 0);
  await assertSet(directory, "Paas", "carol@example.com");
  const server = await read(directory, "server");
  assertEquals(
    server.subjectAltName,
    "DNS:localhost, IP Address:127.0.0.1, IP Address:::1, DNS:paas.example.com, IP Address:192.0.2.1",
  );
  const days = (server.validToDate.getTime() - Date.now()) / DAY;
  assert(days > 1.9 && days < 2.1, `${days} days`);

  const development = `${directory}/development`;
  assertEquals((await run("--development", development)).code, 0);
  await assertSet(development, "Paas development", "alice", "bob");
  assertEquals((await read(development, "bob")).validFromDate, (await read(COMMITTED, "bob")).validFromDate);
  assertEquals((await read(development, "bob")).validToDate, (await read(COMMITTED, "bob")).validToDate);
});

test("certs --client adds to a set that is there, and touches nothing else", async (directory) => {
  await run("--development", directory);
  const before = await contents(directory);

  const { code, stdout } = await run("--client", "erin", "--client", "frank", directory);
  assertEquals(code, 0);
  assert(stdout.endsWith(":\n  erin.crt erin.key\n  frank.crt frank.key\n"), stdout);
  await assertSet(directory, "Paas development", "alice", "bob", "erin", "frank");
  const after = await contents(directory);
  assertEquals(Object.keys(after).length, Object.keys(before).length + 4);
  assertEquals({ ...after, ...before }, after);

  await run("--client", "grace", "--days", "36500", directory);
  assertEquals((await read(directory, "grace")).validToDate, (await read(directory, "client-ca")).validToDate);
  await run("--client", "heidi", "--days", "7", directory);
  const days = ((await read(directory, "heidi")).validToDate.getTime() - Date.now()) / DAY;
  assert(days > 6.9 && days < 7.1, `${days} days`);
});

test("certs overwrites nothing", async (directory) => {
  await run(directory);
  const before = await contents(directory);
  for (
    const args of [[], ["--client", "bob"], ["--client", "new", "--client", "bob"], ["--client", "x", "--development"]]
  ) {
    const { code, stdout, stderr } = await run(...args, directory);
    assertEquals(code, 1, args.join(" "));
    assertEquals(stdout, "");
    assertMatch(stderr, /^certs: .*(exists already, and nothing is overwritten|has a client CA already).*\n$/);
    assertEquals(await contents(directory), before);
  }
});

test("certs makes nothing where a single file of the set exists", async (directory) => {
  await Deno.writeTextFile(`${directory}/server.key`, "precious");
  const { code, stderr } = await run(directory);
  assertEquals(code, 1);
  assertStringIncludes(stderr, "server.key exists already");
  assertEquals(await contents(directory), { "server.key": "precious" });
});

test("certs --client says which CA it cannot use", async (directory) => {
  await run(directory);
  await Deno.copyFile(`${directory}/server-ca.key`, `${directory}/client-ca.key`);
  const { code, stderr } = await run("--client", "erin", directory);
  assertEquals(code, 1);
  assertEquals(
    stderr,
    `certs: Cannot issue from ${directory}/client-ca.crt and .key: The CA's certificate and key do not belong together.\n`,
  );
});

test("certs takes wrong usage for wrong usage: one line and 2", async (directory) => {
  for (
    const args of [
      [],
      [""],
      [directory, "more"],
      ["--unknown", directory],
      ["--client", "--host", directory],
      ["--client", "../alice", directory],
      ["--client", "", directory],
      ["--client", "server", directory],
      ["--client", "twice", "--client", "twice", directory],
      ["--host", "https://paas.example.com", directory],
      ["--days", "0", directory],
      ["--days", "soon", directory],
      ["--days", "7", "--development", directory],
      ["--client"],
    ]
  ) {
    const { code, stdout, stderr } = await run(...args);
    assertEquals(code, 2, args.join(" "));
    assertEquals(stdout, "");
    assertMatch(stderr, /^certs: .+\n$/);
  }
  assertEquals(await contents(directory), {});
  assertStringIncludes((await run()).stderr, "deno task certs [options] DIR");
});

Deno.test("certs --help tells how", async () => {
  const { code, stdout, stderr } = await run("--help");
  assertEquals(code, 0);
  assertStringIncludes(stdout, "Usage: deno task certs [options] DIR");
  assertEquals(stderr, "");
});

Deno.test("the committed set is complete, marked as development, and good for years", async () => {
  await assertSet(COMMITTED, "Paas development", "alice", "bob");
  assertEquals((await read(COMMITTED, "server")).subjectAltName, "DNS:localhost, IP Address:127.0.0.1, IP Address:::1");
  for (const name of ["server-ca", "client-ca", "server", "alice", "bob"]) {
    const years = ((await read(COMMITTED, name)).validToDate.getTime() - Date.now()) / (365 * DAY);
    assert(years > 5, `${name} ends in ${years} years: make a new set with deno task certs --development`);
  }
});

test("certs make begins a record, and certs goes on with it", async (directory) => {
  assertEquals((await run("make", "--client", "alice", directory)).code, 0);
  assertEquals((await run("--client", "erin", "--role", "viewer", directory)).code, 0);
  const lines = (await Deno.readTextFile(`${directory}/issued.jsonl`)).trimEnd().split("\n");
  const issued = lines.map((line) => JSON.parse(line)) as { name: string; role: string }[];
  assertEquals(issued.map(({ name, role }) => `${name} ${role}`).toSorted(), [
    "alice user",
    "erin viewer",
    "server server",
  ]);
});

test("certs says how to keep others out of a directory", async (directory) => {
  await Deno.chmod(directory, 0o755);
  const { stdout } = await run(directory);
  assertStringIncludes(stdout, `Others can look into the directory: chmod 700 ${directory}\n`);
});

Deno.test("certs VERB --help tells how, and a verb without DIR is wrong usage", async () => {
  for (const verb of ["client", "server", "sign", "renew", "revoke", "crl", "list"]) {
    const { code, stdout } = await run(verb, "--help");
    assertEquals(code, 0);
    assertStringIncludes(stdout, `Usage: deno task certs ${verb} DIR`);
    assertEquals((await run(verb)).code, 2);
  }
});
