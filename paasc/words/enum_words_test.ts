import { assertEquals } from "@std/assert";
import { jsonLine } from "./enum_words.ts";

Deno.test("jsonLine() escapes control sequences, and a parser reads the same value", () => {
  const value = { args: ["\x9b31m", "\x85", "\x7f", "\u2028", "\u202e", "\u{e0041}", "日本 🎉"], "k\u200b": "\ud800" };
  const line = jsonLine(value);
  assertEquals(/[\p{C}\p{Zl}\p{Zp}]/u.test(line.trimEnd()), false, line);
  assertEquals(JSON.parse(line), value);
});
