import { assertEquals, assertRejects } from "@std/assert";
import { IncompleteLogError } from "../errors.ts";
import type { LogGap } from "../log_format/record.ts";
import { LiveLog, type Log } from "./log.ts";
import { type ChunkOptions, chunksOf, LogReader } from "./reader.ts";
import { RestoredLog } from "./restored_log.ts";
import { Retention } from "./retention.ts";

/** Runs a test with a log of two segments, "one\n" and "two\n". */
async function withLog(test: (log: LiveLog, directory: string, retention: Retention) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    const retention = Object.assign(new Retention(), { segmentBytes: 1 });
    const log = await LiveLog.create(directory, retention);
    for (const line of ["one\n", "two\n"]) {
      const grown = log.growth(new AbortController().signal);
      log.append("stdout", new TextEncoder().encode(line));
      await grown;
    }
    await log.end();
    await test(log, directory, retention);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function textOf(log: Log, options?: ChunkOptions): Promise<string> {
  let text = "";
  for await (const { data } of chunksOf((options) => Promise.resolve(new LogReader(log, options)), options)) {
    text += new TextDecoder().decode(data);
  }
  return text;
}

Deno.test("chunksOf() yields all chunks, and takes bytes that were not requested for no gap", async () => {
  await withLog(async (log) => {
    assertEquals(await textOf(log), "one\ntwo\n");
    assertEquals(await textOf(log, { tailLines: 1 }), "two\n");
    assertEquals(await textOf(log, { stream: "stderr" }), "");
  });
});

Deno.test("chunksOf() refuses to pass over missing bytes, unless a callback takes them", async () => {
  await withLog(async (log) => {
    await log.segments.dropOldest();
    const { gap } = await assertRejects(() => textOf(log), IncompleteLogError, "bytes 0 to 4 (dropped)");
    assertEquals([gap?.from, gap?.to, gap?.reason], [0, 4, "dropped"]);
    const gaps: LogGap[] = [];
    assertEquals(await textOf(log, { onGap: (gap) => gaps.push(gap) }), "two\n");
    assertEquals(gaps, [{ from: 0, to: 4, reason: "dropped", lines: 1 }]);
  });
});

Deno.test("chunksOf() refuses an end that may be cut, unless a callback takes it", async () => {
  await withLog(async (_log, directory, retention) => {
    const restored = new RestoredLog(directory, retention, undefined);
    await assertRejects(() => textOf(restored), IncompleteLogError, "may lack its end");
    let cut = 0;
    assertEquals(await textOf(restored, { onCut: () => cut++ }), "one\ntwo\n");
    assertEquals(cut, 1);
  });
});
