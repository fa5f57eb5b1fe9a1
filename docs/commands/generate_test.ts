import { assertEquals } from "@std/assert";
import { markdown, stalePages } from "./generate.ts";

Deno.test("stalePages() finds none: the pages fit the help of paasc (else run `deno task pages`)", async () => {
  assertEquals(await stalePages(), []);
});

Deno.test("markdown() makes code of what is indented, and nothing else of text than text", () => {
  assertEquals(
    markdown("Usage: paasc x [ID]\n\nSays *a_b*:\n  a | b\nand more.\n\nExamples:\n  paasc x 1\n  paasc x 2\n"),
    "```text\npaasc x [ID]\n```\n\nSays \\*a\\_b\\*:\n\n```text\na | b\n```\n\nand more.\n\n" +
      "## Examples\n\n```text\npaasc x 1\npaasc x 2\n```\n",
  );
});
