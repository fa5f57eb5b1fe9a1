import { assertEquals } from "@std/assert";
import { typedLines } from "./typed_lines.ts";

/** Types these texts; gives the pieces that are sent, and what the terminal shows. */
async function typed(...texts: string[]): Promise<{ sent: string[]; shown: string }> {
  const shown: Uint8Array[] = [];
  const bytes = (content: string | Uint8Array) =>
    typeof content === "string" ? new TextEncoder().encode(content) : content;
  const sent: string[] = [];
  const lines = typedLines(ReadableStream.from(texts.map(bytes)), (content) => shown.push(bytes(content)));
  for await (const line of lines) sent.push(new TextDecoder().decode(line));
  const all = Uint8Array.from(shown.flatMap((part) => [...part]));
  return { sent, shown: new TextDecoder().decode(all) };
}

Deno.test("typedLines() sends whole lines, and shows what is typed", async () => {
  assertEquals(await typed("a", "b\r", "c\nd"), { sent: ["ab\n", "c\n", "d"], shown: "ab\r\nc\r\nd" });
  assertEquals((await typed("€\x01\r")).shown, "€^A\r\n");
});

Deno.test("typedLines() erases characters, words and lines", async () => {
  assertEquals((await typed("ab\x7f\x7f\x7fc\r")).sent, ["c\n"]);
  assertEquals(await typed("a€\b\r"), { sent: ["a\n"], shown: "a€\b \b\r\n" });
  assertEquals((await typed("one two  \x17x\r")).sent, ["one x\n"]);
  assertEquals((await typed("one two\x15x\r")).sent, ["x\n"]);
});

Deno.test("typedLines() ends at ctrl-d, which sends a begun line before", async () => {
  assertEquals((await typed("ab\x04c\r", "\x04", "lost\r")).sent, ["ab", "c\n"]);
});
