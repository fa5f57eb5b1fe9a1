import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { UnfinishedMessage } from "./unfinished_requests.ts";

/** A message with its prefix. */
function framed(length: number): number[] {
  return [0, 0, 0, length >> 8, length & 255, ...Array(length).fill(255)];
}

Deno.test("UnfinishedMessage counts what has come of a message, prefix and all, until it is whole", () => {
  const message = new UnfinishedMessage();
  const after = (...bytes: number[]) => (message.take(Uint8Array.from(bytes)), message.bytes);
  assertEquals([after(), after(0), after(0, 0), after(1, 2), after(7), after(...Array(256).fill(7))], [
    0,
    1,
    3,
    5,
    6,
    262,
  ]);
  assertEquals([after(7), after(...framed(0)), after(...framed(3), 0)], [0, 0, 1]);
});

Deno.test("UnfinishedMessage counts the same however the bytes are cut", () => {
  fc.assert(fc.property(fc.array(fc.nat(700)), fc.array(fc.integer({ min: 1, max: 999 })), (lengths, cuts) => {
    const bytes = lengths.flatMap(framed);
    const ends = lengths.map((_, index) => lengths.slice(0, index + 1).reduce((sum, length) => sum + length + 5, 0));
    const message = new UnfinishedMessage();
    let at = 0;
    for (const cut of [...cuts, bytes.length]) {
      message.take(Uint8Array.from(bytes.slice(at, at + cut)));
      at = Math.min(at + cut, bytes.length);
      assertEquals(message.bytes, at - (ends.findLast((end) => end <= at) ?? 0));
    }
  }));
});
