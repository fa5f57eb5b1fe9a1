import { assert, assertEquals } from "@std/assert";
import { Log } from "./log.ts";
import { linesAt } from "./log_index.ts";
import type { LogReaderOptions } from "./log_reader.ts";
import { decodeLogRecords, type LogRecord } from "./log_record.ts";
import { Retention } from "./retention.ts";

async function withDirectory(test: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** All that a reader gets, and what its end says. */
async function read(log: Log, options?: LogReaderOptions) {
  const records: Omit<LogRecord, "recordBytes">[] = [];
  const reader = log.read(options);
  for await (const slice of reader) {
    for (const { chunk, gap } of decodeLogRecords(slice)) records.push(chunk ? { chunk } : { gap });
  }
  return { records, offset: reader.offset, lines: reader.lines };
}

/** A log with lines of both streams, some of them long or unfinished. */
async function writeLog(directory: string, chunks: number, length: number, retention = new Retention()): Promise<Log> {
  const log = await Log.create(directory, retention);
  for (let n = 0; n < chunks; n++) {
    const line = `${n} ${"x".repeat(n * 7919 % length)}`;
    log.append(
      n % 3 === 0 ? "stderr" : "stdout",
      new TextEncoder().encode(n % 5 === 0 ? line : `${line}\n`),
      n % 5 === 0,
    );
    await log.writable();
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
  Deno.test(`Log.restore gives exactly what the log gave before, with ${kind} in the spool`, async () => {
    await withDirectory(async (directory) => {
      const log = await writeLog(directory, 1_500, 9_000, new Retention(limits));
      assert(log.written.offset > 6_000_000, "it is longer than a reader may lag");
      const summary = JSON.parse(JSON.stringify(log.summary));
      for (const known of [summary, undefined]) { // as after an orderly end, and after a kill
        const restored = Log.restore(directory, new Retention(limits), known);
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

Deno.test("Log.restore declares what a limit has dropped, or all of it", async () => {
  await withDirectory(async (directory) => {
    const log = await writeLog(directory, 500, 9_000, new Retention({ maxLogBytes: 1024 * 1024 }));
    while (log.canDrop) await log.dropOldest();
    const restored = Log.restore(directory, new Retention(), log.summary);
    assertEquals(await read(restored), await read(log));
    assertEquals((await read(restored)).records.map(({ gap }) => gap?.reason), ["dropped"]);
  });
});

Deno.test("Log.restore keeps the whole records of a file that is cut at any byte, and cuts off the rest", async () => {
  await withDirectory(async (directory) => {
    const log = await writeLog(directory, 12, 40);
    const { records } = await read(log);
    const path = `${directory}/0.log`;
    const bytes = await Deno.readFile(path);
    const ends = [0];
    for (const { recordBytes } of decodeLogRecords(bytes)) ends.push(ends.at(-1)! + recordBytes);
    for (let length = 0; length <= bytes.length; length++) {
      for (const tail of ends.includes(length) ? [0, 50] : [0]) { // a power failure may leave zeros behind a record
        await Deno.writeFile(path, new Uint8Array([...bytes.subarray(0, length), ...new Uint8Array(tail)]));
        const restored = Log.restore(directory, new Retention(), undefined);
        await restored.recover();
        const whole = ends.findLastIndex((end) => end <= length);
        assertEquals((await read(restored)).records, records.slice(0, whole), `cut at ${length}`);
        assertEquals((await Deno.stat(path)).size, ends[whole], `cut at ${length}`);
      }
    }
  });
});

Deno.test("Log.restore of a row of files with a torn or a missing one has all that is before it", async () => {
  await withDirectory(async (directory) => {
    const retention = () => new Retention({ maxSpoolBytes: 4 * 1024 * 1024 });
    const log = await writeLog(directory, 100, 9_000, retention());
    const { records } = await read(log);
    const files = () =>
      [...Deno.readDirSync(directory)].map(({ name }) => name).sort((a, b) => parseInt(a) - parseInt(b));
    assert(files().length > 4, "it has several files");
    const torn = `${directory}/${files()[2]}`;
    await Deno.truncate(torn, (await Deno.stat(torn)).size - 1);
    const cut = Log.restore(directory, retention(), log.summary); // what is known of its end is not true any more
    await cut.recover();
    const left = await read(cut);
    assertEquals(left.records, records.slice(0, left.records.length));
    assertEquals(files().length, 3);
    await Deno.remove(`${directory}/${files()[1]}`);
    const missing = Log.restore(directory, retention(), undefined);
    await missing.recover();
    const start = await read(missing);
    assertEquals(start.records, records.slice(0, start.records.length));
    assertEquals(files().length, 1);
  });
});
