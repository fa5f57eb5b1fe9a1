/** Logs whose oldest part is dropped and whose spool fails at times, with readers that stall, die and come again. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { until } from "../../tests/support/until.ts";
import { clock } from "../system/clock.ts";
import { LiveLog } from "./log.ts";
import { LogReader } from "./reader.ts";
import type { LogReaderOptions } from "./reading.ts";
import type { LogGap, LogStream } from "../log_format/record.ts";
import { decodeLogRecords } from "../log_format/decode.ts";
import { Segment } from "./segment.ts";
import { MIN_LIMIT_BYTES, Retention } from "./retention.ts";

const RETRY_MS = 1_000;
const LIMITS = { segmentBytes: 2_000 };

type Step =
  | { do: "write"; stream: LogStream; size: number }
  | { do: "fail" | "recover"; pass: number }
  | { do: "drop" }
  | { do: "read" | "die"; reader: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("write" as const),
      stream: fc.constantFrom<LogStream>("stdout", "stderr"),
      size: fc.oneof(fc.nat(40), fc.nat(1_500), fc.nat(60_000)).map((size) => size + 1),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom("fail" as const, "recover" as const), pass: fc.nat(1_500) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("drop" as const) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("read" as const), reader: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("die" as const), reader: fc.nat(2) }) },
);

/** Returns the byte at an offset of the log, so that a byte at a wrong offset is found. */
const valueAt = (offset: number) => offset % 251 === 0 ? 0x0a : offset % 251;

/** A reader that goes on at its last offset after it has died, as a client does. */
class Follower {
  readonly gaps: LogGap[] = [];
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #pending: Promise<boolean> | undefined;

  constructor(readonly log: LiveLog, readonly options: LogReaderOptions = {}, public offset = 0) {}

  /** Reads one slice, if there is one by now. */
  async read(): Promise<void> {
    this.#pending ??= this.#next().finally(() => this.#pending = undefined);
    const { promise: moment, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, 3);
    await Promise.race([this.#pending, moment]);
    clearTimeout(timer);
  }

  async readAll(): Promise<void> {
    while (await (this.#pending ??= this.#next())) this.#pending = undefined;
  }

  async die(): Promise<void> {
    await this.#reader?.cancel();
    await this.#pending;
    this.#reader = undefined;
    this.#pending = undefined;
  }

  async #next(): Promise<boolean> {
    this.#reader ??= new LogReader(this.log, { ...this.options, fromOffset: this.offset }).getReader();
    const { value, done } = await this.#reader.read();
    if (done) return false;
    for (const { chunk, gap } of decodeLogRecords(value)) {
      assertEquals((chunk?.offset ?? gap?.from)!, this.offset, "it goes on at the next byte");
      if (gap) {
        assert(gap.to > gap.from);
        this.gaps.push(gap);
        this.offset = gap.to;
      } else {
        for (const byte of chunk!.data) {
          if (byte !== valueAt(this.offset)) assertEquals(byte, valueAt(this.offset), `byte ${this.offset}`);
          this.offset++;
        }
      }
    }
    return true;
  }
}

/** Returns whether each byte of a range is in one of these ranges. */
function covered({ from, to }: LogGap, ranges: { from: number; to: number }[]): boolean {
  for (let at = from; at < to;) {
    const next = ranges.find((range) => range.from <= at && at < range.to);
    if (!next) return false;
    at = next.to;
  }
  return true;
}

/** Runs a test with a log in a directory of its own, a clock that stands still, and a spool that fails on demand. */
async function withFailingLog(
  test: (log: LiveLog, spool: { failing: boolean; time: number }) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  const { now } = clock;
  const { write } = Segment.prototype;
  const spool = { failing: false, time: 1_000_000 };
  try {
    const log = await LiveLog.create(directory, Object.assign(new Retention(), LIMITS));
    clock.now = () => spool.time;
    Segment.prototype.write = function (records) {
      if (!spool.failing) return write.call(this, records);
      return Promise.reject(Object.assign(new Error("No space left on device"), { code: "ENOSPC" }));
    };
    await test(log, spool);
  } finally {
    clock.now = now;
    Segment.prototype.write = write;
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("LogReader gives every byte or a declared gap, whatever is dropped, lost, stalled, cut off and resumed", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      await withFailingLog(async (log, spool) => {
        const followers = [new Follower(log), new Follower(log), new Follower(log)];
        const lost: { from: number; to: number }[] = [];
        let offset = 0;
        let retryAt = -Infinity;
        const settled = () => until("all is written or lost", () => log.written.offset === offset);
        for (const step of steps) {
          switch (step.do) {
            case "write": {
              const from = offset;
              const data = Uint8Array.from({ length: step.size }, () => valueAt(offset++));
              log.append(step.stream, data, true);
              if (spool.failing && spool.time >= retryAt) retryAt = spool.time + RETRY_MS;
              if (spool.time < retryAt) lost.push({ from, to: offset });
              break;
            }
            case "fail":
            case "recover":
              await settled();
              spool.time += step.pass;
              spool.failing = step.do === "fail";
              break;
            case "drop":
              if (log.segments.canDrop) await log.segments.dropOldest();
              break;
            case "read":
              await followers[step.reader]!.read();
              break;
            case "die":
              await followers[step.reader]!.die();
          }
        }
        await log.end();
        const dropped = { from: 0, to: log.segments.first.offset };
        const fresh = [new Follower(log), new Follower(log, { follow: false })];
        const resumed = [0.25, 0.5, 0.75, 0.95].map((share) => new Follower(log, {}, Math.floor(share * offset)));
        for (const follower of [...followers, ...fresh, ...resumed]) {
          await follower.readAll();
          assertEquals(follower.offset, offset);
          for (const gap of follower.gaps) {
            const allowed = { "no-space": lost, "dropped": [dropped] }[gap.reason as string];
            assert(allowed && covered(gap, allowed), `a gap that has no reason: ${JSON.stringify(gap)}`);
          }
        }
        for (const { gaps } of fresh) {
          const missing = gaps.reduce((sum, { from, to }) => sum + to - from, 0);
          const lostLater = lost.reduce((sum, { from, to }) => sum + Math.max(0, to - Math.max(from, dropped.to)), 0);
          assertEquals(missing, dropped.to + lostLater, "more is missing than was lost");
        }
      });
    }),
    { numRuns: 200 },
  );
});

Deno.test("LogReader tells a follower at once that the spool cannot be written, and goes on when it can", async () => {
  await withFailingLog(async (log, spool) => {
    const follower = new Follower(log);
    const write = (size: number) =>
      log.append("stdout", Uint8Array.from({ length: size }, (_, at) => valueAt(sent + at)));
    let sent = 0;
    write(10);
    sent += 10;
    await until("it is there", async () => (await follower.read(), follower.offset === 10));
    spool.failing = true;
    write(20);
    sent += 20;
    await until("it is declared", async () => (await follower.read(), follower.offset === 30));
    assertEquals(follower.gaps, [{ from: 10, to: 30, reason: "no-space", lines: 1 }]);
    spool.failing = false;
    spool.time += RETRY_MS;
    write(5);
    await log.end();
    await follower.readAll();
    assertEquals([follower.offset, follower.gaps.length], [35, 1]);
    const late = new Follower(log);
    await late.readAll();
    assertEquals(late.gaps, follower.gaps);
  });
});

Deno.test("Log keeps at most its limit and begins with whole segments, and readers are told what was dropped", async () => {
  const directory = await Deno.makeTempDir();
  const retention = new Retention({ maxLogBytes: MIN_LIMIT_BYTES });
  const log = await LiveLog.create(directory, retention);
  const line = new TextEncoder().encode(`${"x".repeat(99)}\n`);
  const slow = new LogReader(log).getReader();
  for (let written = 0; written < 50_000; written++) {
    log.append("stdout", line);
    await log.writable();
    if (written === 100) await slow.read();
  }
  await log.end();
  const files = [...Deno.readDirSync(directory)].map(({ name }) => Deno.statSync(`${directory}/${name}`).size);
  const kept = files.reduce((sum, size) => sum + size, 0);
  assert(kept <= MIN_LIMIT_BYTES && kept > MIN_LIMIT_BYTES / 2, `${kept} bytes are kept`);
  assertEquals(log.segments.bytes, kept);
  const [first] = decodeLogRecords((await new LogReader(log).getReader().read()).value!);
  const { offset, newlines } = log.segments.first;
  assertEquals(first?.gap, { from: 0, to: offset, reason: "dropped", lines: newlines });
  assertEquals(newlines, offset / 100);
  assertEquals([...decodeLogRecords((await slow.read()).value!)][0]?.gap?.to, offset);
  await slow.cancel();
  await Deno.remove(directory, { recursive: true });
});

Deno.test("LogReader tells what was dropped, also in the very moment in which it looks for its beginning", async () => {
  await withFailingLog(async (log) => {
    for (let line = 0; line < 100; line++) {
      const { offset } = log.written;
      log.append("stdout", new TextEncoder().encode(`${"x".repeat(1_999)}\n`));
      await until("it is written", () => log.written.offset > offset);
    }
    await log.end();
    for (let moment = 0; moment < 40; moment++) {
      const gaps: LogGap[] = [];
      const reading = (async () => {
        for await (const slice of new LogReader(log)) {
          for (const { gap } of decodeLogRecords(slice)) if (gap) gaps.push(gap);
        }
      })();
      for (let turn = 0; turn < moment; turn++) await Promise.resolve();
      await log.segments.dropOldest();
      await reading;
      for (const { reason } of gaps) assertEquals(reason, "dropped", `moment ${moment}`);
    }
  });
});

Deno.test("LogReader of a tail is exact where the oldest part was dropped and the spool had failed", async () => {
  await withFailingLog(async (log, spool) => {
    const lines = Array.from({ length: 3_000 }, (_, number) => `line ${number}\n`);
    const print = (from: number, to: number) =>
      log.append("stdout", new TextEncoder().encode(lines.slice(from, to).join("")));
    for (let from = 0; from < 1_000; from += 100) {
      print(from, from + 100);
      await until("it is written", () => log.written.newlines === from + 100 && !log.lostEnd);
    }
    await log.segments.dropOldest();
    spool.failing = true;
    print(1_000, 2_000);
    await until("it is lost", () => log.lostEnd !== undefined);
    spool.failing = false;
    spool.time += RETRY_MS;
    print(2_000, 3_000);
    await log.end();

    const tail = async (tailLines: number) => {
      let text = "";
      const gaps: LogGap[] = [];
      for await (const slice of new LogReader(log, { tailLines })) {
        for (const { chunk, gap } of decodeLogRecords(slice)) {
          text += new TextDecoder().decode(chunk?.data);
          if (gap && gap.reason !== "not-requested") gaps.push(gap);
        }
      }
      return { text, reasons: gaps.map(({ reason }) => reason) };
    };
    assertEquals(await tail(0), { text: "", reasons: [] });
    assertEquals(await tail(10), { text: lines.slice(2_990).join(""), reasons: [] });
    assertEquals(await tail(999), { text: lines.slice(2_001).join(""), reasons: [] });
    // The first of these lines may have begun in the lost part.
    assertEquals(await tail(1_000), { text: lines.slice(2_000).join(""), reasons: ["no-space"] });
    assertEquals(await tail(1_500), { text: lines.slice(2_000).join(""), reasons: ["no-space"] });
    assertEquals(await tail(2_005), {
      text: [...lines.slice(995, 1_000), ...lines.slice(2_000)].join(""),
      reasons: ["no-space"],
    });
    const first = log.segments.first.newlines;
    const kept = [...lines.slice(first, 1_000), ...lines.slice(2_000)].join("");
    assertEquals(await tail(3_000 - first), { text: kept, reasons: ["no-space"] });
    assertEquals(await tail(3_000 - first + 1), { text: kept, reasons: ["dropped", "no-space"] });
  });
});

Deno.test("LogReader that is too slow goes on at the present if it wants to, and declares what it skips", async () => {
  const directory = await Deno.makeTempDir();
  const log = await LiveLog.create(directory);
  const chunk = Uint8Array.from({ length: 60_000 }, (_, at) => at % 100 === 99 ? 0x0a : 0x78);
  log.append("stdout", chunk);
  const reader = new LogReader(log, { onSlow: "skip" }).getReader();
  assertEquals((await reader.read()).value!.length > chunk.length, true);
  for (let written = 0; written < 100; written++) {
    log.append("stdout", chunk);
    await log.writable();
  }
  await until("it is written", () => log.written.offset === 101 * chunk.length);
  const [gap, ...none] = [...decodeLogRecords((await reader.read()).value!)];
  assertEquals([gap?.gap?.from, gap?.gap?.reason, none.length], [chunk.length, "skipped", 0]);
  assert(log.written.offset - gap!.gap!.to < 3 * 64 * 1024, "it is not at the present");
  await log.end();
  let offset = gap!.gap!.to;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    for (const { chunk } of decodeLogRecords(next.value)) offset += chunk!.data.length;
  }
  assertEquals(offset, log.written.offset);
  await Deno.remove(directory, { recursive: true });
});
