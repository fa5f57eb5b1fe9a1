import { assert, assertEquals } from "@std/assert";
import { withDirectory } from "../../tests/support/worker/directory.ts";
import { RestoredLog } from "./restored_log.ts";
import { LiveLog, type Log } from "./log.ts";
import { linesAt } from "../log_format/mark.ts";
import { LogReader } from "./reader.ts";
import type { LogReaderOptions } from "./reading.ts";
import type { LogChunk, LogGap, LogRecord } from "../log_format/record.ts";
import { decodeLogRecords } from "../log_format/decode.ts";
import { Segment } from "./segment.ts";
import { Retention } from "./retention.ts";

/** Returns all that a reader gets, and its end. */
async function read(log: Log, options?: LogReaderOptions) {
  const records: Omit<LogRecord, "recordBytes">[] = [];
  const reader = new LogReader(log, options);
  for await (const slice of reader) {
    for (const { chunk, gap } of decodeLogRecords(slice)) records.push(chunk ? { chunk } : { gap });
  }
  return { records, offset: reader.offset, lines: reader.lines };
}

/** Writes a log with lines of both streams, some of them long or unfinished. */
async function writeLog(
  directory: string,
  chunks: number,
  length: number,
  retention = new Retention(),
): Promise<LiveLog> {
  const log = await LiveLog.create(directory, retention);
  for (let n = 0; n < chunks; n++) {
    const line = `${n} ${"x".repeat(n * 7919 % length)}`;
    const grown = log.growth(new AbortController().signal);
    log.append(
      n % 3 === 0 ? "stderr" : "stdout",
      new TextEncoder().encode(n % 5 === 0 ? line : `${line}\n`),
      n % 5 === 0,
    );
    await grown; // so its segments are of the same size each time
  }
  await log.end();
  return log;
}

const OPTIONS: LogReaderOptions[] = [
  {},
  { follow: false },
  { fromOffset: 1000 },
  { fromOffset: 100_000 },
  { tailLines: 0 },
  { tailLines: 1 },
  { tailLines: 100 },
  { tailLines: 1_000_000 },
  { stream: "stderr" },
  { stream: "stdout", tailLines: 3 },
  { since: 1 },
  { until: Date.now() + 60_000 },
  { since: Date.now() + 60_000 },
  { onSlow: "skip" },
];

for (const [kind, limits] of [["all of it", {}], ["only its end", { maxLogBytes: 1024 * 1024 }]] as const) {
  Deno.test(`RestoredLog gives exactly what the log gave before, with ${kind} in the spool`, async () => {
    await withDirectory(async (directory) => {
      const log = await writeLog(directory, 1_500, 9_000, new Retention(limits));
      assert(log.written.offset > 6_000_000, "it is longer than a reader may lag");
      const summary = JSON.parse(JSON.stringify(log.summary));
      for (const known of [summary, undefined]) { // as after an orderly end, and after a kill
        const restored = new RestoredLog(directory, new Retention(limits), known);
        if (!known) await restored.recover();
        assertEquals([restored.written.offset, linesAt(restored.written)], [log.written.offset, linesAt(log.written)]);
        for (const options of OPTIONS) {
          // With bytes dropped, the marks of the index may lie elsewhere.
          if (options.onSlow && kind !== "all of it") continue;
          assertEquals(await read(restored, options), await read(log, options), Deno.inspect({ ...options, known }));
        }
      }
    });
  });
}

Deno.test("RestoredLog declares what a limit has dropped, or all of it", async () => {
  await withDirectory(async (directory) => {
    const log = await writeLog(directory, 500, 9_000, new Retention({ maxLogBytes: 1024 * 1024 }));
    while (log.segments.canDrop) await log.segments.dropOldest();
    const restored = new RestoredLog(directory, new Retention(), log.summary);
    assertEquals(await read(restored), await read(log));
    assertEquals((await read(restored)).records.map(({ gap }) => gap?.reason), ["dropped"]);
  });
});

/** Returns the files of a log. */
async function filesOf(directory: string): Promise<Map<string, Uint8Array>> {
  const names = [...Deno.readDirSync(directory)].map(({ name }) => name).sort((a, b) => parseInt(a) - parseInt(b));
  return new Map(
    await Promise.all(names.map(async (name) => [name, await Deno.readFile(`${directory}/${name}`)] as const)),
  );
}

/** Writes the files of a log. */
async function putFiles(directory: string, files: Map<string, Uint8Array>): Promise<void> {
  for await (const { name } of Deno.readDir(directory)) await Deno.remove(`${directory}/${name}`);
  for (const [name, bytes] of files) await Deno.writeFile(`${directory}/${name}`, bytes);
}

/**
 * Restores a log that has been damaged, and reads it: no byte may be missing in silence, or wrong. Returns the damage.
 *
 * @param options Only what they ask for has to be there.
 */
async function readDamaged(directory: string, log: Log, whole: LogRecord["chunk"][], options: LogReaderOptions = {}) {
  let reported = 0;
  const summary = JSON.parse(JSON.stringify(log.summary));
  const restored = new RestoredLog(directory, new Retention(), summary, undefined, (bytes) => reported += bytes);
  const { records, offset, lines } = await read(restored, options);
  assertEquals([restored.written, restored.mayBeCut], [log.written, false], "the end is not what it was");
  if (!options.until) assertEquals([offset, lines], [log.written.offset, linesAt(log.written)]);
  let at = options.fromOffset ?? 0;
  const gaps: LogGap[] = [];
  const chunks: LogRecord["chunk"][] = [];
  for (const { chunk, gap } of records) {
    assertEquals(chunk?.offset ?? gap?.from, at, "not every byte is accounted for");
    at = chunk ? chunk.offset + chunk.data.length : gap!.to;
    if (gap && gap.reason !== "not-requested") gaps.push(gap);
    if (chunk) chunks.push(chunk);
  }
  assertEquals(at, offset);
  if (Object.keys(options).length === 0) {
    assertEquals(chunks, whole.filter((chunk) => chunks.some((one) => one?.offset === chunk?.offset)));
    assertEquals(reported, gaps.reduce((sum, { from, to, reason }) => reason === "damaged" ? sum + to - from : sum, 0));
  }
  return { gaps, chunks, restored };
}

async function writeSmallLog(directory: string) {
  const log = await writeLog(directory, 8, 30);
  const { records } = await read(log);
  const bytes = await Deno.readFile(`${directory}/0.log`);
  const ends = [0];
  for (const { recordBytes } of decodeLogRecords(bytes)) ends.push(ends.at(-1)! + recordBytes);
  const chunks = records.map(({ chunk }) => chunk!);
  /** Returns the missing part when a log has only so many records. */
  const behind = (count: number): LogGap[] => {
    const { offset: to, newlines } = log.written;
    if (count === chunks.length) return [];
    const kept = new TextDecoder().decode(new Uint8Array(chunks.slice(0, count).flatMap(({ data }) => [...data])));
    return [{ from: chunks[count]!.offset, to, reason: "damaged", lines: newlines - (kept.split("\n").length - 1) }];
  };
  return { log, bytes, ends, chunks, behind, path: `${directory}/0.log` };
}

Deno.test("RestoredLog declares what is cut off a file, at any byte, and changes nothing on the disk", async () => {
  await withDirectory(async (directory) => {
    const { log, bytes, ends, chunks, behind, path } = await writeSmallLog(directory);
    for (let length = 0; length <= bytes.length; length++) {
      const whole = ends.findLastIndex((end) => end <= length);
      await Deno.writeFile(path, bytes.subarray(0, length));
      const found = await readDamaged(directory, log, chunks);
      assertEquals([found.chunks.length, found.gaps], [whole, behind(whole)], `cut at ${length}`);
      assertEquals(await Deno.readFile(path), bytes.subarray(0, length));
    }
    await Deno.remove(path);
    assertEquals((await readDamaged(directory, log, chunks)).gaps, behind(0), "it is not what a limit has dropped");
    await Deno.remove(directory, { recursive: true });
    assertEquals((await readDamaged(directory, log, chunks)).gaps, behind(0));
    await Deno.mkdir(directory);
  });
});

Deno.test("RestoredLog declares what zeros have taken the place of, also within a record", async () => {
  await withDirectory(async (directory) => {
    const { log, bytes, ends, chunks, behind, path } = await writeSmallLog(directory);
    for (let length = 0; length <= ends.at(-2)!; length++) {
      const whole = ends.findLastIndex((end) => end <= length);
      await Deno.writeFile(path, bytes.slice().fill(0, length));
      const found = await readDamaged(directory, log, chunks);
      const count = found.chunks.length;
      assert(count === whole || count === whole - 1, `zeros from ${length}`);
      assertEquals(found.gaps, behind(count), `zeros from ${length}`);
    }
  });
});

Deno.test("RestoredLog shows nothing wrong of a file with a bit that is flipped around the payloads", async () => {
  await withDirectory(async (directory) => {
    const { log, bytes, ends, chunks, behind, path } = await writeSmallLog(directory);
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const at = bit >> 3;
      const record = ends.findLastIndex((end) => end <= at);
      const { partial, data } = chunks[record]!;
      const payloadEnd = ends[record + 1]! - (partial ? 2 : 0);
      if (at >= payloadEnd - data.length && at < payloadEnd) continue;
      const flipped = bytes.slice();
      flipped[at]! ^= 1 << (bit & 7);
      await Deno.writeFile(path, flipped);
      // A wrong time cannot be found, nor a length that leaves out the mark of an unfinished line.
      const { records } = await read(new RestoredLog(directory, new Retention(), log.summary));
      const certain = ({ offset, stream, data }: LogChunk) => ({ offset, stream, data });
      const known = records.flatMap(({ chunk }) => chunk ? certain(chunk) : []);
      assertEquals(known, chunks.slice(0, known.length).map(certain), `bit ${bit}`);
      assertEquals(records.filter(({ gap }) => gap).map(({ gap }) => gap), behind(known.length), `bit ${bit}`);
      assert(known.length >= record - 1, `bit ${bit} costs more than the record before it`);
    }
  });
});

Deno.test("RestoredLog of a log without a known end has its whole records, and says that it may be cut", async () => {
  const { sync } = Segment.prototype;
  Segment.prototype.sync = () => Promise.resolve(); // hundreds of real ones would take too long
  using _restored = { [Symbol.dispose]: () => Segment.prototype.sync = sync };
  await withDirectory(async (directory) => {
    const { bytes, ends, chunks, path } = await writeSmallLog(directory);
    for (let length = 0; length <= bytes.length; length++) {
      const whole = ends.findLastIndex((end) => end <= length);
      for (const tail of [0, 50]) { // a power failure may leave zeros behind a record, or from its middle on
        const torn = new Uint8Array([...bytes.subarray(0, length), ...new Uint8Array(tail)]);
        await Deno.writeFile(path, torn);
        const restored = new RestoredLog(directory, new Retention(), undefined);
        await restored.recover();
        const found = await read(restored);
        const count = found.records.length;
        assertEquals(found.records.map(({ chunk }) => chunk), chunks.slice(0, count), `cut at ${length}`);
        assert(count === whole || tail > 0 && count === whole - 1, `cut at ${length}`);
        const reader = new LogReader(restored);
        for await (const _ of reader);
        assertEquals([restored.mayBeCut, reader.mayBeCut], [true, true]);
        assertEquals(await Deno.readFile(path), torn, "nothing on the disk is changed");
        // The summary says so too, and is the same for a longer file.
        const again = new RestoredLog(directory, new Retention(), JSON.parse(JSON.stringify(restored.summary)));
        assertEquals([await read(again), again.mayBeCut], [found, true]);
      }
    }
  });
});

Deno.test("RestoredLog shows each whole file of a row of which others are cut, damaged or gone", async () => {
  await withDirectory(async (directory) => {
    const log = await writeLog(directory, 150, 9_000, new Retention({ maxLogBytes: 1024 * 1024 }));
    const { records } = await read(log);
    const chunks = records.map(({ chunk }) => chunk!);
    const files = await filesOf(directory);
    const names = [...files.keys()];
    assert(names.length >= 5, "it has several files");
    const offsetOf = (index: number) => {
      const [first] = decodeLogRecords(files.get(names[index]!) ?? new Uint8Array());
      return first?.chunk?.offset ?? log.written.offset;
    };
    for (const [index, name] of names.entries()) {
      const bytes = files.get(name)!;
      const flipped = bytes.slice();
      flipped[1]! ^= 1; // the length of its first record
      for (
        const [kind, damaged] of [["gone", undefined], ["cut", bytes.subarray(0, -1)], ["flipped", flipped]] as const
      ) {
        const now = new Map(files);
        if (damaged) now.set(name, damaged);
        else now.delete(name);
        await putFiles(directory, now);
        const found = await readDamaged(directory, log, chunks);
        const about = `${name} is ${kind}`;
        const [from, to] = [offsetOf(index), offsetOf(index + 1)];
        assertEquals(found.gaps.length, 1, about);
        const [gap] = found.gaps;
        assertEquals([gap!.to, gap!.reason], [to, "damaged"], about);
        assert(kind === "cut" ? gap!.from > from && to - gap!.from <= 9_000 : gap!.from === from, about);
        assertEquals(found.chunks, chunks.filter(({ offset }) => offset < gap!.from || offset >= to), about);
        assertEquals(await filesOf(directory), now, "nothing on the disk is changed");
        for (const options of OPTIONS) await readDamaged(directory, log, chunks, options);
        // A reader that asks for the missing part gets a gap, whatever options it uses.
        const [before, behind] = [
          chunks.findLast(({ offset }) => offset < from),
          chunks.find(({ offset }) => offset >= to),
        ];
        for (
          const options of [
            { fromOffset: to - 1 },
            { fromOffset: from },
            { tailLines: linesAt(log.written) },
            before && { since: before.time },
            behind && { until: behind.time + 1 },
          ]
        ) {
          const told = options ? (await readDamaged(directory, log, chunks, options)).gaps : [];
          if (options) assertEquals(told.at(-1)?.to, to, `${about}: ${Deno.inspect(options)}`);
        }
      }
    }
    await putFiles(directory, new Map());
    const { gaps } = await readDamaged(directory, log, chunks);
    assertEquals(gaps, [{ from: 0, to: log.written.offset, reason: "damaged", lines: log.written.newlines }]);
  });
});

Deno.test("RestoredLog tells what a limit has dropped from what is damaged", async () => {
  await withDirectory(async (directory) => {
    const log = await writeLog(directory, 500, 9_000, new Retention({ maxLogBytes: 1024 * 1024 }));
    const dropped = log.segments.first.offset;
    assert(dropped > 0);
    const files = await filesOf(directory);
    const [first, second] = [...files.keys()].filter((name) => name.endsWith(".log"));
    const whole = (await read(log)).records.flatMap(({ chunk }) => chunk ?? []);
    await Deno.remove(`${directory}/${first}`);
    const to = Number(second!.split("-")[1]);
    const known = await readDamaged(directory, log, whole);
    assertEquals(known.gaps.map(({ from, to, reason }) => [from, to, reason]), [
      [0, dropped, "dropped"],
      [dropped, to, "damaged"],
    ]);
    // A limit drops the segment behind the damage, and then the damage counts as dropped.
    await known.restored.segments.dropOldest();
    const left = await read(known.restored);
    const third = known.restored.segments.first.offset;
    assert(third > to);
    assertEquals(left.records.slice(0, 2).map(({ gap }) => gap?.reason), ["dropped", undefined]);
    const again = await readDamaged(directory, log, whole);
    assertEquals(again.gaps.map(({ from, to, reason }) => [from, to, reason]), [[0, third, "dropped"]]);
    assertEquals(
      known.restored.segments.bytes,
      (await filesOf(directory)).values().reduce((sum, { length }) => sum + length, 0),
    );
  });
});

Deno.test("LogReader since a time declares what is missing before it, if some of that may be as late", async () => {
  await withDirectory(async (directory) => {
    const log = await LiveLog.create(directory, Object.assign(new Retention(), { segmentBytes: 1 }));
    for (let second = 0; second < 9; second++) {
      const grown = log.growth(new AbortController().signal);
      log.append("stdout", new TextEncoder().encode(`${second}\n`), false, second * 1_000);
      await grown;
    }
    await log.end();
    const names = [...(await filesOf(directory)).keys()];
    for (const name of names.slice(3, 6)) await Deno.remove(`${directory}/${name}`);
    const since = async (since: number, options: LogReaderOptions = {}) => {
      const { records } = await read(new RestoredLog(directory, new Retention(), log.summary), { since, ...options });
      return records.flatMap(({ chunk, gap }) => {
        if (chunk) return new TextDecoder().decode(chunk.data).trim();
        return gap!.reason === "damaged" ? `-${gap!.to - gap!.from}` : [];
      });
    };
    assertEquals(await since(2_000), ["2", "-6", "6", "7", "8"]);
    for (const time of [2_001, 3_000, 5_000]) assertEquals(await since(time), ["-6", "6", "7", "8"], `${time}`);
    for (const time of [5_001, 6_000]) assertEquals(await since(time), ["6", "7", "8"], "what is missing is older");
    assertEquals(await since(4_000, { until: 7_000 }), ["-6", "6"]);
    assertEquals(await since(0, { until: 2_000 }), ["0", "1"]);
    for (const name of names.slice(6)) await Deno.remove(`${directory}/${name}`);
    assertEquals(await since(8_000), ["-12"]);
    assertEquals(await since(8_001), [], "all of it is older");
  });
});
