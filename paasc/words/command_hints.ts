/**
 * Hints for commands that do not exist. Only an unknown command loads this module.
 *
 * @module
 */
import { didYouMean } from "./suggestion.ts";

/** Commands that end something. A guess at one of them must not lie near anything else. */
const DANGEROUS = ["stop", "kill", "rm", "signal", "prune", "drain", "pause"];

const LIST = "'paasc list' shows what runs";
const WATCH = "'paasc list --watch' shows what runs, live";
const EXEC = "'paasc exec PROGRAM' starts a process";
const AGAIN = "'paasc again ID' starts the same program once more";
const NO_IMAGES = "there are no images, and programs are those of the daemon's machine";

/** Commands of similar programs, and what to do here instead. */
const FOREIGN: Readonly<Record<string, string>> = {
  top: WATCH,
  stats: WATCH,
  get: LIST,
  queue: LIST,
  describe: "'paasc status --verbose ID' prints all that is known of a process",
  add: EXEC,
  create: EXEC,
  start: EXEC,
  restart: AGAIN,
  retry: AGAIN,
  cp: "'tar c DIR | paasc run tar x -C /to' copies a directory there",
  delete: "'paasc stop ID' ends a process, and 'paasc rm ID' makes the daemon forget it",
  build: NO_IMAGES,
  pull: NO_IMAGES,
  push: NO_IMAGES,
  images: NO_IMAGES,
};

/**
 * Returns a hint for the end of a sentence about an unknown command; it is empty when there is none.
 *
 * @example
 * ```ts
 * import { commandHint } from "./command_hints.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(commandHint("sttaus", ["stop", "status"]), " (did you mean 'status'?)");
 * assertEquals(commandHint("klil", ["kill"]), " (did you mean 'kill'?)");
 * assertEquals(commandHint("lop", ["stop"]), "");
 * ```
 */
export function commandHint(word: string, names: readonly string[]): string {
  if (Object.hasOwn(FOREIGN, word)) return ` (${FOREIGN[word]})`;
  return didYouMean(word, names.filter((name) => !DANGEROUS.includes(name) || sameLetters(word, name)));
}

/** Whether two words differ by the order of their letters only, or by letters that are typed twice. */
function sameLetters(word: string, name: string): boolean {
  const letters = (text: string) => [...new Set(text)].sort().join("");
  return letters(word) === letters(name);
}
