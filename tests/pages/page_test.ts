import { assertEquals, assertThrows } from "@std/assert";
import { blocksOf, isShell, stepsOf } from "./page.ts";

const only = (page: string) => blocksOf(page)[0]!;

Deno.test("blocksOf() gives each block with its language, its line and the comments above it", () => {
  const page =
    "# A\n```sh\none\n```\n\n<!-- before: two -->\n<!-- not run: it is red -->\n```console\n$ three\n```\n```\n```\n";
  assertEquals(blocksOf(page), [
    { language: "sh", line: 3, lines: ["one"], marks: {} },
    { language: "console", line: 9, lines: ["$ three"], marks: { "before": "two", "not run": "it is red" } },
    { language: "", line: 12, lines: [], marks: {} },
  ]);
  assertEquals(blocksOf(page).map(isShell), [true, true, false]);
});

Deno.test("blocksOf() lets a comment count only directly above a block", () => {
  assertEquals(only("<!-- not run: here -->\n\n```sh\n```\n").marks, {});
  assertThrows(() => blocksOf("text\n```sh\necho\n"), Error, "line 2: the block has no end");
});

Deno.test("stepsOf() gives the commands of a console, each with what it prints", () => {
  const steps = stepsOf(only("```console\n$ one \\\n  more\nline\n\n  last\n\n$ two\n$ three\nline\n^C\n```\n"));
  assertEquals(steps.map(({ line, command, expected, interrupted }) => [line, command, expected, interrupted]), [
    [2, "one \\\n  more", ["line", "", "  last"], false],
    [8, "two", [], false],
    [9, "three", ["line"], true],
  ]);
  for (const lines of ["line\n$ one", "$ one\n^C\nline"]) {
    assertThrows(() => stepsOf(only(`\`\`\`console\n${lines}\n\`\`\`\n`)), Error, "line 2: ");
  }
});

Deno.test("stepsOf() gives a command for each line of a script, with what its comment says", () => {
  const steps = stepsOf(
    only("```sh\n# a script\none   # exits with 7\n\ntwo \\\n  more\nthree # live, until Ctrl-C\n```\n"),
  );
  assertEquals(steps.map(({ line, code, interrupted, expected }) => [line, code, interrupted, expected]), [
    [3, 7, false, undefined],
    [5, 0, false, undefined],
    [7, undefined, true, undefined],
  ]);
});
