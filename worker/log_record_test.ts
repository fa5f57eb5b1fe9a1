import { assertEquals, assertThrows } from "@std/assert";
import { decodeLogChunks, type LogChunk, type LogGap, RecordBuffer, wholeRecords } from "./log_record.ts";

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
  assertEquals(wholeRecords(Uint8Array.of(...first, ...gapAndMore)), { records: first, endOffset: 130 });
  assertEquals(wholeRecords(gapAndMore).records, gapAndMore);
  const alone = new RecordBuffer(0).addGap(gap).bytes;
  assertEquals(wholeRecords(Uint8Array.of(...alone, ...alone)), { records: alone, endOffset: gap.to });
});

Deno.test("wholeRecords cuts at the end of a record, wherever the bytes end", () => {
  const first = new RecordBuffer(0).add(chunks[1]!).bytes;
  const both = new RecordBuffer(0).add(chunks[1]!).add(chunks[2]!).bytes;
  for (let length = first.length; length < both.length; length++) {
    const { records, endOffset } = wholeRecords(both.subarray(0, length));
    assertEquals([records.length, endOffset], [first.length, 127 + 3]);
  }
  assertEquals(wholeRecords(both).endOffset, 2 ** 40 + 1 + 65_536);
});
