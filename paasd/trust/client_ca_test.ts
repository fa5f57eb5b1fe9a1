import { assertEquals, assertThrows } from "@std/assert";
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { X509Certificate } from "node:crypto";
import { createAuthority } from "../../certs/authority.ts";
import { type ClientCertificate, readCertificate } from "../identity/certificate.ts";
import { ClientCas } from "./client_ca.ts";
import { UnauthenticatedError } from "../errors.ts";

const read = (pem: string) => readCertificate(new X509Certificate(pem).raw);
const RSA = { modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" };

/** A CA with a key of some kind, and a certificate that it has signed. */
async function caOf(kind: Algorithm, hash: string): Promise<{ pem: string; issued: ClientCertificate }> {
  const algorithm = { ...kind, hash, saltLength: 32 };
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]) as CryptoKeyPair;
  const ca = await x509.X509CertificateGenerator.createSelfSigned({ name: "CN=CA", keys, signingAlgorithm: algorithm });
  const issued = await x509.X509CertificateGenerator.create({
    subject: "CN=alice",
    issuer: ca.subjectName,
    publicKey: keys.publicKey,
    signingKey: keys.privateKey,
    signingAlgorithm: algorithm,
  });
  return { pem: `${ca.toString("pem")}\n`, issued: read(issued.toString("pem")) };
}

Deno.test("ClientCas.signersOf() tells who has signed by every kind of key, among CAs of one name", async () => {
  const ecdsa = (namedCurve: string) => ({ name: "ECDSA", namedCurve });
  const cas = await Promise.all([
    caOf(ecdsa("P-256"), "SHA-256"),
    caOf(ecdsa("P-384"), "SHA-256"),
    caOf(ecdsa("P-384"), "SHA-384"),
    caOf(ecdsa("P-521"), "SHA-512"),
    caOf({ ...RSA, name: "RSASSA-PKCS1-v1_5" } as Algorithm, "SHA-256"),
    caOf({ ...RSA, name: "RSA-PSS" } as Algorithm, "SHA-256"),
    caOf({ name: "Ed25519" }, "SHA-256"),
  ]);
  const all = new ClientCas(cas.map(({ pem }) => pem).join(""));
  for (const { pem, issued } of cas) {
    for (let time = 0; time < 2; time++) { // the second time from memory
      assertEquals(all.signersOf(issued).map(({ own }) => own.fingerprint), [read(pem).fingerprint]);
    }
    const others = cas.filter((other) => other.pem !== pem && other !== cas[3]); // see below
    assertEquals(new ClientCas(others.map((other) => other.pem).join("")).signersOf(issued), []);
  }
});

Deno.test("ClientCas.signersOf() says what it cannot verify", async () => {
  const { pem, issued } = await caOf({ name: "ECDSA", namedCurve: "P-521" } as Algorithm, "SHA-256");
  assertThrows(() => new ClientCas(pem).signersOf(issued), UnauthenticatedError, "sign it with SHA-512");
});

Deno.test("ClientCas.signersOf() goes by the key: of one name, or of one key and another name, is not enough", async () => {
  const [one, other] = await Promise.all([
    createAuthority({ commonName: "CA" }),
    createAuthority({ commonName: "CA" }),
  ]);
  const alice = read((await one.issue({ commonName: "alice", usages: ["clientAuth"] })).cert);
  assertEquals(new ClientCas(one.cert).signersOf(alice).length, 1);
  assertEquals(new ClientCas(one.cert + one.cert + other.cert).signersOf(alice).length, 2);
  assertEquals(new ClientCas(other.cert).signersOf(alice), []);
  const renamed = { ...alice, fingerprint: "another", issuer: alice.subject };
  assertEquals(new ClientCas(one.cert).signersOf(renamed), []);
});

Deno.test("ClientCas.namesakes() and isWithin() compare names, keys and certificates", async () => {
  const [one, same, other] = await Promise.all([
    createAuthority({ commonName: "CA" }),
    createAuthority({ commonName: "CA" }),
    createAuthority({ commonName: "other CA" }),
  ]);
  const cas = (...authorities: { cert: string }[]) => new ClientCas(authorities.map(({ cert }) => cert).join(""));
  assertEquals(cas(one, other).namesakes(), []);
  assertEquals(cas(one, one).namesakes(), []); // twice in the file
  assertEquals(cas(one, same, other).namesakes().length, 2);
  assertEquals(cas(one).isWithin(cas(other, one)), true);
  assertEquals(cas(one).isWithin(cas(same)), false);
  assertEquals(cas(one, other).isWithin(cas(one)), false);
});
