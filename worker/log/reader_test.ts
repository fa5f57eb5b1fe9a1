import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import fc from "fast-check";
import { clock } from "../system/clock.ts";
import { OffsetError } from "../errors.ts";
import { LiveLog } from "./log.ts";
import { LogReader } from "./reader.ts";
import type { LogReaderOptions } from "./reading.ts";
import type { LogStream } from "../log_format/record.ts";
import { decodeLogChunks } from "../log_format/decode.ts";

/** A write of a process: a stream, bytes, and the pause before them in milliseconds. */
interface Write {
  stream: LogStream;
  data: Uint8Array;
  pause: number;
}

/** A byte in the model of a log. */
interface Byte {
  value: number;
  stream: LogStream;
  time: number;
}

const BEGIN = 1_000_000;

const write: fc.Arbitrary<Write> = fc.record({
  stream: fc.constantFrom<LogStream>("stdout", "stderr"),
  data: fc.oneof(
    { weight: 8, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 30 }) },
    {
      weight: 4,
      arbitrary: fc.string({ unit: fc.constantFrom("a", "\n"), minLength: 1, maxLength: 12 }).map(encode),
    },
    { weight: 1, arbitrary: fc.nat(60_000).map((length) => new Uint8Array(length + 1).fill(0x78)) },
  ),
  pause: fc.nat(3),
});

/** Writes of short and long logs: the first chunk is a special case. */
const writes = fc.oneof(fc.array(write, { maxLength: 3 }), fc.array(write, { maxLength: 60 }));

const requests = fc.record({
  follow: fc.boolean(),
  from: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1, noNaN: true })),
  tailLines: fc.option(fc.nat(20), { nil: undefined, freq: 1 }),
  since: fc.option(fc.nat(100), { nil: undefined, freq: 1 }),
  until: fc.option(fc.nat(100), { nil: undefined, freq: 1 }),
  stream: fc.option(fc.constantFrom<LogStream>("stdout", "stderr"), { nil: undefined, freq: 1 }),
});

/** Asserts that very many numbers are the same, in less time than `assertEquals()` takes. */
function assertSame(actual: readonly number[], expected: readonly number[]): void {
  if (actual.length === expected.length && actual.every((value, index) => value === expected[index])) return;
  assertEquals(actual, expected);
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Runs a test with a log of these writes, and the model of the log. */
async function withLog(input: Write[], test: (log: LiveLog, model: Byte[]) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  const { now } = clock;
  try {
    const log = await LiveLog.create(directory);
    const model: Byte[] = [];
    let time = BEGIN;
    clock.now = () => time;
    for (const { stream, data, pause } of input) {
      time += pause;
      log.append(stream, data, data.at(-1) !== 0x0a);
      for (const value of data) model.push({ value, stream, time });
    }
    await log.end();
    time += 1_000; // all times are in the past
    await test(log, model);
  } finally {
    clock.now = now;
    await Deno.remove(directory, { recursive: true });
  }
}

/** Reads to the end, and checks that chunks and gaps account for every byte from the first one asked for. */
async function read(
  log: LiveLog,
  options: LogReaderOptions,
): Promise<{ bytes: number[]; offsets: number[]; end: number }> {
  const reader = new LogReader(log, options);
  const bytes: number[] = [];
  const offsets: number[] = [];
  let next = options.fromOffset ?? 0;
  for await (const slice of reader) {
    const gap = decodeGap(slice);
    if (gap) {
      assertEquals(gap.from, next);
      assert(gap.to > gap.from);
      next = gap.to;
    }
    for (const { offset, data } of decodeLogChunks(slice)) {
      assertEquals(offset, next);
      for (const value of data) {
        bytes.push(value);
        offsets.push(next++);
      }
    }
  }
  assertEquals(reader.offset, next);
  return { bytes, offsets, end: next };
}

/** Returns the gap at the start of a slice. */
function decodeGap(slice: Uint8Array): { from: number; to: number } | undefined {
  if (slice[0] !== 0x1a) return undefined;
  let at = 2;
  const varint = () => {
    let value = 0;
    for (let scale = 1;; scale *= 128) {
      const byte = slice[++at]!;
      value += (byte & 0x7f) * scale;
      if (byte < 128) return value;
    }
  };
  const from = varint();
  at++;
  return { from, to: varint() };
}

/** Returns the offset at which the last lines begin. An unfinished line at the end counts for each stream. */
function tailStart(model: Byte[], lines: number): number {
  const newlines = model.flatMap(({ value }, offset) => value === 0x0a ? [offset] : []);
  const unfinished = (["stdout", "stderr"] as const).filter((stream) => {
    const last = model.findLast((byte) => byte.stream === stream);
    return last && last.value !== 0x0a;
  }).length;
  if (lines === 0) return model.length;
  const skipped = newlines.length + unfinished - lines;
  return skipped <= 0 ? 0 : newlines[skipped - 1]! + 1;
}

Deno.test("LogReader gives exactly what was asked for, and accounts for the rest", async () => {
  await fc.assert(
    fc.asyncProperty(writes, requests, async (input, request) => {
      await withLog(input, async (log, model) => {
        const fromOffset = Math.floor(request.from * model.length);
        const options: LogReaderOptions = {
          ...request,
          fromOffset,
          since: request.since === undefined ? undefined : BEGIN + request.since,
          until: request.until === undefined ? undefined : BEGIN + request.until,
        };
        const start = Math.max(
          fromOffset,
          options.tailLines === undefined ? 0 : Math.min(tailStart(model, options.tailLines), model.length),
        );
        const expected = model.flatMap((byte, offset) => {
          const wanted = offset >= start && byte.time >= (options.since ?? 0) &&
            byte.time < (options.until ?? Infinity) && (options.stream ?? byte.stream) === byte.stream;
          return wanted ? [{ ...byte, offset }] : [];
        });
        const { bytes, offsets } = await read(log, options);
        assertSame(offsets, expected.map(({ offset }) => offset));
        assertSame(bytes, expected.map(({ value }) => value));
      });
    }),
    { numRuns: 600 },
  );
});

Deno.test("LogReader resumed at any byte gives the bytes of an undisturbed one", async () => {
  await fc.assert(
    fc.asyncProperty(writes, fc.array(fc.nat(100_000), { maxLength: 5 }), async (input, cuts) => {
      await withLog(input, async (log, model) => {
        const places = [0, ...cuts.map((cut) => Math.min(cut, model.length)), model.length].sort((a, b) => a - b);
        const bytes: number[] = [];
        for (const [index, from] of places.slice(0, -1).entries()) {
          const rest = await read(log, { fromOffset: from });
          bytes.push(...rest.bytes.slice(0, places[index + 1]! - from));
        }
        assertSame(bytes, model.map(({ value }) => value));
      });
    }),
    { numRuns: 60 },
  );
});

Deno.test("LogReader finds the tail of a large log without reading it through", async () => {
  const line = encode(`${"x".repeat(99)}\n`);
  const directory = await Deno.makeTempDir();
  try {
    const log = await LiveLog.create(directory);
    for (let count = 0; count < 100_000; count++) log.append("stdout", line, false);
    await log.end();
    let readBytes = 0;
    const readAt = log.segments.readAt.bind(log.segments);
    log.segments.readAt = async (place, length) => {
      const slice = await readAt(place, length);
      readBytes += length;
      return slice;
    };
    const { offsets } = await read(log, { tailLines: 10 });
    assertEquals([offsets.length, offsets[0]], [1_000, 100 * 99_990]);
    assert(readBytes < 500_000, `${readBytes} bytes were read for 10 lines`);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("LogReader begins a tail within the very first chunk", async () => {
  await withLog([{ stream: "stdout", data: encode("1\n2\n3\n"), pause: 0 }], async (log) => {
    assertEquals((await read(log, { tailLines: 2 })).offsets, [2, 3, 4, 5]);
  });
});

Deno.test("LogReader tells lines, one that is not finished included", async () => {
  await withLog([{ stream: "stdout", data: encode("one\ntwo"), pause: 0 }], async (log) => {
    const reader = new LogReader(log);
    for await (const _ of reader);
    assertEquals([reader.offset, reader.lines], [7, 2]);
  });
});

Deno.test("LogReader refuses an offset that the log does not have, and takes its very end", async () => {
  await withLog([{ stream: "stdout", data: encode("one\n"), pause: 0 }], async (log) => {
    assertThrows(() => new LogReader(log, { fromOffset: 5 }), OffsetError);
    assertEquals((await read(log, { fromOffset: 4 })).bytes, []);
  });
});

Deno.test("LogReader that follows ends at the time it was given", async () => {
  const directory = await Deno.makeTempDir();
  const log = await LiveLog.create(directory);
  log.append("stdout", encode("early\n"));
  const { bytes } = await read(log, { until: Date.now() + 100 });
  assertEquals(bytes, [...encode("early\n")]);
  await log.end();
  await Deno.remove(directory, { recursive: true });
});

Deno.test("LogReader that waits is ended by its signal, whatever else it waits for", async () => {
  const directory = await Deno.makeTempDir();
  const log = await LiveLog.create(directory);
  const abort = new AbortController();
  const reading = read(log, { until: Date.now() + 60_000, signal: abort.signal });
  abort.abort(new RangeError("enough"));
  await assertRejects(() => reading, RangeError, "enough");
  await log.end();
  await Deno.remove(directory, { recursive: true });
});
