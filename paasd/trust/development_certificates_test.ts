import { assertThrows } from "@std/assert";
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { createAuthority, loadAuthority } from "../../certs/authority.ts";
import type { Credentials } from "./credentials.ts";
import { keepDevelopmentCertificatesLocal } from "./development_certificates.ts";
import { StartError } from "../errors.ts";

const read = (name: string) => Deno.readTextFile(new URL(`../../certs/${name}`, import.meta.url));
const development: Credentials = {
  cert: await read("server.crt"),
  key: await read("server.key"),
  ca: await read("client-ca.crt"),
};
const ca = await createAuthority({ commonName: "own CA" });
const own: Credentials = { ...await ca.issue({ commonName: "own", usages: ["serverAuth"] }), ca: ca.cert };
const beyond = ["0.0.0.0", "::", "192.0.2.1", "2001:db8::1", "128.0.0.1", "::ffff:192.0.2.1"];

Deno.test("keepDevelopmentCertificatesLocal() lets them listen on loopback addresses", () => {
  for (const host of ["127.0.0.1", "127.8.8.8", "::1"]) {
    keepDevelopmentCertificatesLocal(development, { host, port: 1 });
  }
});

Deno.test("keepDevelopmentCertificatesLocal() lets own certificates listen anywhere", () => {
  for (const host of beyond) keepDevelopmentCertificatesLocal(own, { host, port: 1 });
});

Deno.test("keepDevelopmentCertificatesLocal() lets certificates of every kind of key listen anywhere", async () => {
  const ecdsa = (namedCurve: string) => ({ name: "ECDSA", namedCurve, hash: "SHA-384" });
  const rsa = { modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" };
  const kinds = [
    ...["P-256", "P-384", "P-521"].map(ecdsa),
    ...["RSASSA-PKCS1-v1_5", "RSA-PSS"].map((name) => ({ name, ...rsa })),
    { name: "Ed25519" },
  ];
  for (const algorithm of kinds) {
    const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]) as CryptoKeyPair;
    const signingAlgorithm = { ...algorithm, saltLength: 32 };
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      name: "CN=own",
      keys,
      signingAlgorithm,
    });
    const pem = certificate.toString("pem");
    for (const host of beyond) keepDevelopmentCertificatesLocal({ ...own, cert: pem, ca: pem }, { host, port: 1 });
  }
});

Deno.test("keepDevelopmentCertificatesLocal() refuses whatever a published key has to do with", async () => {
  const serverCa = await loadAuthority({ cert: await read("server-ca.crt"), key: await read("server-ca.key") });
  const clientCa = await loadAuthority({ cert: await read("client-ca.crt"), key: await read("client-ca.key") });
  const issued = await serverCa.issue({ commonName: "other", usages: ["serverAuth"] });
  const issuedByClientCa = await clientCa.issue({ commonName: "other", usages: ["serverAuth"] });
  const cases: Credentials[] = [
    development,
    { ...own, cert: development.cert },
    { ...own, cert: issued.cert },
    { ...own, cert: own.cert + serverCa.cert }, // in the chain
    { ...own, cert: issuedByClientCa.cert },
    { ...own, ca: development.ca },
    { ...own, ca: `${own.ca}some words\n${development.ca}` },
    { ...own, ca: serverCa.cert },
    { ...own, ca: issuedByClientCa.cert },
  ];
  for (const credentials of cases) {
    for (const host of beyond) {
      assertThrows(
        () => keepDevelopmentCertificatesLocal(credentials, { host, port: 1 }),
        StartError,
        "development certificates",
      );
    }
  }
});
