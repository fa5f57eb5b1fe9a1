import { assertEquals } from "@std/assert";
import { element, integer, objectIdentifier, pem, time } from "./der.ts";

Deno.test("element() writes lengths of one and of several bytes", () => {
  const header = (size: number) => element(0x04, [new Uint8Array(size)]).subarray(0, -size || undefined).toHex();
  assertEquals(header(0), "0400");
  assertEquals(header(127), "047f");
  assertEquals(header(128), "048180");
  assertEquals(header(256), "04820100");
  assertEquals(header(65_536), "0483010000");
});

Deno.test("integer() is positive and has no superfluous zeros", () => {
  const written = (...bytes: number[]) => integer(Uint8Array.from(bytes)).toHex();
  assertEquals(written(0), "020100");
  assertEquals(written(), "020100");
  assertEquals(written(0, 0, 0x7f), "02017f");
  assertEquals(written(0x80), "02020080");
  assertEquals(written(0, 0x80, 0), "0203008000");
});

Deno.test("objectIdentifier() writes arcs of any size", () => {
  assertEquals(objectIdentifier("2.5.4.3").toHex(), "0603550403");
  assertEquals(objectIdentifier("1.2.840.10045.4.3.2").toHex(), "06082a8648ce3d040302");
});

Deno.test("time() has two digits for a year up to 2049, and four after it", () => {
  const written = (date: string) => new TextDecoder().decode(time(new Date(date)).subarray(2));
  assertEquals(written("2026-11-27T20:12:18.900Z"), "261127201218Z");
  assertEquals(written("2049-12-31T23:59:59Z"), "491231235959Z");
  assertEquals(written("2050-01-01T00:00:00Z"), "20500101000000Z");
});

Deno.test("pem() breaks lines after 64 characters", () => {
  const lines = pem("X", new Uint8Array(100)).split("\n");
  assertEquals(lines.map((line) => line.length), [17, 64, 64, 8, 15, 0]);
});
