import { assertEquals } from "@std/assert";
import { simpleCommands } from "./shell_words.ts";

Deno.test("simpleCommands() gives the words of each command of a line", () => {
  const lines: [string, string[][]][] = [
    ["paasc wait 2b5c; echo $?", [["paasc", "wait", "2b5c"], ["echo", "$?"]]],
    ["tar c . | paasc run tar x -C /srv # a comment | x", [["tar", "c", "."], [
      "paasc",
      "run",
      "tar",
      "x",
      "-C",
      "/srv",
    ]]],
    [`a 'it is; "x"' "b \\" | c"d\\ e ''`, [["a", 'it is; "x"', 'b \\" | cd e', ""]]],
    ["id=$(paasc exec make test) && paasc wait $id", [["paasc", "exec", "make", "test"], ["paasc", "wait", "$id"]]],
    ["paasc wait $(paasc list -q)", [["paasc", "wait", "$()"], ["paasc", "list", "-q"]]],
    ["paasc logs --split ID >out.txt 2> err.txt -n 1", [["paasc", "logs", "--split", "ID", "-n", "1"]]],
    ["source <(paasc completions bash)", [["source"], ["paasc", "completions", "bash"]]],
    ["A=b C='d e' paasc run A=1 >&2", [["paasc", "run", "A=1"]]],
    ["paasc a \\\n  --b c", [["paasc", "a", "--b", "c"]]],
    ["sort <names | head", [["sort"], ["head"]]],
    ["a#b", [["a#b"]]],
  ];
  for (const [line, words] of lines) assertEquals(simpleCommands(line), words, line);
});
