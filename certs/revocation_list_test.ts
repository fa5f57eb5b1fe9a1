import { assert, assertEquals, assertThrows } from "@std/assert";
import { Buffer } from "node:buffer";
import { X509Certificate } from "node:crypto";
import { ClientCas } from "../paasd/trust/client_ca.ts";
import { parseRevocations } from "../paasd/trust/revocation_list.ts";
import { createAuthority, loadAuthority, serialOf } from "./authority.ts";
import { readList } from "./revocation_list.ts";

const authority = await createAuthority({ commonName: "Test client CA", organization: "Test" });
const stranger = await createAuthority({ commonName: "Test client CA", organization: "Test" });
const date = new Date("2026-11-27T20:12:18Z");
const nextUpdate = new Date(Math.floor(Date.now() / 1_000) * 1_000 + 86_400_000);

Deno.test("readList() reads what writeList() has written", async () => {
  const revocations = [{ serial: "80ff", date, reason: "keyCompromise" as const }, { serial: "1", date }];
  const list = readList(
    await authority.revocationList({ revocations, number: 300n, nextUpdate }),
    authority.cert,
  );
  assertEquals(list.number, 300n);
  assertEquals(list.nextUpdate, nextUpdate);
  assertEquals(list.entries.map(({ serial, date, reason }) => ({ serial, date, reason })), [
    { serial: "80ff", date, reason: "keyCompromise" },
    { serial: "01", date, reason: undefined },
  ]);
  const next = await authority.revocationList({ revocations: list.entries, number: 301n, nextUpdate });
  assertEquals(readList(next, authority.cert).entries, list.entries);
  assertEquals(readList(await authority.revocationList({}), authority.cert).entries, []);
});

Deno.test("the daemon takes a list with reasons, and one of 10,000 entries", async () => {
  const { cert } = await authority.issue({ commonName: "alice", usages: ["clientAuth"] });
  const revocations = Array.from({ length: 10_000 }, (_, index) => ({
    serial: `40${index.toString(16).padStart(30, "0")}`,
    date,
    reason: "superseded" as const,
  }));
  revocations.push({ serial: serialOf(cert), date, reason: "superseded" });
  const pem = await authority.revocationList({ revocations });
  const parsed = parseRevocations(Buffer.from(pem), "crl.pem", new ClientCas(authority.cert));
  const issuer = new ClientCas(authority.cert)[Symbol.iterator]().next().value!.own.subject;
  assert(parsed.has({ issuer, serial: serialOf(cert) }));
  assert(!parsed.has({ issuer, serial: "41" }));
  assertEquals(readList(pem, authority.cert).entries.length, 10_001);
});

Deno.test("readList() refuses a list of another CA, several lists, and none", async () => {
  const list = await authority.revocationList({});
  assertThrows(() => readList(list, stranger.cert), RangeError, "not signed by the client CA");
  assertThrows(() => readList(list + list, authority.cert), RangeError, "not one revocation list in PEM");
  assertThrows(() => readList("", authority.cert), RangeError, "not one revocation list in PEM");
});

Deno.test("a list goes on after the CA was renewed", async () => {
  const list = await authority.revocationList({ revocations: [{ serial: "41", date }] });
  const cert = await authority.renew(authority.cert, {});
  assertEquals(readList(list, cert).entries.length, 1);
  const renewed = await loadAuthority({ cert, key: authority.key });
  assertEquals(new X509Certificate(renewed.cert).subject, new X509Certificate(authority.cert).subject);
  assertEquals(readList(await renewed.revocationList({}), authority.cert).entries, []);
});
