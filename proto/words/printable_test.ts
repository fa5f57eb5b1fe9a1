import { assertEquals } from "@std/assert";
import { escapeUnprintable } from "./printable.ts";

Deno.test("escapeUnprintable() escapes every control, format and line separator character", () => {
  const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
  let count = 0;
  for (let code = 0; code <= 0x10ffff; code++) {
    const character = String.fromCodePoint(code);
    if (!unprintable.test(character)) continue;
    count++;
    const escaped = escapeUnprintable(`a${character}b`);
    if (!/^a(?:\\u[0-9a-f]{4}){1,2}b$/.test(escaped)) assertEquals(escaped, "escapes", `U+${code.toString(16)}`);
    assertEquals(JSON.parse(`"${escaped}"`), `a${character}b`);
  }
  assertEquals(count > 2_000, true, `${count} code points`);
});

Deno.test("escapeUnprintable() escapes characters that turn or hide text", () => {
  const named = [
    "\x00",
    "\n",
    "\x1b",
    "\x7f",
    "\x85",
    "\x9b",
    "\xad",
    "\u061c",
    "\u200b",
    "\u200f",
    "\u2028",
    "\u2029",
  ];
  for (const character of [...named, "\u202a", "\u202e", "\u2060", "\u2066", "\u2069", "\ufeff", "\u{e0041}"]) {
    assertEquals(escapeUnprintable(character).startsWith("\\u"), true, escapeUnprintable(character));
  }
});

Deno.test("escapeUnprintable() keeps ordinary text", () => {
  for (const text of ["a b~", "日本語", "e\u0301", "שלום", "🎉", "👍🏽", "ñ€", " "]) {
    assertEquals(escapeUnprintable(text), text);
  }
});
