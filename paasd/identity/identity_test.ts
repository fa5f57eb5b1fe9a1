import { assert, assertEquals, assertMatch, assertStrictEquals, assertThrows } from "@std/assert";
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { createHash, X509Certificate } from "node:crypto";
import type { PeerCertificate, TLSSocket } from "node:tls";
import { createAuthority } from "../../certs/authority.ts";
import { type RefusalKind, UnauthenticatedError } from "../errors.ts";
import { isForClients } from "./extended_key_usage.ts";
import { guestOf, identify } from "./identity.ts";

const authority = await createAuthority({ commonName: "client CA" });

/** The parts of a socket that `identify` looks at, after the handshake. */
function socketOf(pem: string, state: Record<string, unknown> = {}): TLSSocket {
  const { raw } = new X509Certificate(pem);
  return {
    authorized: true,
    alpnProtocol: "h2",
    isSessionReused: () => false,
    getPeerCertificate: () => ({ raw }),
    ...state,
  } as unknown as TLSSocket;
}

async function issue(options: Partial<Parameters<typeof authority.issue>[0]> = {}): Promise<string> {
  return (await authority.issue({ commonName: "alice", usages: ["clientAuth"], ...options })).cert;
}

/** A certificate for clients with an empty subject, as SPIFFE has them. */
async function emptySubject(extensions: x509.Extension[]): Promise<string> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: new x509.Name([]),
    issuer: "CN=client CA",
    publicKey: keys.publicKey,
    signingKey: keys.privateKey,
    signingAlgorithm: algorithm,
    extensions: [new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]), ...extensions],
  });
  return certificate.toString("pem");
}

Deno.test("identify() tells a user by the SHA-256 of the certificate", async () => {
  const pem = await issue();
  const { user } = identify(socketOf(pem));
  assertEquals(user.id, createHash("sha256").update(new X509Certificate(pem).raw).digest("hex"));
  assertMatch(user.subject, /^CN=alice/);
  assertEquals(user.id, identify(socketOf(pem)).user.id);
});

Deno.test("identify() tells two certificates of one name apart", async () => {
  const [one, other] = [identify(socketOf(await issue())), identify(socketOf(await issue()))];
  assertEquals(one.user.subject, other.user.subject);
  assert(one.user.id !== other.user.id);
});

Deno.test("identify() shows both names of a subject with two, on one line", async () => {
  const { user } = identify(socketOf(await issue({ commonName: ["alice", "mallory"] })));
  assertMatch(user.subject, /CN=alice, CN=mallory/);
});

Deno.test("identify() shows the URI of a certificate without a subject, in each mode, and refuses one that names nobody", async () => {
  const uri = "spiffe://example/alice";
  const withUri = await emptySubject([new x509.SubjectAlternativeNameExtension([{ type: "url", value: uri }], true)]);
  const nameless = await emptySubject([]);
  for (const mode of ["certificate", "public-key", "subject"] as const) {
    const { user } = identify(socketOf(withUri), mode);
    assertEquals(user.subject, `URI:${uri}`);
    assertMatch(user.id, /^[0-9a-f]{64}$/);
    if (mode !== "subject") assertEquals(identify(socketOf(nameless), mode).user.subject, "");
  }
  assertThrows(
    () => identify(socketOf(nameless), "subject"),
    UnauthenticatedError,
    "its certificate has neither a subject nor one URI as its alternative name",
  );
});

Deno.test("identify() binds the guest to what the connection shows from then on", async () => {
  const socket = socketOf(await issue());
  const guest = identify(socket);
  assertStrictEquals(guestOf(socket.getPeerCertificate()), guest);
  assertStrictEquals(guestOf(socket.getPeerCertificate()), guest);
});

Deno.test("guestOf() knows nobody whom identify() has not seen", async () => {
  const { raw } = new X509Certificate(await issue());
  assertThrows(() => guestOf(undefined), UnauthenticatedError);
  assertThrows(() => guestOf({ raw } as PeerCertificate), UnauthenticatedError);
});

Deno.test("identify() refuses what is not good enough", async () => {
  const good = await issue();
  const soon = new Date(Date.now() + 60_000);
  const past = new Date(Date.now() - 60_000);
  const expired = await issue({ notBefore: new Date(Date.now() - 3_600_000), notAfter: past });
  const cases: [TLSSocket, string, RefusalKind][] = [
    [socketOf(good, { authorized: false }), "not verified", "certificate_untrusted"],
    [socketOf(good, { isSessionReused: () => true }), "resumed", "session_resumed"],
    [socketOf(good, { alpnProtocol: false }), "HTTP/2", "no_http2"],
    [socketOf(good, { getPeerCertificate: () => ({}) }), "no certificate", "no_certificate"],
    [socketOf(good, { getPeerCertificate: () => ({ raw: new Uint8Array(9) }) }), "cannot be read", "other"],
    [socketOf(await issue({ usages: [] })), "not for clients", "certificate_usage"],
    [socketOf(await issue({ usages: ["serverAuth"] })), "not for clients", "certificate_usage"],
    [socketOf(expired), "expired", "certificate_dates"],
    [socketOf(await issue({ notBefore: soon })), "not valid yet", "certificate_dates"],
  ];
  for (const [socket, cause, kind] of cases) {
    assertEquals(assertThrows(() => identify(socket), UnauthenticatedError, cause).kind, kind, cause);
  }
});

Deno.test("guestOf() refuses a certificate that has expired since", async () => {
  const socket = socketOf(await issue({ notAfter: new Date(Date.now() + 60_000) }));
  identify(socket);
  const { now } = Date;
  try {
    Date.now = () => now() + 61_000;
    assertThrows(() => guestOf(socket.getPeerCertificate()), UnauthenticatedError, "expired");
  } finally {
    Date.now = now;
  }
});

Deno.test("isForClients() finds client use among several", async () => {
  const der = async (usages: ("serverAuth" | "clientAuth")[]) => new X509Certificate(await issue({ usages })).raw;
  assert(isForClients(await der(["serverAuth", "clientAuth"])));
  assert(!isForClients(await der(["serverAuth"])));
  assert(!isForClients(await der([])));
});

Deno.test("isForClients() throws for what is cut short", async () => {
  const { raw } = new X509Certificate(await issue());
  assertThrows(() => isForClients(raw.subarray(0, 100)), RangeError);
  assert(!isForClients(new Uint8Array()));
});
