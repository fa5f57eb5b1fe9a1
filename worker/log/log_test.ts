import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { dirname } from "node:path";
import { until } from "../../tests/support/until.ts";
import { SpoolError } from "../errors.ts";
import { LiveLog } from "./log.ts";
import { LogReader } from "./reader.ts";
import type { LogGap } from "../log_format/record.ts";
import { decodeLogChunks, decodeLogRecords } from "../log_format/decode.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

async function withLog(test: (log: LiveLog, path: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await test(await LiveLog.create(directory), `${directory}/0.log`);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Reads to the end, and checks that the offsets leave no gap and repeat nothing. */
async function readAll(reader: LogReader): Promise<string> {
  let text = "";
  let offset = 0;
  for await (const records of reader) {
    for (const chunk of decodeLogChunks(records)) {
      assertEquals(chunk.offset, offset);
      offset += chunk.data.length;
      text += new TextDecoder("latin1").decode(chunk.data);
    }
  }
  assertEquals(reader.offset, offset);
  return text;
}

/** Reads to the end; returns the text, and the gaps. */
async function readWithGaps(reader: LogReader): Promise<{ text: string; gaps: LogGap[] }> {
  let text = "";
  const gaps: LogGap[] = [];
  for await (const records of reader) {
    for (const { chunk, gap } of decodeLogRecords(records)) {
      if (gap) gaps.push(gap);
      else text += new TextDecoder().decode(chunk!.data);
    }
  }
  return { text, gaps };
}

Deno.test("LogReader gives the same to a reader from the start, one in the middle and one after the end", async () => {
  await withLog(async (log) => {
    const early = readAll(new LogReader(log));
    let expected = "";
    let middle: Promise<string> | undefined;
    for (let line = 0; line < 20_000; line++) {
      const text = `line ${line}\n`;
      expected += text;
      log.append(line % 3 ? "stdout" : "stderr", bytes(text));
      if (line % 100 === 0) await log.writable();
      if (line === 10_000) {
        await until("something is written", () => log.written.position > 0);
        middle = readAll(new LogReader(log));
      }
    }
    await log.end();
    const late = readAll(new LogReader(log));
    assertEquals(await Promise.all([early, middle, late]), [expected, expected, expected]);
    assertEquals(log.written.offset, expected.length);
  });
});

Deno.test("LogReader without follow ends at what is there when it is called", async () => {
  await withLog(async (log) => {
    log.append("stdout", bytes("one\n"));
    await until("it is written", () => log.written.offset === 4);
    const snapshot = new LogReader(log, { follow: false });
    log.append("stdout", bytes("two\n"));
    await until("it is written", () => log.written.offset === 8);
    assertEquals(await readAll(snapshot), "one\n");
    assertEquals(await readAll(new LogReader(log, { follow: false })), "one\ntwo\n");
    await log.end();
  });
});

Deno.test("LogReader of an empty log ends when the log does", async () => {
  await withLog(async (log) => {
    const text = readAll(new LogReader(log));
    assertEquals(await readAll(new LogReader(log, { follow: false })), "");
    await log.end();
    assertEquals(await text, "");
  });
});

Deno.test("LogReader hands out slices of at most 256 KiB to a reader that lags", async () => {
  await withLog(async (log) => {
    for (let chunk = 0; chunk < 100; chunk++) log.append("stdout", new Uint8Array(60_000));
    await log.end();
    let largest = 0;
    for await (const records of new LogReader(log)) largest = Math.max(largest, records.length);
    assertEquals(largest <= 256 * 1024 && largest > 128 * 1024, true);
  });
});

Deno.test("LogReader.cancel forgets a reader that waits for output", async () => {
  await withLog(async (log) => {
    const reader = new LogReader(log).getReader();
    const pending = reader.read();
    await reader.cancel();
    assertEquals((await pending).done, true);
    log.append("stdout", bytes("unseen\n"));
    await log.end();
  });
});

Deno.test("LogReader ends with the reason of its signal", async () => {
  await withLog(async (log) => {
    const abort = new AbortController();
    const pending = readAll(new LogReader(log, { signal: abort.signal }));
    abort.abort(new RangeError("enough"));
    await assertRejects(() => pending, RangeError, "enough");
    await log.end();
  });
});

Deno.test("LogReader reads a log whose writer is gone", async () => {
  await withLog(async (log) => {
    log.append("stdout", bytes("kept\n"));
    await log.end();
    for (let time = 0; time < 3; time++) assertEquals(await readAll(new LogReader(log)), "kept\n");
  });
});

Deno.test("LogReader leaves no descriptor behind, however many come at the same moment", async () => {
  await withLog(async (log, path) => {
    log.append("stdout", bytes("kept\n"));
    await log.end();
    const texts = await Promise.all(Array.from({ length: 20 }, () => readAll(new LogReader(log))));
    assertEquals(new Set(texts), new Set(["kept\n"]));
    const open = [...Deno.readDirSync("/proc/self/fd")].filter(({ name }) => {
      try {
        return Deno.readLinkSync(`/proc/self/fd/${name}`) === path;
      } catch {
        return false; // the descriptor of the listing itself
      }
    });
    assertEquals(open.length, 0);
  });
});

Deno.test("LogReader declares what is missing when the file was cut or has vanished, and what comes later is there", async () => {
  await withLog(async (log, path) => {
    const kept = "kept\n";
    const lost = "lost\n".repeat(10);
    const written = async (text: string) => {
      const { offset } = log.written;
      log.append("stdout", bytes(text));
      await until("it is written", () => log.written.offset === offset + text.length);
    };
    await written(kept);
    const { size } = await Deno.stat(path);
    await written(lost);
    await Deno.truncate(path, size);
    const gap: LogGap = { from: 5, to: 55, reason: "damaged", lines: 10 };
    assertEquals(await readWithGaps(new LogReader(log, { follow: false })), { text: kept, gaps: [gap] });
    await written("later\n");
    assertEquals(await readWithGaps(new LogReader(log, { follow: false })), { text: `${kept}later\n`, gaps: [gap] });
    await Deno.remove(path);
    await log.end();
    assertEquals(await readWithGaps(new LogReader(log)), { text: "later\n", gaps: [{ ...gap, from: 0, lines: 11 }] });
  });
});

Deno.test("Log is cut in files of some 16 MiB without a limit, too: more is not lost by a byte that is damaged", async () => {
  await withLog(async (log, path) => {
    const chunk = new Uint8Array(60_000).fill(0x78);
    for (let count = 0; count < 600; count++) {
      log.append("stdout", chunk, true);
      await log.writable();
    }
    await log.end();
    const damaged = await Deno.open(path, { write: true });
    await damaged.write(Uint8Array.of(0xff));
    damaged.close();
    let kept = 0;
    for await (const slice of new LogReader(log)) {
      for (const { data } of decodeLogChunks(slice)) kept += data.length;
    }
    assertEquals([log.written.offset - kept < 18 * 1024 * 1024, kept > 0], [true, true]);
  });
});

Deno.test("LiveLog.append keeps the time that it is given, but never goes back", async () => {
  await withLog(async (log) => {
    for (const time of [5, 7, 6, 8]) log.append("stdout", bytes("x\n"), false, time);
    log.append("stdout", bytes("now\n"));
    await log.end();
    const times: number[] = [];
    for await (const records of new LogReader(log)) for (const { time } of decodeLogChunks(records)) times.push(time);
    assertEquals(times.slice(0, 4), [5, 7, 7, 8]);
    assert(Math.abs(times[4]! - Date.now()) < 60_000);
  });
});

Deno.test("LiveLog.create refuses a directory that has a log", async () => {
  await withLog(async (log, path) => {
    assertInstanceOf(await assertRejects(() => LiveLog.create(dirname(path))), SpoolError);
    await log.end();
  });
});
