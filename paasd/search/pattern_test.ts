import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { InvalidArgumentError } from "../errors.ts";
import { compilePattern, type Pattern } from "./pattern.ts";

const encoder = new TextEncoder();
const compile = (text: string, ignoreCase = false) => compilePattern(text, { ignoreCase });

/** Searches a line that comes in pieces. Returns whether it matches, and how often the search paused. */
function search(pattern: Pattern, ...pieces: (string | Uint8Array)[]): { matched: boolean; pauses: number } {
  const search = pattern.search();
  let pauses = 0;
  search.begin();
  for (const piece of pieces) {
    const bytes = typeof piece === "string" ? encoder.encode(piece) : piece;
    for (let at = 0; (at = search.search(bytes, at, bytes.length)) < bytes.length;) pauses++;
  }
  return { matched: search.end(), pauses };
}

const matches = (pattern: Pattern, ...pieces: (string | Uint8Array)[]) => search(pattern, ...pieces).matched;

Deno.test("compilePattern() matches as the syntax says", async () => {
  for (
    const [text, line, expected] of [
      ["error", "an error", true],
      ["error", "an erro", false],
      ["^error", "an error", false],
      ["^an .*r$", "an error", true],
      ["^$", "", true],
      ["^$", "x", false],
      ["\\bcat\\b", "a cat.", true],
      ["\\bcat\\b", "concat", false],
      ["(?i)ERROR", "an error", true],
      ["a{3}", "aa", false],
      ["a{3}", "aaa", true],
      ["ä.ü", "xäöüx", true],
      ["^.$", "😀", true],
      ["\\pL", "1ä2", true],
      ["[^a-z]", "abcß", true],
      ["x*", "", true],
      ["done$", "done\r", true],
      ["a\r", "a\r", false],
      ["a\rb", "a\rb", true],
    ] as const
  ) assertEquals(matches(await compile(text), line), expected, `${text} in ${JSON.stringify(line)}`);
  assert(matches(await compile("ÄRGER", true), "ärger"));
});

Deno.test("compilePattern() finds what RegExp finds, however the line is cut", async () => {
  const texts = ["a", "ab|ba", "^a+b", "b$", "(a|b)*a(a|b){2}c", "[^a]c", "\\bä", "ä+b?c", "a.c", "(?:ab)+$", "^$"];
  const line = fc.array(fc.constantFrom("a", "b", "c", "ä", "😀", " "), { maxLength: 12 }).map((all) => all.join(""));
  for (const text of texts) {
    const pattern = await compile(text);
    // The engine's \b knows ASCII only, as that of RegExp does.
    const own = new RegExp(text, "u");
    fc.assert(fc.property(line, fc.nat({ max: 30 }), (line, place) => {
      const bytes = encoder.encode(line);
      assertEquals(matches(pattern, bytes.subarray(0, place), bytes.subarray(place)), own.test(line));
    }));
  }
});

Deno.test("compilePattern() takes bytes that are no UTF-8 for U+FFFD", async () => {
  for (const bytes of [[0xff], [0xc3], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf5, 0x80], [0xe2, 0x82]]) {
    assert(matches(await compile("^\\x{FFFD}+$"), Uint8Array.from(bytes)), `${bytes}`);
    assert(matches(await compile("^a\\x{FFFD}+b$"), Uint8Array.of(0x61, ...bytes, 0x62)), `${bytes}`);
  }
});

Deno.test("compilePattern() refuses what is no regular expression, or too large, with a sentence", async () => {
  for (
    const [text, sentence] of [
      ["", "empty"],
      ["a(", "missing closing )"],
      ["(?=a)", "in the syntax of RE2"],
      ["(a)\\1", "in the syntax of RE2"],
      ["[z-a]", "in the syntax of RE2"],
      ["a{1001}", "in the syntax of RE2"],
      ["((a{30}){30}){30}", "too large"],
      ["(abcdef){900}", "too large"],
      ["(\\pL\\pN){400}", "too large"],
      ["\\pL\\pL\\pL\\pL\\pL", "more than 4"],
      [`(?i)${"[a-\u{10ffff}]".repeat(90)}`, "more than 4"],
      [`(?i)${"[a-\\x{10ffff}]".repeat(70)}`, "more than 4"],
    ] as const
  ) await assertRejects(() => compile(text), InvalidArgumentError, sentence, text);
});

/** Makes a function that gives the letters a and b in no order, always the same. */
function random(): () => number {
  let number = 1;
  return () => {
    number = (number * 1_103_515_245 + 12_345) % 2 ** 31;
    return number > 2 ** 30 ? 0x61 : 0x62;
  };
}

Deno.test("compilePattern() searches in bounded steps: the more a pattern costs, the more often", async () => {
  const line = Uint8Array.from({ length: 8 * 1024 }, random());
  const pauses = async (text: string) => search(await compile(text), line).pauses;
  assertEquals(await pauses("plain"), 0);
  assertEquals(await pauses("(a+)+c$"), 0);
  const [cheap, costly] = [await pauses("[ab]*a[ab]{100}[cd]"), await pauses("[ab]*a[ab]{900}[cd]")];
  assert(cheap > 100 && costly > 2 * cheap, `${cheap} and ${costly} pauses`);
});

Deno.test("compilePattern() gives the same answer when the automaton has forgotten its states", async () => {
  const line = String.fromCharCode(...Uint8Array.from({ length: 4096 }, random()));
  const pattern = await compile("a[ab]{200}c");
  assertEquals(matches(pattern, line), false);
  assertEquals(matches(pattern, `${line}a${"b".repeat(200)}c`), true);
  assertEquals(matches(pattern, `${line}a${"b".repeat(199)}d`), false);
});

Deno.test("LineSearch.matched is known before the end of the line", async () => {
  const search = (await compile("word: ")).search();
  search.begin();
  const bytes = encoder.encode("password: ");
  assertEquals([search.search(bytes, 0, 9), search.matched], [9, false]);
  assertEquals([search.search(bytes, 9, 10), search.matched], [10, true]);
});
