import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { createHash, X509Certificate } from "node:crypto";
import { type CertificateOptions, createAuthority } from "../../certs/authority.ts";
import { type IdentityMode, readCertificate, userId } from "./certificate.ts";
import { UnauthenticatedError } from "../errors.ts";

const authority = await createAuthority({ commonName: "client CA" });

async function issue(options: Partial<CertificateOptions> = {}) {
  return await authority.issue({ commonName: "alice", usages: ["clientAuth"], ...options });
}

function idOf(pem: string, mode: IdentityMode): string {
  return userId(readCertificate(new X509Certificate(pem).raw), mode);
}

async function subjectId(options: Partial<CertificateOptions> = {}): Promise<string> {
  return idOf((await issue(options)).cert, "subject");
}

/** The id of a certificate whose subject is of these attributes, each as the library is told to encode it. */
async function idOfNames(
  names: ConstructorParameters<typeof x509.Name>[0],
  extensions: x509.Extension[] = [],
): Promise<string> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: new x509.Name(names),
    issuer: "CN=CA",
    publicKey: keys.publicKey,
    signingKey: keys.privateKey,
    signingAlgorithm: algorithm,
    extensions,
  });
  return userId(readCertificate(new Uint8Array(certificate.rawData)), "subject");
}

Deno.test("readCertificate() tells what the library tells", async () => {
  const { cert } = await issue({ organizationalUnit: ["one", "two"], uris: ["spiffe://a/b"] });
  const { raw, serialNumber, fingerprint256, publicKey } = new X509Certificate(cert);
  const own = readCertificate(raw);
  assertEquals(own.serial, serialNumber.toLowerCase().replace(/^0+/, ""));
  assertEquals(own.fingerprint, fingerprint256.replaceAll(":", "").toLowerCase());
  assertEquals(own.publicKey.toHex(), publicKey.export({ type: "spki", format: "der" }).toString("hex"));
  assertEquals(own.units, ["one", "two"]);
  assertEquals(own.uris.length, 1);
  assertEquals(own.issuer.toHex(), readCertificate(new X509Certificate(authority.cert).raw).subject.toHex());
});

Deno.test("readCertificate() refuses what cannot be read", async () => {
  const { raw } = new X509Certificate((await issue()).cert);
  for (const der of [new Uint8Array(), raw.subarray(0, 100), new Uint8Array([0x30, 0x02, 0x30, 0x00])]) {
    assertThrows(() => readCertificate(der), UnauthenticatedError, "cannot be read");
  }
});

Deno.test("userId() is 64 digits in every mode, and another one in each", async () => {
  const { cert } = await issue();
  const ids = (["certificate", "public-key", "subject"] as const).map((mode) => idOf(cert, mode));
  for (const id of ids) assert(/^[0-9a-f]{64}$/.test(id));
  assertEquals(new Set(ids).size, 3);
  const { raw } = new X509Certificate(cert);
  assertEquals(ids[0], createHash("sha256").update(raw).digest("hex"));
});

Deno.test("userId() by public key survives a renewal, and tells two keys of one name apart", async () => {
  const first = await issue();
  const renewed = await issue({ renews: first, commonName: "alice of another name" });
  assertNotEquals(idOf(first.cert, "certificate"), idOf(renewed.cert, "certificate"));
  assertEquals(idOf(first.cert, "public-key"), idOf(renewed.cert, "public-key"));
  assertNotEquals(idOf(first.cert, "public-key"), idOf((await issue()).cert, "public-key"));
});

Deno.test("userId() by subject survives a renewal with a new key, and tells CAs and names apart", async () => {
  const alice = await subjectId();
  assertEquals(await subjectId(), alice);
  const other = await createAuthority({ commonName: "another CA" });
  const elsewhere = await other.issue({ commonName: "alice", usages: ["clientAuth"] });
  assertNotEquals(idOf(elsewhere.cert, "subject"), alice);
  const others: Partial<CertificateOptions>[] = [
    { commonName: ["alice", "bob"] },
    { commonName: ["bob", "alice"] },
    { commonName: "alice/CN=bob" },
    { commonName: "alice,CN=bob" },
    { commonName: "alice, bob" },
    { commonName: "alice\nCN=bob" },
    { commonName: "alice\0" },
    { commonName: "alice " },
    { commonName: "Alice" },
    { commonName: "аlice" }, // a Cyrillic letter
    { commonName: "alice", organizationalUnit: "bob" },
    { commonName: "bob" },
  ];
  const ids = [alice, ...await Promise.all(others.map(subjectId))];
  assertEquals(new Set(ids).size, ids.length);
});

Deno.test("userId() by subject tells encodings apart", async () => {
  const ids = [
    await idOfNames([{ CN: [{ utf8String: "alice" }] }]),
    await idOfNames([{ CN: [{ printableString: "alice" }] }]),
    await idOfNames([{ CN: [{ bmpString: "alice" }] }]),
    await idOfNames([{ CN: [{ ia5String: "alice" }] }]),
    await idOfNames([{ CN: [{ utf8String: "alice" }, { utf8String: "bob" }] }]), // one set of two
    await idOfNames([{ CN: [{ utf8String: "alice" }] }, { CN: [{ utf8String: "bob" }] }]), // two sets
  ];
  assertEquals(new Set(ids).size, ids.length);
});

Deno.test("userId() by subject goes by the one URI, whatever the subject", async () => {
  const uri = "spiffe://example.com/alice";
  const alice = await subjectId({ uris: [uri] });
  assertEquals(await subjectId({ uris: [uri], commonName: "bob", hosts: ["example.com"] }), alice);
  const others = [await subjectId({ commonName: uri }), await subjectId({ uris: [`${uri}/`] }), await subjectId()];
  assertEquals(new Set([alice, ...others]).size, 4);
  assertEquals(await subjectId({ hosts: ["example.com"] }), await subjectId());
  // Two URIs count as none: either one may be meant.
  assertEquals(await subjectId({ uris: [uri, `${uri}2`] }), await subjectId());
});

Deno.test("userId() by subject refuses a certificate that names nobody", async () => {
  const uris = (...urls: string[]) => [
    new x509.SubjectAlternativeNameExtension(urls.map((value) => ({ type: "url" as const, value }))),
  ];
  for (const extensions of [[], uris("a:b", "c:d")]) {
    let refusal: unknown;
    await idOfNames([], extensions).catch((error) => refusal = error);
    assert(refusal instanceof UnauthenticatedError, String(refusal));
  }
  assert(await idOfNames([], uris("a:b")));
});
