import { assertEquals, assertThrows } from "@std/assert";
import type { LogChunk, LogGap } from "./record.ts";
import { decodeLogChunks, wholeRecords } from "./decode.ts";
import { RecordBuffer } from "./record_buffer.ts";

const END = 2 ** 50;

const chunks: LogChunk[] = [
  { offset: 0, stream: "stdout", time: 0, data: new Uint8Array() },
  { offset: 127, stream: "stderr", time: 1_795_408_608_409, data: Uint8Array.of(0, 255, 10) },
  { offset: 2 ** 40 + 1, stream: "stdout", time: 999.5, data: new Uint8Array(65_536).fill(7) },
];

Deno.test("RecordBuffer holds what decodeLogChunks gives back, however much it has to grow", () => {
  const records = new RecordBuffer(0);
  for (const chunk of chunks) records.add(chunk);
  assertEquals([...decodeLogChunks(records.bytes)], chunks);
});

Deno.test("decodeLogChunks refuses bytes that are cut off or no records", () => {
  const { bytes } = new RecordBuffer(10).add({ offset: 1, stream: "stdout", time: 5, data: new Uint8Array(10) });
  for (let length = 1; length < bytes.length; length++) {
    assertThrows(() => [...decodeLogChunks(bytes.subarray(0, length))], RangeError);
  }
  assertThrows(() => [...decodeLogChunks(Uint8Array.of(1, 2, 3, 4))], RangeError);
});

Deno.test("wholeRecords ends before a gap, unless it begins with one", () => {
  const gap: LogGap = { from: 130, to: 2 ** 40 + 1, reason: "no-space" };
  const first = new RecordBuffer(0).add(chunks[1]!).bytes;
  const gapAndMore = new RecordBuffer(0).addGap(gap).add(chunks[2]!).bytes;
  assertEquals(wholeRecords(Uint8Array.of(...first, ...gapAndMore), 127, END), { records: first, endOffset: 130 });
  assertEquals(wholeRecords(gapAndMore, 130, END)?.records, gapAndMore);
  const alone = new RecordBuffer(0).addGap(gap).bytes;
  const next = new RecordBuffer(0).addGap({ ...gap, from: gap.to, to: END }).bytes;
  assertEquals(wholeRecords(Uint8Array.of(...alone, ...next), 130, END), { records: alone, endOffset: gap.to });
});

Deno.test("wholeRecords cuts at the end of a record, wherever the bytes end", () => {
  const first = new RecordBuffer(0).add(chunks[1]!).bytes;
  const both = new RecordBuffer(0).add(chunks[1]!).add({ ...chunks[2]!, offset: 130 }).bytes;
  for (let length = first.length; length < both.length; length++) {
    assertEquals(wholeRecords(both.subarray(0, length), 127, END), { records: first, endOffset: 127 + 3 });
  }
});

Deno.test("wholeRecords takes only records that go on where the one before them ends, and not too far", () => {
  const one: LogChunk = { offset: 0, stream: "stdout", time: 5, data: new Uint8Array(10) };
  const first = new RecordBuffer(0).add(one).bytes;
  const both = new RecordBuffer(0).add(one).add({ ...one, offset: 10 }).bytes;
  assertEquals(wholeRecords(both, 0, 20), { records: both, endOffset: 20 });
  assertEquals(wholeRecords(both, 0, 19), { records: first, endOffset: 10 });
  assertEquals(wholeRecords(both, 1, 20), undefined);
  const three = new RecordBuffer(0).add(one).add({ ...one, offset: 10 }).add({ ...one, offset: 21 }).bytes;
  assertEquals(wholeRecords(three, 0, 100), { records: first, endOffset: 10 }, "nobody knows which of two is wrong");
  const gap = new RecordBuffer(0).addGap({ from: 0, to: 100, reason: "no-space" }).bytes;
  assertEquals(wholeRecords(gap, 0, 99), undefined);
});

Deno.test("wholeRecords finds any bit that is flipped around the payload, but for those of the time", () => {
  const one: LogChunk = { offset: 0, stream: "stdout", time: 5_000, data: new Uint8Array(300), partial: true };
  const { bytes } = new RecordBuffer(0).add(one).add({ ...one, offset: 300, partial: undefined });
  const payload = bytes.indexOf(0x22) + 3;
  const unseen = new Set<number>();
  for (let bit = 0; bit < 8 * bytes.length; bit++) {
    const flipped = bytes.slice();
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    const seen = wholeRecords(flipped, 0, 600)?.endOffset !== 600;
    const inPayload = bytes.length - bit / 8 <= 300 || bit / 8 >= payload && bit / 8 < payload + 300;
    if (!seen && !inPayload) unseen.add(bit >> 3);
  }
  assertEquals(unseen.size, 2 * 2, "a byte of seconds and one of nanoseconds, twice");
});
