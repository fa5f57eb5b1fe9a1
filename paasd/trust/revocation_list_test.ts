import { assert, assertEquals, assertThrows } from "@std/assert";
import { Buffer } from "node:buffer";
import { X509Certificate } from "node:crypto";
import { join } from "node:path";
import { createAuthority } from "../../certs/authority.ts";
import { readCertificate } from "../identity/certificate.ts";
import { type ClientCa, ClientCas } from "./client_ca.ts";
import { StartError } from "../errors.ts";
import { parseRevocations } from "./revocation_list.ts";

const [authority, other] = await Promise.all([
  createAuthority({ commonName: "client CA" }),
  createAuthority({ commonName: "another CA" }),
]);
const [alice, bob] = await Promise.all(
  ["alice", "bob"].map(async (commonName) => (await authority.issue({ commonName, usages: ["clientAuth"] })).cert),
);
const both = new ClientCas(authority.cert + other.cert);
const hour = 3_600_000;

const bytes = (text: string) => new TextEncoder().encode(text);
const derOf = (pem: string) => Buffer.from(pem.replaceAll(/-----.*-----|\s/g, ""), "base64");
const certificate = (pem: string) => readCertificate(new X509Certificate(pem).raw);

Deno.test("parseRevocations() reads PEM and DER, and names who is revoked and nobody else", async () => {
  const pem = await authority.revocationList({ revoked: [alice!] });
  for (const file of [bytes(pem), bytes(`some words\n${pem}`), derOf(pem)]) {
    const revocations = parseRevocations(file, "crl", both);
    assert(revocations.has(certificate(alice!)));
    assert(!revocations.has(certificate(bob!)));
  }
  assert(
    !parseRevocations(bytes(await authority.revocationList({ revoked: [] })), "crl", both).has(certificate(alice!)),
  );
});

Deno.test("parseRevocations() reads several lists, and keeps the CAs apart", async () => {
  const [one, two] = await Promise.all([
    authority.revocationList({ revoked: [alice!] }),
    other.revocationList({ revoked: [bob!], nextUpdate: new Date(Date.now() + hour) }), // of a serial that it did not give
  ]);
  const revocations = parseRevocations(bytes(one + two), "crl", both);
  assert(revocations.has(certificate(alice!)));
  assert(!revocations.has(certificate(bob!)));
  assert(revocations.nextUpdate < Date.now() + 2 * hour);
});

Deno.test("parseRevocations() passes over a list of a CA that is none of the clients', and says of which", async () => {
  const [one, two] = await Promise.all([
    authority.revocationList({ revoked: [alice!] }),
    other.revocationList({ revoked: [bob!], nextUpdate: new Date(Date.now() - 1_000) }), // nobody's business
  ]);
  const [first, second] = new ClientCas(authority.cert + other.cert) as Iterable<ClientCa>;
  for (const [pem, list] of [[one + two, 2], [two + one, 1]] as const) {
    const revocations = parseRevocations(bytes(pem), "crl", [first!]);
    assert(revocations.has(certificate(alice!)));
    assert(revocations.nextUpdate > Date.now());
    assertEquals(revocations.passedOver, [{ list, issuer: "another CA" }]);
    assertEquals([revocations.isOf(first!), revocations.isOf(second!)], [true, false]);
  }
  assertThrows(
    () => parseRevocations(bytes(one), "crl", [second!]),
    StartError,
    "none of its lists is signed by a client CA",
  );
  assertThrows(() => parseRevocations(bytes(one + two), "crl", both), StartError, "list 2 of crl");
});

Deno.test("parseRevocations() refuses what is not good, and says why", async () => {
  const good = await authority.revocationList({ revoked: [alice!] });
  const forged = derOf(good);
  forged[forged.length - 1]! ^= 1;
  const changed = derOf(good);
  const serial = changed.indexOf(Buffer.from(certificate(alice!).serial, "hex"));
  assert(serial > 0);
  changed[serial + 3]! ^= 1;
  const sameName = await createAuthority({ commonName: "client CA" });
  const cases: [Uint8Array, string][] = [
    [bytes(""), "Cannot find a revocation list"],
    [bytes(authority.cert), "Cannot find a revocation list"],
    [bytes(good.slice(0, good.length / 2)), "Cannot find a revocation list"],
    [bytes(good + good.slice(0, good.length / 2)), "Cannot find a revocation list"],
    [derOf(good).subarray(0, 100), "cut short"],
    [Buffer.concat([derOf(good), derOf(good)]), "no revocation list"],
    [derOf(authority.cert), "the list crl"],
    [forged, "not signed by a client CA"],
    [changed, "not signed by a client CA"],
    [bytes(await sameName.revocationList({ revoked: [] })), "not signed by a client CA"],
    [bytes(good + await sameName.revocationList({ revoked: [] })), "list 2 of crl"],
    [
      bytes(await authority.revocationList({ revoked: [], thisUpdate: new Date(Date.now() + hour) })),
      "not valid before",
    ],
    [
      bytes(await authority.revocationList({ revoked: [], nextUpdate: new Date(Date.now() - 1_000) })),
      "to be replaced",
    ],
  ];
  for (const [file, words] of cases) assertThrows(() => parseRevocations(file, "crl", both), StartError, words);
});

const openssl = await new Deno.Command("openssl", { args: ["version"], stdout: "null", stderr: "null" })
  .output().then(({ success }) => success, () => false);

Deno.test({
  name: "parseRevocations() reads lists of OpenSSL with several kinds of keys, and refuses delta lists",
  ignore: !openssl,
  async fn() {
    const directory = await Deno.makeTempDir();
    const run = async (...args: string[]) => {
      const { success, stderr } = await new Deno.Command("openssl", { args, cwd: directory, stdout: "null" }).output();
      assert(success, new TextDecoder().decode(stderr));
    };
    const read = (name: string) => Deno.readFile(join(directory, name));
    try {
      await Deno.writeTextFile(
        join(directory, "ca.cnf"),
        "[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\ncrlnumber=number\ndefault_md=sha256\ndefault_crl_days=1\n" +
          "[delta]\n2.5.29.27=critical,DER:020101\n",
      );
      const pss = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:-1"]; // of the length of the hash
      const kinds: [string, string[], string[]?][] = [
        ["ec", ["-pkeyopt", "ec_paramgen_curve:P-384"]],
        ["ec", ["-pkeyopt", "ec_paramgen_curve:P-521"], ["-md", "sha512"]],
        ["rsa:2048", []],
        ["rsa:2048", [], pss],
        ["ed25519", []],
      ];
      for (const [kind, options, signature = []] of kinds) {
        await Deno.writeTextFile(
          join(directory, "index.txt"),
          "R\t300101000000Z\t260101000000Z\t1A2B\tunknown\t/CN=x\n",
        );
        await Deno.writeTextFile(join(directory, "number"), "01\n");
        const subject = ["-subj", "/CN=CA", "-days", "2", "-nodes", "-keyout", "ca.key", "-out", "ca.crt"];
        await run("req", "-x509", "-newkey", kind!, ...options, ...subject);
        const crl = ["ca", "-gencrl", "-config", "ca.cnf", "-cert", "ca.crt", "-keyfile", "ca.key", ...signature];
        await run(...crl, "-out", "crl.pem");
        const ca = new ClientCas(new TextDecoder().decode(await read("ca.crt")));
        const issuer = [...ca][0]!.own.subject;
        const revocations = parseRevocations(await read("crl.pem"), "crl", [...both, ...ca]);
        assertEquals([revocations.has({ issuer, serial: "1a2b" }), revocations.has({ issuer, serial: "1a2c" })], [
          true,
          false,
        ]);
        await run(...crl, "-crlexts", "delta", "-out", "delta.pem");
        const delta = await read("delta.pem");
        assertThrows(() => parseRevocations(delta, "crl", ca), StartError, "critical");
      }
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
});
