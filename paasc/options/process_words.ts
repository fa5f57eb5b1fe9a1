/**
 * The words of the commands that are about processes. Which processes they name, `find_process.ts` tells.
 *
 * @module
 */
import { ExitError } from "../exit.ts";

/**
 * The word for the processes that a command is about.
 *
 * @throws {ExitError} When there is none
 */
export function processIds(command: string, words: readonly string[]): readonly string[] {
  if (words.length === 0 || words.includes("")) {
    throw new ExitError("usage", `${command} needs the id of a process: see 'paasc ${command} --help'`);
  }
  const option = words.slice(1).find((word) => word.startsWith("-"));
  if (option !== undefined) {
    throw new ExitError("usage", `option '${option}' must stand before the id: see 'paasc ${command} --help'`);
  }
  return words;
}

/**
 * The word for the one process that a command is about.
 *
 * @throws {ExitError} When there is no word, or more than one
 */
export function processId(command: string, words: readonly string[]): string {
  const [id = "", second] = processIds(command, words);
  if (second !== undefined) {
    throw new ExitError(
      "usage",
      `${command} takes one id, but there is '${second}' too: see 'paasc ${command} --help'`,
    );
  }
  return id;
}
