/**
 * Hints for commands that do not exist. Only an unknown command loads this module.
 *
 * @module
 */
import { didYouMean } from "./suggestion.ts";

/** Commands that end something. A guess at one of them must not lie near anything else. */
const DANGEROUS = ["stop", "kill", "rm", "signal", "prune", "drain", "pause"];

/** Commands of similar programs, and what to do here instead. */
const FOREIGN: Readonly<Record<string, string>> = {
  ...Object.fromEntries(["top", "stats"].map((name) => [name, "'paasc list --watch' shows what runs, live"])),
  cp: "'tar c DIR | paasc run tar x -C /to' copies a directory there",
  ...Object.fromEntries(["get", "queue"].map((name) => [name, "'paasc list' shows what runs"])),
  describe: "'paasc status --verbose ID' prints all that is known of a process",
  delete: "'paasc stop ID' ends a process, and 'paasc rm ID' makes the daemon forget it",
  ...Object.fromEntries(["add", "create", "start"].map((name) => [name, "'paasc exec PROGRAM' starts a process"])),
  ...Object.fromEntries(["build", "pull", "push", "images"].map((name) => [
    name,
    "there are no images, and programs are those of the daemon's machine",
  ])),
};

/**
 * Returns a hint for the end of a sentence about an unknown command; it is empty when there is none.
 *
 * @example
 * ```ts
 * import { commandHint } from "./command_hints.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await commandHint("sttaus", ["stop", "status"]), " (did you mean 'status'?)");
 * assertEquals(await commandHint("klil", ["kill"]), " (did you mean 'kill'?)");
 * assertEquals(await commandHint("lop", ["stop"]), "");
 * ```
 */
export async function commandHint(word: string, names: readonly string[]): Promise<string> {
  if (Object.hasOwn(FOREIGN, word)) return ` (${FOREIGN[word]})`;
  return await didYouMean(word, names.filter((name) => !DANGEROUS.includes(name) || sameLetters(word, name)));
}

/** Whether two words differ by the order of their letters only, or by letters that are typed twice. */
function sameLetters(word: string, name: string): boolean {
  const letters = (text: string) => [...new Set(text)].sort().join("");
  return letters(word) === letters(name);
}
