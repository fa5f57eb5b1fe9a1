import { escapeUnprintable } from "@paas/proto/printable";
import { assertEquals } from "@std/assert";
import { shellCommand } from "./shell_word.ts";

Deno.test("shellCommand() leaves simple words as they are", () => {
  assertEquals(
    shellCommand(["ls", "-l", "/tmp/a_b", "--x=1,2", "me@host:~".slice(0, -1)]),
    "ls -l /tmp/a_b --x=1,2 me@host:",
  );
});

Deno.test("shellCommand() makes printable text that a shell reads as the same words", async () => {
  const words = [
    "",
    "a b",
    "it's",
    "'",
    `"`,
    "$HOME",
    "`id`",
    "\\",
    "\\'\n",
    "a\tb\r\n",
    "\x1b[31m\x07",
    "\u0085\u2028",
    "€😀",
    "\u202ecod.live\ufeff",
    "\u{e0041}1",
  ]
    .concat(["*", "~", "#", "!x", "-", "a\\nb", "%s", "{a,b}", "=x"]);
  const command = shellCommand(words);
  assertEquals(escapeUnprintable(command), command);
  const { stdout } = await new Deno.Command("bash", {
    args: ["-c", `printf '%s\\0' ${command}`],
    env: { LC_ALL: "C.UTF-8" },
  })
    .output();
  assertEquals(new TextDecoder().decode(stdout).split("\0").slice(0, -1), words);
});
