import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { createHash, X509Certificate } from "node:crypto";
import { join } from "node:path";
import { createAuthority, type Pair } from "../../certs/authority.ts";
import { intermediate } from "../../tests/support/intermediate.ts";
import { until } from "../../tests/support/until.ts";
import { Access } from "../access/access.ts";
import { readCertificate, userId } from "../identity/certificate.ts";
import { type RefusalKind, StartError } from "../errors.ts";
import { Realm, TestLog } from "../../tests/support/realm.ts";
import { Trust, type TrustOptions } from "./trust.ts";

/** The files of a daemon, and the trust that it reads from them. */
class Scene implements AsyncDisposable {
  readonly log = new TestLog();
  #trust: Trust | undefined;

  private constructor(readonly realm: Realm) {}

  static async open(): Promise<Scene> {
    return new Scene(await Realm.make());
  }

  async trust(options: Partial<TrustOptions> = {}): Promise<Trust> {
    return this.#trust = await Trust.read({ ...this.realm.options, ...options }, new Access(), this.log);
  }

  /** The sentence against a certificate; undefined when it may come in. */
  objection(pair: Pair): string | undefined {
    return this.#objection(pair)?.sentence;
  }

  /** The kind of the objection to a certificate. */
  kind(pair: Pair): RefusalKind | undefined {
    return this.#objection(pair)?.kind;
  }

  #objection({ cert }: Pair) {
    const certificate = readCertificate(new X509Certificate(cert).raw);
    const user = { id: userId(certificate, "certificate"), subject: "", expires: Infinity };
    return this.#trust!.objection({ user, certificate });
  }

  /** Puts a file in the place of another one in one step. */
  async replace(name: string, text: string): Promise<void> {
    const path = join(this.realm.directory, name);
    await this.realm.write(`${name}.new`, text);
    await Deno.rename(`${path}.new`, path);
  }

  /** Waits until a number of lines of one event have some words. */
  async logged(event: string, words: string, count = 1): Promise<void> {
    await until(`${event} ${words} is logged ${count} times`, () => this.count(event, words) >= count);
  }

  count(event: string, words: string): number {
    return this.log.of(event).filter((line) => line.includes(words)).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#trust?.[Symbol.asyncDispose]();
    await this.realm[Symbol.asyncDispose]();
  }
}

const user = { commonName: "user", usages: ["clientAuth" as const] };

Deno.test("Trust.objection() takes certificates that a client CA has signed itself, and none by an intermediate", async () => {
  await using scene = await Scene.open();
  const { clientCa } = scene.realm;
  const below = await intermediate(clientCa, "intermediate");
  const impostor = await intermediate(clientCa, "client CA"); // of the name of the CA above it
  const [a, i, o] = await Promise.all([clientCa, below, impostor].map((ca) => ca.issue(user)));
  await scene.trust();
  assertEquals(scene.objection(a!), undefined);
  for (const pair of [i!, o!]) {
    assertMatch(scene.objection(pair)!, /intermediates are not taken: add .* to --client-ca/);
    assertEquals(scene.kind(pair), "certificate_untrusted");
  }
  await scene.replace("client-ca.crt", clientCa.cert + below.cert);
  await scene.logged("reloaded", "client CA");
  assertEquals([scene.objection(a!), scene.objection(i!)], [undefined, undefined]);
  assertMatch(scene.objection(o!)!, /intermediates/);
});

Deno.test("Trust.objection() takes nobody whose client CA another client CA has revoked, or is not valid now", async () => {
  await using scene = await Scene.open();
  const { clientCa } = scene.realm;
  const below = await intermediate(clientCa, "intermediate");
  const [a, i] = [await clientCa.issue(user), await below.issue(user)];
  const crl = await scene.realm.write("crl", await clientCa.revocationList({ revoked: [] }));
  const client = await scene.realm.write("client-ca.crt", below.cert + clientCa.cert);
  await scene.trust({ crl, clientCa: client });
  assertEquals([scene.objection(a), scene.objection(i)], [undefined, undefined]);
  await scene.replace("crl", await clientCa.revocationList({ revoked: [below.cert] }));
  await scene.logged("reloaded", "revocation list");
  assertEquals([scene.objection(a), scene.objection(i)], [
    undefined,
    "the client CA that signed its certificate was revoked",
  ]);
  assertEquals(scene.kind(i), "certificate_revoked");

  const hour = 3_600_000;
  const old = await createAuthority({
    commonName: "old CA",
    notBefore: new Date(Date.now() - 2 * hour),
    notAfter: new Date(Date.now() - hour),
  });
  await scene.replace("client-ca.crt", clientCa.cert + old.cert);
  await scene.logged("warning", "old CA");
  const late = await old.issue({ ...user, notAfter: new Date(Date.now() + hour) });
  assertMatch(scene.objection(late)!, /CA .* has expired/);
  assertEquals(scene.kind(late), "certificate_dates");
});

/** A CA A that is trusted, a CA B that is not yet, a user of each, one of each whom their CA has revoked, and lists. */
async function twoCas(scene: Scene) {
  const a = scene.realm.clientCa;
  const b = await createAuthority({ commonName: "B" });
  const [a1, a2, b1, b2] = await Promise.all([a.issue(user), a.issue(user), b.issue(user), b.issue(user)]);
  const [listOfA, listOfB] = await Promise.all([
    a.revocationList({ revoked: [a1.cert] }),
    b.revocationList({ revoked: [b1.cert] }),
  ]);
  const crl = await scene.realm.write("crl", listOfA);
  await scene.trust({ crl });
  const opinions = () => [a1, a2, b1, b2].map((pair) => scene.objection(pair)?.replace(/ (itself|was revoked).*/, ""));
  const foreign = "its certificate is not signed by a CA of --client-ca";
  assertEquals(opinions(), ["its certificate", undefined, foreign, foreign]);
  return { a, b, listOfA, listOfB, opinions, foreign };
}
const REVOKED = "its certificate";

Deno.test("Trust takes a list that came before its CA when that comes", async () => {
  await using scene = await Scene.open();
  const { a, b, listOfA, listOfB, opinions, foreign } = await twoCas(scene);
  await scene.replace("crl", listOfA + listOfB);
  await scene.logged("reloaded", "revocation list");
  assertMatch(scene.log.of("revocation-list-passed-over").join("\n"), / list=2 issuer=B /);
  assertEquals(opinions(), [REVOKED, undefined, foreign, foreign]);
  await scene.replace("client-ca.crt", a.cert + b.cert);
  await scene.logged("reloaded", "client CA");
  assertEquals(opinions(), [REVOKED, undefined, REVOKED, undefined]);
});

Deno.test("Trust takes a list that comes after its CA", async () => {
  await using scene = await Scene.open();
  const { a, b, listOfA, listOfB, opinions } = await twoCas(scene);
  await scene.replace("client-ca.crt", a.cert + b.cert);
  await scene.logged("reloaded", "client CA");
  await scene.replace("crl", listOfA + listOfB);
  await scene.logged("reloaded", "revocation list");
  assertEquals(opinions(), [REVOKED, undefined, REVOKED, undefined]);
});

Deno.test("Trust takes one CA and its list for another, in either order", async (t) => {
  for (const first of ["crl", "client-ca.crt"]) {
    await t.step(`${first} first`, async () => {
      await using scene = await Scene.open();
      const { b, listOfB, opinions, foreign } = await twoCas(scene);
      const files: [string, string][] = [["crl", listOfB], ["client-ca.crt", b.cert]];
      if (first !== "crl") files.reverse();
      await scene.replace(...files[0]!);
      await scene.logged("not-reloaded", "none of its lists is signed by a client CA");
      assertEquals(opinions(), [REVOKED, undefined, foreign, foreign]);
      await scene.replace(...files[1]!);
      await scene.logged("reloaded", "revocation list");
      assertEquals(opinions(), [foreign, foreign, REVOKED, undefined]);
    });
  }
});

Deno.test("Trust lets no new CA in while its list cannot be used, and does when it can", async () => {
  await using scene = await Scene.open();
  const { a, b, listOfA, listOfB, opinions, foreign } = await twoCas(scene);
  const outdated = await b.revocationList({ revoked: [], nextUpdate: new Date(Date.now() - 1_000) });
  await scene.replace("crl", listOfA + outdated); // of nobody's business yet
  await scene.logged("reloaded", "revocation list");
  await scene.replace("client-ca.crt", a.cert + b.cert);
  await scene.logged("not-reloaded", "client CA");
  assertStringIncludes(scene.log.of("not-reloaded")[0]!, "list 2");
  assertEquals(opinions(), [REVOKED, undefined, foreign, foreign]);
  await scene.replace("crl", listOfA + listOfB);
  await scene.logged("reloaded", "client CA");
  assertEquals(opinions(), [REVOKED, undefined, REVOKED, undefined]);
});

Deno.test("Trust takes a CA out of force though the lists cannot be used, and goes on with lists of one that has gone", async () => {
  await using scene = await Scene.open();
  const { a, b, listOfA, listOfB, opinions, foreign } = await twoCas(scene);
  await scene.replace("crl", listOfA + listOfB);
  await scene.replace("client-ca.crt", a.cert + b.cert);
  await until("both are taken", () => opinions()[2] === REVOKED);
  await scene.replace("crl", "nonsense");
  await scene.logged("not-reloaded", "revocation list");
  await scene.replace("client-ca.crt", a.cert);
  await until("B has gone", () => opinions()[3] === foreign);
  assertEquals(opinions().slice(0, 2), [REVOKED, undefined]);
  const other = await a.issue(user);
  await scene.replace("crl", await a.revocationList({ revoked: [other.cert] }) + listOfB);
  await until("the list of A is in force", () => scene.objection(other) === "its certificate was revoked");
  assertEquals(scene.kind(other), "certificate_revoked");
});

Deno.test("Trust refuses lists among which that of a client CA is missing", async () => {
  await using scene = await Scene.open();
  const { a, b, listOfA, listOfB, opinions } = await twoCas(scene);
  await scene.replace("crl", listOfA + listOfB);
  await scene.replace("client-ca.crt", a.cert + b.cert);
  await until("both are taken", () => opinions()[2] === REVOKED);
  await scene.replace("crl", listOfB);
  await scene.logged("not-reloaded", "it has no list of CN=client CA");
  assertEquals(opinions(), [REVOKED, undefined, REVOKED, undefined]);
});

Deno.test("Trust warns of two CAs of one name and two keys where names make users", async () => {
  await using scene = await Scene.open();
  const other = await createAuthority({ commonName: "client CA" });
  const file = await scene.realm.write("client-ca.crt", scene.realm.clientCa.cert + other.cert);
  for (const [identity, count] of [["certificate", 0], ["public-key", 0], ["subject", 2]] as const) {
    await using trust = await scene.trust({ clientCa: file, identity });
    await scene.log.flush(1_000);
    assertEquals([trust.credentials.ca.length > 0, scene.count("warning", "two client CAs of this name")], [
      true,
      count,
    ]);
  }
});

Deno.test("Trust reads files with a byte order mark, and names the one that is UTF-16", async () => {
  await using scene = await Scene.open();
  const { realm } = scene;
  const pair = await realm.user();
  const fingerprint = createHash("sha256").update(new X509Certificate(pair.cert).raw).digest("hex");
  const marked = async (name: string, text: string) => await realm.write(name, `\ufeff${text}`);
  const trust = await scene.trust({
    tlsCert: await marked("cert", realm.server.cert),
    tlsKey: await marked("key", realm.server.key),
    clientCa: await marked("ca", realm.clientCa.cert),
    crl: await marked("crl", await realm.clientCa.revocationList({ revoked: [] })),
    denyList: await marked("denied", fingerprint),
    policy: await marked("policy", 'default = "user"\n'),
  });
  const { cert, key, ca } = trust.credentials;
  assertEquals([cert, key, ca], [realm.server.cert, realm.server.key, realm.clientCa.cert]);
  assertEquals(scene.objection(pair), "its certificate is on the deny list");
  assertEquals(scene.kind(pair), "certificate_revoked");
  await Deno.writeFile(join(realm.directory, "utf16"), new Uint8Array([0xff, 0xfe, 0x2d, 0]));
  const utf16 = join(realm.directory, "utf16");
  for (
    const options of [{ clientCa: utf16 }, { tlsKey: utf16 }, { denyList: utf16 }, { policy: utf16 }, { crl: utf16 }]
  ) {
    await using other = await Scene.open();
    await assertRejects(() => other.trust(options), StartError, "UTF-16");
  }
});

Deno.test("Trust waits for no FIFO, at the start and later", async () => {
  await using scene = await Scene.open();
  const fifo = join(scene.realm.directory, "fifo");
  await new Deno.Command("mkfifo", { args: [fifo] }).output();
  for (const name of ["tlsCert", "tlsKey", "clientCa", "crl", "denyList", "policy"] as const) {
    await using other = await Scene.open();
    await assertRejects(() => other.trust({ [name]: fifo }), StartError, "no file");
  }
  const denyList = await scene.realm.write("denied", "");
  await using trust = await scene.trust({ denyList });
  await Deno.remove(denyList);
  await Deno.rename(fifo, denyList);
  await scene.logged("not-reloaded", "no file");
  await trust.reload();
  await scene.logged("not-reloaded", "no file", 2);
});

Deno.test("Trust has the ends of what is in force, follows changes of the files, and warns of an end that is near", async () => {
  await using scene = await Scene.open();
  const { realm } = scene;
  const days = (count: number) => new Date(Date.now() + count * 86_400_000);
  const [a, b] = [realm.clientCa, await createAuthority({ commonName: "b", notAfter: days(5.5) })];
  const both = await realm.write("both", a.cert + b.cert);
  const list = await a.revocationList({ revoked: [], nextUpdate: days(3.5) });
  const crl = await realm.write("crl", list + await b.revocationList({ revoked: [], nextUpdate: days(9) }));
  const trust = await scene.trust({ clientCa: both, crl });
  const ends = (kind: string) => trust.endings.filter((ending) => ending.kind === kind).map(({ ends }) => ends);
  const seconds = (date: Date) => Math.floor(date.getTime() / 1_000) * 1_000;
  assertEquals(ends("server"), [new X509Certificate(realm.server.cert).validToDate.getTime()]);
  assertEquals(ends("client_ca"), [a, b].map(({ cert }) => new X509Certificate(cert).validToDate.getTime()));
  assertEquals(ends("crl").length, 1);
  assertEquals(Math.abs(ends("crl")[0]! - seconds(days(3.5))) <= 60_000, true);
  await scene.log.flush(5_000);
  assertEquals([scene.count("warning", 'cause="it ends in 5 days'), scene.log.of("warning").length], [1, 1]);

  const renewed = await realm.serverCa.issue({
    commonName: "server",
    usages: ["serverAuth"],
    hosts: ["localhost"],
    notAfter: days(1.5),
  });
  await Promise.all([scene.replace("server.key", renewed.key), scene.replace("server.crt", renewed.cert)]);
  await scene.logged("warning", `file=${realm.directory}/server.crt subject="CN=server" ends=`);
  assertEquals(ends("server"), [new X509Certificate(renewed.cert).validToDate.getTime()]);
  await trust.reload();
  assertEquals(scene.count("warning", "server.crt"), 1);
});
