import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { Context } from "../../paasc/command.ts";
import { parseCommandLine } from "../../paasc/command_line.ts";
import { commands } from "../../paasc/commands/mod.ts";
import { parseOptions } from "../../paasd/options/options.ts";
import { filesOfRepository } from "../house/import_graph.ts";
import { ROOT } from "../support/programs.ts";
import { blocksOf, isShell } from "./page.ts";
import { simpleCommands } from "./shell_words.ts";

/** Whether a word stands for something of the reader's: an ellipsis, or a name in capitals. */
const isPlaceholder = (word: string | undefined) => word === undefined || /^[A-Z]+$|…|\.\.\./.test(word);

const { tasks } = await import("../../deno.json", { with: { type: "json" } }).then((module) => module.default);

/** Says what is wrong with the words of a command, as far as that can be seen without running it. */
async function fault([program, ...words]: string[]): Promise<string | undefined> {
  try {
    if (program === "paasc") {
      // Names of commands and options. Their values are the reader's.
      if (!words.every(isPlaceholder)) await parseCommandLine(words, () => undefined);
    } else if (program === "paasd") {
      parseOptions(words.filter((word) => !isPlaceholder(word)), new Map(), () => "");
    } else if (words[0] === "task" && ["deno", "npx"].includes(program!)) {
      return Object.hasOwn(tasks, words[1]!) ? undefined : `no task ${words[1]}`;
    }
  } catch (error) {
    return (error as Error).message;
  }
}
