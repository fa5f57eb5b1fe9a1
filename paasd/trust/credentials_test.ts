import { assert, assertEquals, assertRejects } from "@std/assert";
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { join } from "node:path";
import { type CredentialFiles, readClientCa, readPair } from "./credentials.ts";
import { StartError } from "../errors.ts";
import { Realm } from "../../tests/support/realm.ts";

/** Reads all files. */
async function readCredentials(files: CredentialFiles) {
  const [pair, ca] = await Promise.all([readPair(files), readClientCa(files)]);
  return { ...pair, ca };
}

Deno.test("readPair() and readClientCa() read what belongs together", async () => {
  await using realm = await Realm.make();
  const { cert, key, ca } = await readCredentials(realm.options);
  assertEquals([cert, key, ca], [realm.server.cert, realm.server.key, realm.clientCa.cert]);
});

Deno.test("readPair() takes a certificate that says nothing of its usage, as clients do", async () => {
  await using realm = await Realm.make();
  const { cert, key } = await realm.serverCa.issue({ commonName: "server", usages: [], hosts: ["localhost"] });
  const tlsCert = await realm.write("any.crt", cert);
  const tlsKey = await realm.write("any.key", key);
  assertEquals((await readCredentials({ ...realm.options, tlsCert, tlsKey })).cert, cert);
});

Deno.test("readPair() and readClientCa() say in one sentence what is wrong with which file", async () => {
  await using realm = await Realm.make();
  const { options } = realm;
  const hour = 3_600_000;
  const dated = (notBefore: number, notAfter: number) =>
    realm.serverCa.issue({
      commonName: "server",
      usages: ["serverAuth"],
      notBefore: new Date(Date.now() + notBefore * hour),
      notAfter: new Date(Date.now() + notAfter * hour),
    });
  const expired = await dated(-2, -1);
  const early = await dated(1, 2);
  const clients = await realm.serverCa.issue({ commonName: "server", usages: ["clientAuth"], hosts: ["localhost"] });
  const garbage = await realm.write("garbage", "garbage");
  const broken = await realm.write("broken", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  const foreign = await realm.write("foreign.key", (await realm.user()).key);
  const missing = join(realm.directory, "missing");
  const cases: [Partial<typeof options>, string, string][] = [
    [{ tlsCert: missing }, missing, "--tls-cert"],
    [{ tlsKey: missing }, missing, "--tls-key"],
    [{ clientCa: missing }, missing, "--client-ca"],
    [{ clientCa: realm.directory }, realm.directory, "--client-ca"],
    [{ tlsCert: garbage }, garbage, "PEM"],
    [{ tlsCert: broken }, broken, "PEM"],
    [{ tlsKey: garbage }, garbage, "PEM"],
    [{ clientCa: garbage }, garbage, "PEM"],
    [{ tlsKey: foreign }, foreign, "does not belong"],
    [
      { tlsCert: await realm.write("old.crt", expired.cert), tlsKey: await realm.write("old.key", expired.key) },
      "old.crt",
      "expired",
    ],
    [
      { tlsCert: await realm.write("new.crt", early.cert), tlsKey: await realm.write("new.key", early.key) },
      "new.crt",
      "not valid before",
    ],
    [
      { tlsCert: await realm.write("user.crt", clients.cert), tlsKey: await realm.write("user.key", clients.key) },
      "user.crt",
      "serverAuth",
    ],
  ];
  const weak = {
    name: "RSASSA-PKCS1-v1_5",
    hash: "SHA-256",
    modulusLength: 1024,
    publicExponent: new Uint8Array([1, 0, 1]),
  };
  const keys = await crypto.subtle.generateKey(weak, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({ keys, signingAlgorithm: weak });
  const pkcs8 = x509.PemConverter.encode(await crypto.subtle.exportKey("pkcs8", keys.privateKey), "PRIVATE KEY");
  const weakPair = {
    tlsCert: await realm.write("weak.crt", certificate.toString("pem")),
    tlsKey: await realm.write("weak.key", pkcs8),
  };
  cases.push([weakPair, "weak.crt", "key too small"]);
  for (const [change, file, words] of cases) {
    const { message } = await assertRejects(() => readCredentials({ ...options, ...change }), StartError);
    assert(message.includes(file) && message.includes(words) && !message.includes("\n"), message);
  }
});
