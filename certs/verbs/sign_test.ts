import "reflect-metadata"; // before x509: it is the polyfill that x509 needs
import * as x509 from "@peculiar/x509";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { contents, makeRequest, testInDirectory } from "../../tests/support/certs_tool.ts";
import { isForClients } from "../../paasd/identity/extended_key_usage.ts";
import { UsageError } from "../arguments.ts";
import { make } from "./make.ts";
import { revoke } from "./revoke.ts";
import { sign } from "./sign.ts";

const P256 = { name: "ECDSA", namedCurve: "P-256" };
const ED25519 = { name: "Ed25519" };
const RSA = { name: "RSASSA-PKCS1-v1_5", publicExponent: Uint8Array.of(1, 0, 1), hash: "SHA-256" };

/** Writes a request that `openssl req` could have made. */
async function writeRequest(path: string, algorithm: Algorithm, name: string, extensions: x509.Extension[] = []) {
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]) as CryptoKeyPair;
  const signingAlgorithm = { ...algorithm, hash: "SHA-256" };
  const request = await x509.Pkcs10CertificateRequestGenerator.create({ name, keys, signingAlgorithm, extensions });
  await Deno.writeTextFile(`${path}/it.csr`, request.toString("pem"));
}

testInDirectory("sign makes a certificate for the key of a request", async (path) => {
  await make.run([path]);
  const { key, request, keyFingerprint } = await makeRequest("carol");
  await Deno.writeTextFile(`${path}/carol.csr`, request);
  const printed = await sign.run([path, `${path}/carol.csr`, "--days", "30"]);
  assertStringIncludes(printed, `\nSHA-256 of the key: ${keyFingerprint}`);

  const carol = new X509Certificate(await Deno.readTextFile(`${path}/carol.crt`));
  assert(carol.checkPrivateKey(createPrivateKey(key)));
  assertEquals(carol.subject, "CN=carol\nO=Paas");
  assert(isForClients(carol.raw));
  assertEquals(Math.round((carol.validToDate.getTime() - Date.now()) / 86_400_000), 30);
});

testInDirectory("sign takes neither role nor rights from a request", async (path) => {
  await make.run([path]);
  await writeRequest(path, P256, "CN=carol, OU=paas-operator, O=Evil", [
    new x509.BasicConstraintsExtension(true, 5, true),
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    new x509.SubjectAlternativeNameExtension([{ type: "dns", value: "paas.example.com" }]),
  ]);
  await sign.run([path, `${path}/it.csr`]);
  const carol = new X509Certificate(await Deno.readTextFile(`${path}/carol.crt`));
  assertEquals([carol.subject, carol.subjectAltName, carol.ca], ["CN=carol\nO=Paas", undefined, false]);
  const { usages } = new x509.X509Certificate(carol.toString()).getExtension(x509.ExtendedKeyUsageExtension)!;
  assertEquals([...usages], [x509.ExtendedKeyUsage.clientAuth]);

  await sign.run([path, `${path}/it.csr`, "--name", "dave", "--role", "viewer"]);
  const { subject } = new X509Certificate(await Deno.readTextFile(`${path}/dave.crt`));
  assertEquals(subject, "CN=dave\nO=Paas\nOU=paas-viewer");
});

testInDirectory("sign takes the keys that daemons accept, and no others", async (path) => {
  await make.run([path]);
  for (
    const [index, algorithm] of [P256, { ...P256, namedCurve: "P-384" }, ED25519, { ...RSA, modulusLength: 2_048 }]
      .entries()
  ) {
    await writeRequest(path, algorithm, `CN=user${index}`);
    await sign.run([path, `${path}/it.csr`]);
  }
  await writeRequest(path, { ...RSA, modulusLength: 1_024 } as Algorithm, "CN=weak");
  await assertRejects(() => sign.run([path, `${path}/it.csr`]), Error, "no daemon accepts its key");
});

testInDirectory("sign refuses a request that is changed, or is none", async (path) => {
  await make.run([path]);
  const { request } = await makeRequest("carol");
  const hex = new Uint8Array(x509.PemConverter.decodeFirst(request)).toHex();
  const [name, otherName] = ["carol", "harol"].map((text) => new TextEncoder().encode(text).toHex());
  const changed = Uint8Array.fromHex(hex.replace(name!, otherName!));
  const bad = {
    "was changed on its way": x509.PemConverter.encode(changed, "CERTIFICATE REQUEST"),
    "is no certificate request in PEM": request.slice(0, 100),
    "is no certificate request: give a PEM file": "x".repeat(100_000),
  };
  const before = await contents(path);
  for (const [message, text] of Object.entries(bad)) {
    await Deno.writeTextFile(`${path}/it.csr`, text);
    await assertRejects(() => sign.run([path, `${path}/it.csr`]), Error, message);
  }
  await assertRejects(() => sign.run([path, `${path}/none.csr`]), Error, "Cannot read the request");
  for (const words of [[], [path], [path, "a", "b"], [path, "a", "--name", "../x"], [path, "a", "--name", "server"]]) {
    await assertRejects(() => sign.run(words), UsageError, undefined, words.join(" "));
  }
  await Deno.remove(`${path}/it.csr`);
  assertEquals(await contents(path), before);
});

testInDirectory("sign refuses a name that no user can have, unless there is another one", async (path) => {
  await make.run([path]);
  for (const [name, message] of [["CN=a/../b", "take --name"], ["CN=a, CN=b", "does not ask for one name"]] as const) {
    await writeRequest(path, P256, name);
    await assertRejects(() => sign.run([path, `${path}/it.csr`]), Error, message);
  }
  await writeRequest(path, P256, "CN=client-ca");
  await assertRejects(() => sign.run([path, `${path}/it.csr`]), Error, "take --name");
  await sign.run([path, `${path}/it.csr`, "--name", "carol"]);
});

testInDirectory("sign overwrites nothing, and --replace keeps the old files", async (path) => {
  await make.run([path]);
  const before = await contents(path);
  await Deno.writeTextFile(`${path}/it.csr`, (await makeRequest("alice")).request);
  await assertRejects(() => sign.run([path, `${path}/it.csr`]), Error, "alice.crt exists already");
  assertEquals({ ...await contents(path), ...before }, await contents(path));

  await sign.run([path, `${path}/it.csr`, "--replace"]);
  const day = new Date().toISOString().slice(0, 10);
  const after = await contents(path);
  assertEquals(after[`alice.crt.${day}`], before["alice.crt"]);
  // The key that lay here is not that of the request.
  assertEquals([after["alice.key"], after[`alice.key.${day}`]], [undefined, before["alice.key"]]);
});

testInDirectory("sign refuses a key whose certificate was revoked", async (path) => {
  await make.run([path]);
  await Deno.writeTextFile(`${path}/it.csr`, (await makeRequest("carol")).request);
  await sign.run([path, `${path}/it.csr`]);
  await revoke.run([path, "carol"]);
  await assertRejects(() => sign.run([path, `${path}/it.csr`, "--name", "dave"]), Error, "dave needs a new key");
});
