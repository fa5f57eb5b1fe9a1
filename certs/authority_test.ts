// authority.ts comes before x509: it brings the polyfill that x509 needs.
import { alternativeName, type Authority, createAuthority, loadAuthority, type Pair } from "./authority.ts";
import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import * as x509 from "@peculiar/x509";
import { once } from "node:events";
import { createPrivateKey, X509Certificate } from "node:crypto";
import type { AddressInfo } from "node:net";
import * as tls from "node:tls";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const serverAuthority = await createAuthority({ commonName: "Test server CA", organization: "Test" });
const clientAuthority = await createAuthority({ commonName: "Test client CA", organization: "Test" });
const server = await serverAuthority.issue({
  commonName: "server",
  usages: ["serverAuth"],
  hosts: ["localhost", "127.0.0.1", "::1"],
});
const alice = await clientAuthority.issue({ commonName: "alice", usages: ["clientAuth"] });

/** The object identifiers of a certificate's extended key usage. (Deno's own X509Certificate does not have them.) */
function usages({ cert }: Pair): string[] | undefined {
  const extension = new x509.X509Certificate(cert).getExtension(x509.ExtendedKeyUsageExtension);
  return extension ? Array.from(extension.usages, String) : undefined;
}

/** Whether the certificate was issued by that CA, by name and by signature. */
function isFrom({ cert }: Pair, authority: Authority): boolean {
  const issuer = new X509Certificate(authority.cert);
  const certificate = new X509Certificate(cert);
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

Deno.test("createAuthority() makes a self-signed CA that signs no other CA", async () => {
  const authority = await createAuthority({ commonName: "Root", organization: "Somebody" });
  const certificate = new X509Certificate(authority.cert);
  assertEquals(certificate.subject, "CN=Root\nO=Somebody");
  assert(certificate.ca);
  assert(isFrom(authority, authority));
  assert(certificate.checkPrivateKey(createPrivateKey(authority.key)));

  const parsed = new x509.X509Certificate(authority.cert);
  assertEquals(parsed.getExtension(x509.BasicConstraintsExtension)?.pathLength, 0);
  assertEquals(
    parsed.getExtension(x509.KeyUsagesExtension)?.usages,
    x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
  );
});

Deno.test("issue() makes a certificate of its CA, with a key of its own", () => {
  const certificate = new X509Certificate(alice.cert);
  assert(isFrom(alice, clientAuthority));
  assert(!isFrom(alice, serverAuthority));
  assert(!certificate.ca);
  assert(certificate.checkPrivateKey(createPrivateKey(alice.key)));
  assert(!certificate.checkPrivateKey(createPrivateKey(clientAuthority.key)));
  assertMatch(alice.key, /^-----BEGIN PRIVATE KEY-----\n[^-]+\n-----END PRIVATE KEY-----\n$/);

  const issuer = new x509.X509Certificate(clientAuthority.cert);
  const parsed = new x509.X509Certificate(alice.cert);
  assertEquals(
    parsed.getExtension(x509.AuthorityKeyIdentifierExtension)?.keyId,
    issuer.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId,
  );
});

Deno.test("issue() takes names as they are, several of them too", async () => {
  const { cert } = await clientAuthority.issue({
    commonName: ["#41", 'a, CN=b+"ü'],
    organizationalUnit: "Sales",
    usages: [],
  });
  assertEquals(new X509Certificate(cert).subject, 'CN=#41\nCN=a, CN=b+"ü\nO=Test\nOU=Sales');
  const elsewhere = await clientAuthority.issue({ commonName: "x", organization: "Other", usages: [] });
  assertEquals(new X509Certificate(elsewhere.cert).subject, "CN=x\nO=Other");
});

Deno.test("issue() puts the extended key usage in that was asked for, or none", async () => {
  assertEquals(usages(server), ["1.3.6.1.5.5.7.3.1"]);
  assertEquals(usages(alice), ["1.3.6.1.5.5.7.3.2"]);
  const both = await clientAuthority.issue({ commonName: "x", usages: ["serverAuth", "clientAuth"] });
  assertEquals(usages(both), ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]);
  assertEquals(usages(await clientAuthority.issue({ commonName: "x", usages: [] })), undefined);
});

Deno.test("issue() names the hosts, and none if none are given", async () => {
  const certificate = new X509Certificate(server.cert);
  assertEquals(certificate.subjectAltName, "DNS:localhost, IP Address:127.0.0.1, IP Address:::1");
  assert(certificate.checkHost("localhost") && certificate.checkIP("127.0.0.1") && certificate.checkIP("::1"));
  assert(!certificate.checkHost("elsewhere") && !certificate.checkIP("127.0.0.2"));
  assertEquals(new X509Certificate(alice.cert).subjectAltName, undefined);
  await assertRejects(
    () => serverAuthority.issue({ commonName: "x", usages: [], hosts: ["localhost:443"] }),
    TypeError,
    'Not a DNS name or an IP address: "localhost:443"',
  );
});

Deno.test("alternativeName() tells names from addresses, and refuses what is neither", () => {
  for (const name of ["localhost", "a.b.example", "*.example.com", "3com", "x-1", "1.2.3.4.example"]) {
    assertEquals(alternativeName(name), { type: "dns", value: name });
  }
  assertEquals(alternativeName("10.0.0.1"), { type: "ip", value: "10.0.0.1" });
  assertEquals(alternativeName("2001:DB8:0::1"), { type: "ip", value: "2001:db8::1" });
  assertEquals(alternativeName("::ffff:1.2.3.4"), { type: "ip", value: "::ffff:102:304" });
  const broken = [
    "",
    " ",
    "a b",
    "a_b",
    "-a",
    "a-",
    "a..b",
    ".a",
    "*",
    "a.*",
    "1.2.3",
    "1.2.3.256",
    "10.0.0.0/8",
    "[::1]",
  ];
  for (const host of [...broken, "fe80::1%eth0", "https://a", "ä.example", "a".repeat(64), "a.".repeat(127) + "a"]) {
    assertThrows(() => alternativeName(host), TypeError);
  }
});

Deno.test("issue() and createAuthority() keep to the dates that are given, in whole seconds", async () => {
  const notBefore = new Date("2001-02-03T04:05:06.789Z");
  const notAfter = new Date("2061-02-03T04:05:06.789Z");
  const authority = await createAuthority({ commonName: "x", notBefore, notAfter });
  for (const { cert } of [authority, await authority.issue({ commonName: "x", usages: [], notBefore, notAfter })]) {
    const certificate = new X509Certificate(cert);
    assertEquals(certificate.validFromDate, new Date("2001-02-03T04:05:06Z"));
    assertEquals(certificate.validToDate, new Date("2061-02-03T04:05:06Z"));
  }
});

Deno.test("issue() makes certificates that are valid at once and as long as their CA by default", () => {
  const { validFromDate, validToDate } = new X509Certificate(alice.cert);
  const age = Date.now() - validFromDate.getTime();
  assert(age > 0.9 * HOUR && age < 2 * HOUR, `${age} ms`);
  assertEquals(validToDate, clientAuthority.notAfter);
  const years = (clientAuthority.notAfter.getTime() - Date.now()) / (365 * DAY);
  assert(years > 9.9 && years < 10.1, `${years} years`);
});

Deno.test("issue() gives each certificate another positive serial number", async () => {
  const serials = new Set<string>();
  for (let count = 0; count < 20; count++) {
    const issued = await clientAuthority.issue({ commonName: "x", usages: [] });
    const { serialNumber } = new X509Certificate(issued.cert);
    assertMatch(serialNumber, /^[4-7][0-9A-F]{31}$/);
    serials.add(serialNumber);
  }
  assertEquals(serials.size, 20);
});

Deno.test("loadAuthority() goes on where the CA left off", async () => {
  const authority = await loadAuthority({ cert: clientAuthority.cert, key: clientAuthority.key });
  const { cert, key, notAfter } = clientAuthority;
  assertEquals({ cert: authority.cert, key: authority.key, notAfter: authority.notAfter }, { cert, key, notAfter });
  const carol = await authority.issue({ commonName: "carol", usages: ["clientAuth"] });
  assert(isFrom(carol, clientAuthority));
  assertEquals(new X509Certificate(carol.cert).subject, "CN=carol\nO=Test");
});

Deno.test("loadAuthority() refuses what is no CA, no key, or no pair", async () => {
  const { cert, key } = clientAuthority;
  await assertRejects(() => loadAuthority(alice), TypeError, "not that of a CA");
  await assertRejects(() => loadAuthority({ cert, key: serverAuthority.key }), TypeError, "do not belong together");
  await assertRejects(() => loadAuthority({ cert, key: cert }), TypeError, "not an unencrypted PKCS#8 key");
  await assertRejects(() => loadAuthority({ cert: key, key }));
});

/** What became of one TLS connection: whom the server let in, and what the client saw. */
interface Meeting {
  welcomed?: string | string[] | undefined;
  clientError?: string | undefined;
  serverError?: string | undefined;
}

async function meet(server: Pair, client: Pair, host = "localhost"): Promise<Meeting> {
  const meeting: Meeting = {};
  const listener = tls.createServer(
    { ...server, ca: clientAuthority.cert, requestCert: true, rejectUnauthorized: true, minVersion: "TLSv1.3" },
    (socket) => {
      meeting.welcomed = socket.getPeerCertificate().subject.CN;
      socket.on("error", () => {});
      socket.end();
    },
  );
  listener.on("tlsClientError", (error: NodeJS.ErrnoException, socket) => {
    meeting.serverError = String(socket.authorizationError ?? error.message);
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address() as AddressInfo;

  const socket = tls.connect({ ...client, ca: serverAuthority.cert, host: "127.0.0.1", port, servername: host });
  socket.on("error", (error: NodeJS.ErrnoException) => meeting.clientError = error.code ?? error.message);
  socket.resume();
  await once(socket, "close").catch(() => {});
  const closed = once(listener, "close");
  listener.close();
  await closed;
  return meeting;
}

/** `openssl verify` for a purpose, strictly: "ok", or what it has to say. */
async function opensslVerify({ cert }: Pair, authority: Pair, purpose: "sslserver" | "sslclient"): Promise<string> {
  const directory = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${directory}/ca.crt`, authority.cert);
    await Deno.writeTextFile(`${directory}/it.crt`, cert);
    const { success, stderr } = await new Deno.Command("openssl", {
      args: ["verify", "-x509_strict", "-purpose", purpose, "-CAfile", "ca.crt", "it.crt"],
      cwd: directory,
    }).output();
    return success ? "ok" : new TextDecoder().decode(stderr);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function hasOpenssl(): boolean {
  try {
    return new Deno.Command("openssl", { args: ["version"], stdout: "null" }).outputSync().success;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.warn("SKIPPED: there is no openssl on this machine to check certificates with");
    return false;
  }
}

Deno.test({
  name: "openssl accepts what an authority issued, for its purpose alone",
  ignore: !hasOpenssl(),
  async fn() {
    assertEquals(await opensslVerify(server, serverAuthority, "sslserver"), "ok");
    assertEquals(await opensslVerify(alice, clientAuthority, "sslclient"), "ok");
    assertStringIncludes(await opensslVerify(alice, clientAuthority, "sslserver"), "unsuitable certificate purpose");
    assertStringIncludes(await opensslVerify(alice, serverAuthority, "sslclient"), "unable to get local issuer");
  },
});

Deno.test("Deno's TLS accepts what an authority issued", async () => {
  assertEquals(await meet(server, alice), { welcomed: "alice" });
});

const yesterday = { notBefore: new Date(Date.now() - 2 * DAY), notAfter: new Date(Date.now() - DAY) };
const tomorrow = { notBefore: new Date(Date.now() + DAY), notAfter: new Date(Date.now() + 2 * DAY) };

for (
  const [what, from, options] of [
    ["of another CA", serverAuthority, { usages: ["clientAuth"] }],
    ["of a server", clientAuthority, { usages: ["serverAuth"] }],
    ["that has expired", clientAuthority, { usages: ["clientAuth"], ...yesterday }],
    ["that is not valid yet", clientAuthority, { usages: ["clientAuth"], ...tomorrow }],
  ] as const
) {
  Deno.test(`Deno's TLS refuses a client certificate ${what}`, async () => {
    const client = await from.issue({ commonName: "mallory", ...options });
    const meeting = await meet(server, client);
    assertEquals(meeting.welcomed, undefined);
    assert(meeting.serverError);
  });
}

for (
  const [what, from, options] of [
    ["of another CA", clientAuthority, { usages: ["serverAuth"], hosts: ["localhost"] }],
    ["of a client", serverAuthority, { usages: ["clientAuth"], hosts: ["localhost"] }],
    ["for another host", serverAuthority, { usages: ["serverAuth"], hosts: ["elsewhere.example"] }],
    ["that has expired", serverAuthority, { usages: ["serverAuth"], hosts: ["localhost"], ...yesterday }],
    ["that is not valid yet", serverAuthority, { usages: ["serverAuth"], hosts: ["localhost"], ...tomorrow }],
  ] as const
) {
  Deno.test(`Deno's TLS refuses a server certificate ${what}`, async () => {
    const impostor = await from.issue({ commonName: "impostor", ...options });
    const meeting = await meet(impostor, alice);
    assert(meeting.clientError);
  });
}
