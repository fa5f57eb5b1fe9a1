import { assert, assertEquals, assertRejects } from "@std/assert";
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { join } from "node:path";
import { readCredentials } from "./credentials.ts";
import { StartError } from "../errors.ts";
import { Setting } from "../../tests/support/realm.ts";

Deno.test("readCredentials() reads what belongs together", async () => {
  await using setting = await Setting.make();
  const { cert, key, ca } = await readCredentials(setting.options);
  assertEquals([cert, key, ca], [setting.server.cert, setting.server.key, setting.clientCa.cert]);
});

Deno.test("readCredentials() takes a certificate that says nothing of its usage, as clients do", async () => {
  await using setting = await Setting.make();
  const { cert, key } = await setting.serverCa.issue({ commonName: "server", usages: [], hosts: ["localhost"] });
  const tlsCert = await setting.write("any.crt", cert);
  const tlsKey = await setting.write("any.key", key);
  assertEquals((await readCredentials({ ...setting.options, tlsCert, tlsKey })).cert, cert);
});

Deno.test("readCredentials() says in one sentence what is wrong with which file", async () => {
  await using setting = await Setting.make();
  const { options } = setting;
  const hour = 3_600_000;
  const dated = (notBefore: number, notAfter: number) =>
    setting.serverCa.issue({
      commonName: "server",
      usages: ["serverAuth"],
      notBefore: new Date(Date.now() + notBefore * hour),
      notAfter: new Date(Date.now() + notAfter * hour),
    });
  const expired = await dated(-2, -1);
  const early = await dated(1, 2);
  const clients = await setting.serverCa.issue({ commonName: "server", usages: ["clientAuth"], hosts: ["localhost"] });
  const garbage = await setting.write("garbage", "garbage");
  const broken = await setting.write("broken", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  const foreign = await setting.write("foreign.key", (await setting.user()).key);
  const missing = join(setting.directory, "missing");
  const cases: [Partial<typeof options>, string, string][] = [
    [{ tlsCert: missing }, missing, "--tls-cert"],
    [{ tlsKey: missing }, missing, "--tls-key"],
    [{ clientCa: missing }, missing, "--client-ca"],
    [{ clientCa: setting.directory }, setting.directory, "--client-ca"],
    [{ tlsCert: garbage }, garbage, "PEM"],
    [{ tlsCert: broken }, broken, "PEM"],
    [{ tlsKey: garbage }, garbage, "PEM"],
    [{ clientCa: garbage }, garbage, "PEM"],
    [{ tlsKey: foreign }, foreign, "does not belong"],
    [
      { tlsCert: await setting.write("old.crt", expired.cert), tlsKey: await setting.write("old.key", expired.key) },
      "old.crt",
      "expired",
    ],
    [
      { tlsCert: await setting.write("new.crt", early.cert), tlsKey: await setting.write("new.key", early.key) },
      "new.crt",
      "not valid before",
    ],
    [
      { tlsCert: await setting.write("user.crt", clients.cert), tlsKey: await setting.write("user.key", clients.key) },
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
    tlsCert: await setting.write("weak.crt", certificate.toString("pem")),
    tlsKey: await setting.write("weak.key", pkcs8),
  };
  cases.push([weakPair, "weak.crt", "key too small"]);
  for (const [change, file, words] of cases) {
    const { message } = await assertRejects(() => readCredentials({ ...options, ...change }), StartError);
    assert(message.includes(file) && message.includes(words) && !message.includes("\n"), message);
  }
});
