/**
 * The words of commands that take processes. `findProcess()` resolves the words to ids.
 *
 * @module
 */
import { usageError } from "./value.ts";

/**
 * The words for the processes of a command.
 *
 * @throws {ExitError} When there is no word, or one of the words is an option
 */
export function processWords(command: string, words: readonly string[]): readonly string[] {
  if (words.length === 0 || words.includes("")) throw usageError(command, `${command} needs the id of a process`);
  const option = words.slice(1).find((word) => word.startsWith("-"));
  if (option !== undefined) throw usageError(command, `option '${option}' must stand before the id`);
  return words;
}

/**
 * The word for the one process of a command.
 *
 * @throws {ExitError} When there is no word, or more than one
 */
export function processWord(command: string, words: readonly string[]): string {
  const [word = "", second] = processWords(command, words);
  if (second !== undefined) throw usageError(command, `${command} takes one id, but there is '${second}' too`);
  return word;
}

/**
 * The two words of a command that takes a process and another user.
 *
 * @throws {ExitError} When there are not two words, or the second is an option
 */
export function processAndUser(command: string, words: readonly string[]): [process: string, user: string] {
  const [process, user, more] = words;
  if (process && user && more === undefined && !user.startsWith("-")) return [process, user];
  throw usageError(command, `${command} needs the id of a process and a user id, and options before them`);
}
