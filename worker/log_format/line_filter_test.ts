import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { decodeLogRecords } from "./decode.ts";
import { LineFilter, type LineSelection } from "./line_filter.ts";
import { type LineSearch, MAX_SEARCHED_BYTES } from "./line_scanner.ts";
import type { LogChunk, LogGap, LogStream } from "./record.ts";
import { RecordBuffer } from "./record_buffer.ts";
import { UntilFilter } from "./until_filter.ts";

const latin1 = (bytes: Uint8Array) => [...bytes].map((byte) => String.fromCharCode(byte)).join("");
const bytesOf = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** A search that pauses after each `pace` bytes. */
function searchFor(pattern: RegExp, pace = Infinity): () => LineSearch {
  return () => {
    let line = "";
    let paused = false;
    return {
      begin: () => void (line = ""),
      search(bytes, from, to) {
        paused = !paused && to - from > pace;
        const end = paused ? from + pace : to;
        line += latin1(bytes.subarray(from, end));
        return end;
      },
      get matched() {
        return !pattern.source.includes("$") && pattern.test(line);
      },
      end: () => pattern.test(line),
    };
  };
}

/** A record without its offset: the output of a stream, or a gap of so many bytes. */
type Item = readonly [stream: LogStream, text: string] | readonly [reason: LogGap["reason"], bytes: number];

/** Returns a slice for each item, or one slice for all, and the offset of their end. */
function log(items: readonly Item[], together = false): { slices: Uint8Array[]; end: number } {
  const buffers: RecordBuffer[] = [];
  let offset = 0;
  for (const [kind, what] of items) {
    if (!together || typeof what === "number" || buffers.length === 0) buffers.push(new RecordBuffer(0));
    if (typeof what === "number") {
      buffers.at(-1)!.addGap({ from: offset, to: offset += what, reason: kind as LogGap["reason"] });
      continue;
    }
    const partial = what.endsWith("\n") ? undefined : true;
    buffers.at(-1)!.add({ offset, stream: kind as LogStream, time: offset, data: bytesOf(what), partial });
    offset += what.length;
  }
  return { slices: buffers.map(({ bytes }) => bytes), end: offset };
}

/** Runs a filter over a log, checks that it accounts for every byte, and returns the chunks and the missing bytes. */
function filtered(
  items: readonly Item[],
  selection: LineSelection,
  together = false,
): { chunks: LogChunk[]; missing: LogGap[]; gaps: LogGap[] } {
  const { slices, end } = log(items, together);
  const filter = new LineFilter(selection);
  const chunks: LogChunk[] = [], missing: LogGap[] = [], gaps: LogGap[] = [];
  let offset = selection.from ?? 0;
  const take = (slice: Uint8Array | undefined) => {
    if (!slice) return;
    let first = true;
    for (const { chunk, gap } of decodeLogRecords(slice)) {
      assertEquals(chunk?.offset ?? gap!.from, offset);
      if (gap) assert(first, "a gap stands first in a message");
      if (gap && gap.reason !== "not-requested") missing.push(gap);
      if (gap) gaps.push(gap);
      if (chunk) chunks.push({ ...chunk, data: chunk.data.slice() });
      offset = chunk ? chunk.offset + chunk.data.length : gap!.to;
      first = false;
    }
  };
  for (const slice of slices) for (const part of filter.push(slice)) take(part);
  for (const part of filter.end(end)) take(part);
  assertEquals(offset, end);
  return { chunks, missing, gaps };
}

function textOf(chunks: readonly LogChunk[], stream?: LogStream): string {
  return chunks.filter((chunk) => !stream || chunk.stream === stream).map(({ data }) => latin1(data)).join("");
}

/** The offsets of the bytes that are to be sent, by the plainest way. */
function expected(
  items: readonly Item[],
  pattern: RegExp,
  { invert = false, before = 0, after = 0 }: Partial<LineSelection>,
): Set<number> {
  const lines: { text: string; places: number[] }[] = [];
  const open: { [stream in LogStream]?: { text: string; places: number[] } | undefined } = {};
  let offset = 0;
  for (const [stream, text] of items as readonly (readonly [LogStream, string])[]) {
    for (const character of text) {
      let line = open[stream];
      if (!line) lines.push(line = open[stream] = { text: "", places: [] });
      line.places.push(offset++);
      if (character === "\n") open[stream] = undefined;
      else line.text += character;
    }
  }
  const selected = lines.map(({ text }) => pattern.test(text) !== invert);
  const near = (index: number) => {
    for (let at = index - after; at <= index + before; at++) if (selected[at]) return true;
    return false;
  };
  return new Set(lines.flatMap(({ places }, index) => near(index) ? places : []));
}

Deno.test("LineFilter sends exactly the selected lines, however the log is cut", () => {
  const text = fc.array(fc.constantFrom("a", "b", "\n", "\xff"), { minLength: 1, maxLength: 12 })
    .map((characters) => characters.join(""));
  const items = (...streams: LogStream[]) => fc.array(fc.tuple(fc.constantFrom(...streams), text), { maxLength: 12 });
  const context = { before: fc.nat({ max: 3 }), after: fc.nat({ max: 3 }) };
  const invert = fc.boolean();
  // Lines of two streams overlap, so that there is no one way to count lines before and after.
  const cases = fc.oneof(
    fc.tuple(items("stdout", "stderr"), fc.record({ invert })),
    fc.tuple(items("stdout"), fc.record({ invert, ...context })),
  );
  const pattern = fc.constantFrom(/a/, /ab$/, /^b/, /x/, /^$/, /\xff/);
  fc.assert(
    fc.property(
      cases,
      pattern,
      fc.boolean(),
      fc.constantFrom(1, 2, Infinity),
      ([items, selection], pattern, together, pace) => {
        const { chunks } = filtered(items, { makeSearch: searchFor(pattern, pace), ...selection }, together);
        const sent = chunks.flatMap(({ offset, data }) => Array.from(data, (_, index) => offset + index));
        assertEquals(sent, [...expected(items, pattern, selection)].toSorted((a, b) => a - b));
        const whole = items.map(([, text]) => text).join("");
        for (const { offset, data, time } of chunks) {
          assertEquals(latin1(data), whole.slice(offset, offset + data.length));
          assert(time <= offset);
        }
      },
    ),
    { numRuns: 500 },
  );
});

Deno.test("LineFilter keeps stream, time and partial of what it sends", () => {
  const { chunks } = filtered([["stdout", "no\nyes 1\nyes 2"], ["stderr", "yes\n"], ["stdout", "!\n"]], {
    makeSearch: searchFor(/yes/),
  });
  assertEquals(
    chunks.map(({ data, ...chunk }) => [chunk.offset, chunk.stream, chunk.time, chunk.partial, latin1(data)]),
    [
      [3, "stdout", 0, true, "yes 1\nyes 2"],
      [14, "stderr", 14, undefined, "yes\n"],
      [18, "stdout", 18, undefined, "!\n"],
    ],
  );
});

Deno.test("LineFilter passes missing bytes on, and no line or context reaches over them", () => {
  const items: Item[] = [["stdout", "one\nx"], ["dropped", 10], ["stdout", "y\ntwo\n"]];
  const { chunks, missing } = filtered(items, { makeSearch: searchFor(/^y|xy/), before: 2 });
  assertEquals(textOf(chunks), "y\n");
  assertEquals(missing.map(({ from, to, reason }) => [from, to, reason]), [[5, 15, "dropped"]]);
});

Deno.test("LineFilter goes on in a line behind bytes that were not requested", () => {
  const items: Item[] = [["stdout", "be"], ["not-requested", 7], ["stdout", "gin\n"]];
  assertEquals(textOf(filtered(items, { makeSearch: searchFor(/begin/) }).chunks), "begin\n");
});

Deno.test("LineFilter searches only the beginning of a long line, and sends the whole line", () => {
  const half = "a".repeat(MAX_SEARCHED_BYTES / 2);
  const items: Item[] = [["stdout", half + "b"], ["stdout", half], ["stdout", "c\n"]];
  assertEquals(textOf(filtered(items, { makeSearch: searchFor(/b/) }).chunks).length, 2 * half.length + 3);
  assertEquals(filtered(items, { makeSearch: searchFor(/c/) }).chunks, []);
});

Deno.test("LineFilter decides on an unfinished line when much other output comes", () => {
  const items: Item[] = [["stdout", "prompt"], ...Array<Item>(400).fill(["stderr", `${"x".repeat(1000)}\n`])];
  const slices = log(items).slices;
  const filter = new LineFilter({ makeSearch: searchFor(/^prompt$|^x+$/) });
  const sent = slices.flatMap((slice) => [...filter.push(slice)]);
  const bytes = sent.reduce((sum, slice) => sum + (slice?.length ?? 0), 0);
  assert(bytes > 300_000, `${bytes} bytes were sent before the line was complete`);
});

Deno.test("LineFilter bounds the context that it keeps", () => {
  const items: Item[] = [...Array<Item>(400).fill(["stdout", `${"x".repeat(5_000)}\n`]), ["stdout", "yes\n"]];
  const { chunks } = filtered(items, { makeSearch: searchFor(/yes/), before: 200 });
  const { length } = textOf(chunks);
  assert(length > 200_000 && length <= 256 * 1024 + 4, `${length} bytes of context`);
});

Deno.test("LineFilter hands out a selected line before it searches on, so that few messages wait", () => {
  let begun = 0;
  const makeSearch = () => {
    const search = searchFor(/yes/)();
    return { ...search, begin: () => (begun++, search.begin()), matched: false };
  };
  const [slice] = log([["stdout", "yes\nno\n".repeat(1_000)]]).slices;
  assert(new LineFilter({ makeSearch }).push(slice!).next().value);
  assert(begun < 10, `${begun} lines were searched`);
});

Deno.test("LineFilter declares what it passes over while nothing is selected", () => {
  const { gaps } = filtered(Array<Item>(8).fill(["stdout", `${"x".repeat(60_000)}\n`]), {
    makeSearch: searchFor(/yes/),
  });
  assert(gaps.length >= 4, `${gaps.length} gaps`);
});

Deno.test("LineFilter sends nothing before the first byte, and knows the line that it is in", () => {
  const items: Item[] = [["stdout", "yes 1\nno\nyes 2 and"], ["stdout", " more\n"]];
  const { chunks } = filtered(items, { makeSearch: searchFor(/yes/), from: 13 });
  assertEquals([chunks[0]?.offset, textOf(chunks)], [13, "2 and more\n"]);
});

/** Runs an {@linkcode UntilFilter} over a log. */
function until(items: readonly Item[], pattern: RegExp, from = 0): { text: string; end: number | undefined } {
  const { slices, end } = log(items);
  const filter = new UntilFilter(searchFor(pattern), from);
  let text = "";
  for (const slice of slices) {
    for (const part of filter.push(slice)) {
      if (part) { for (const { chunk } of decodeLogRecords(part)) text += chunk ? latin1(chunk.data) : ""; }
    }
    if (filter.matchEnd !== undefined) break;
  }
  filter.end(end);
  return { text, end: filter.matchEnd };
}

Deno.test("UntilFilter ends behind the first line that matches", () => {
  assertEquals(until([["stdout", "a\nb"], ["stdout", "c\nd\n"]], /bc$/), { text: "a\nbc\n", end: 5 });
  assertEquals(until([["stdout", "a\n"]], /b/), { text: "a\n", end: undefined });
});

Deno.test("UntilFilter ends behind an unfinished line that matches already, or at the end of the log", () => {
  assertEquals(until([["stdout", "password: "], ["stderr", "x\n"]], /word:/), { text: "password: ", end: 10 });
  assertEquals(until([["stdout", "a\nend"]], /end$/), { text: "a\nend", end: 5 });
});

Deno.test("UntilFilter sends nothing before the first byte, and does not end there", () => {
  assertEquals(until([["stdout", "yes\nno "], ["stdout", "yes\n"]], /yes/, 5), { text: "o yes\n", end: 11 });
});

Deno.test("LineFilter accounts for every byte of two streams with context", () => {
  const text = fc.array(fc.constantFrom("a", "b", "\n"), { minLength: 1, maxLength: 5 })
    .map((characters) => characters.join(""));
  const items = fc.array(fc.tuple(fc.constantFrom<LogStream>("stdout", "stderr"), text), { maxLength: 12 });
  fc.assert(fc.property(items, fc.boolean(), fc.nat({ max: 3 }), fc.nat({ max: 3 }), (items, invert, before, after) => {
    const selected = textOf(filtered(items, { makeSearch: searchFor(/ab$/), invert }).chunks).length;
    const { chunks } = filtered(items, { makeSearch: searchFor(/ab$/), invert, before, after });
    assert(textOf(chunks).length >= selected);
  }));
});

Deno.test("LineFilter and UntilFilter let others work in a log of empty lines", () => {
  const { slices: [slice] } = log([["stdout", "\n".repeat(20_000)]]);
  const pauses = (parts: Iterable<Uint8Array | undefined>) => [...parts].filter((part) => !part).length;
  const makeSearch = searchFor(/a/);
  assert(pauses(new LineFilter({ makeSearch }).push(slice!)) >= 10);
  assert(pauses(new UntilFilter(makeSearch).push(slice!)) >= 10);
});
