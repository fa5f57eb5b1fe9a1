import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { RE2JS, RE2JSException } from "re2js";
import { expandedSize, setsIn } from "./pattern_size.ts";

/** The number of instructions that the engine makes; none if it refuses the pattern. */
function instructions(text: string): number {
  try {
    return RE2JS.compile(text).re2Input.prog.numInst();
  } catch (error) {
    if (error instanceof RE2JSException) return 0;
    throw error;
  }
}

Deno.test("expandedSize() reads the parts of a pattern as the engine does", () => {
  const size = (text: string) => [text, expandedSize(text)];
  for (
    const [text, expected] of [
      ["", 0],
      ["a.\\b^$", 5],
      ["\\n\\x41\\x{1F600}\\101\\\\", 5],
      ["[abc][^]a][]a][a\\]b][[:alpha:]x]", 5],
      ["\\pL\\p{Greek}\\PN[\\pL\\d]", 16],
      ["a{3}b{2,4}c{2,}", 3 + 6 + 5],
      ["a{,3}b{c", 5 + 3],
      ["a*b+?c?", 3 * 3 + 2],
      ["\\Qab{3}\\E{4}", 8],
      ["\\Qa{9}", 4],
      ["[{9}]\\{9}", 4],
      ["(a)(?:b)(?i:c)(?P<n>d)(?<m>e)(?i)f", 16],
      ["(?:ab|c){10}", 70],
      ["((a{10}b){10}){2}", (10 * 13 + 2) * 2],
      ["((a", 1],
      ["a))", 5],
    ] as const
  ) assertEquals(size(text), [text, expected]);
});

Deno.test("expandedSize() is never much smaller than what the engine makes", () => {
  const atom = fc.constantFrom("a", ".", "\\w", "[^b]", "\\b", "$", "\\pN", "(?i)k", "\\Qa+\\E", "x{3}", "");
  const { pattern } = fc.letrec<{ pattern: string }>((tie) => {
    const group = fc.tuple(
      fc.constantFrom("(", "(?:", "(?P<n>", "(?i:"),
      fc.array(tie("pattern"), { maxLength: 3 }),
      fc.constantFrom("|", ""),
      fc.constantFrom("", "*", "+", "?", "{3}", "{0,3}", "{2,}", "{1,7}?"),
    ).map(([begin, parts, between, end]) => `${begin}${parts.join(between)})${end}`);
    return { pattern: fc.oneof({ depthSize: "small" }, atom, group) };
  });
  fc.assert(fc.property(fc.array(pattern, { maxLength: 4 }), (parts) => {
    const text = parts.join("").replaceAll("?P<n>", "");
    assert(instructions(text) <= 2 * expandedSize(text) + 4, text);
  }));
});

Deno.test("setsIn() counts Unicode classes and ranges beyond ASCII", () => {
  assertEquals(["a-z", "\\pL[\\PN]", "[a-\u{10ffff}]", "[a-\\x{10ffff}]"].map(setsIn), [0, 2, 1, 1]);
});
