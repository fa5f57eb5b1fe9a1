import { assert, assertEquals } from "@std/assert";
import type { LogChunk } from "./record.ts";
import { decodeLogRecords } from "./decode.ts";
import { RecordBuffer } from "./record_buffer.ts";
import { pieces } from "./slice.ts";

function chunk(offset: number, length: number, line = 20, partial?: true): LogChunk {
  const data = Uint8Array.from({ length }, (_, at) => (at + 1) % line === 0 ? 0x0a : 0x61 + at % 26);
  return { offset, stream: "stderr", time: 1_700_000_000_123, data, ...partial && { partial } };
}

/** Returns all chunks and gaps of runs of records. */
function contents(runs: Uint8Array[]) {
  const records = runs.flatMap((run) => [...decodeLogRecords(run)]);
  const chunks = records.flatMap(({ chunk }) => chunk ? [chunk] : []);
  return { gaps: records.flatMap(({ gap }) => gap ? [gap] : []), chunks };
}

Deno.test("pieces() gives every byte once, in runs of the size that is right at the time", () => {
  const buffer = new RecordBuffer(0).addGap({ from: 0, to: 50, reason: "dropped" });
  buffer.add(chunk(50, 10)).add(chunk(60, 5_000)).add(chunk(5_060, 300)).add(chunk(5_360, 3_000, 4_000, true));
  const { bytes } = buffer;
  assertEquals([...pieces(bytes, () => bytes.length)], [bytes]);
  for (const sizes of [[400], [1_000], [64, 2_000], [3_100, 100]]) {
    let turn = 0;
    const runs = [...pieces(bytes, () => sizes[turn++ % sizes.length]!)];
    const { gaps, chunks } = contents(runs);
    assertEquals(gaps, [{ from: 0, to: 50, reason: "dropped", lines: undefined }]);
    let offset = 50;
    for (const { offset: begin, data, stream, time, partial } of chunks) {
      assertEquals([begin, stream, time], [offset, "stderr", 1_700_000_000_123]);
      offset += data.length;
      assertEquals(partial, data.at(-1) === 0x0a || begin === 50 ? undefined : true);
    }
    assertEquals(offset, 8_360);
    assert(Math.max(...runs.map(({ length }) => length)) < Math.max(...sizes) + 64);
    const joined = new Uint8Array(chunks.flatMap(({ data }) => [...data]));
    const whole = new Uint8Array(contents([bytes]).chunks.flatMap(({ data }) => [...data]));
    assertEquals(joined, whole);
  }
});
