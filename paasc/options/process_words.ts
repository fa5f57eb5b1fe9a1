/**
 * The words of commands that take processes. `findProcess()` resolves the words to ids.
 *
 * @module
 */
import { usageError } from "./value.ts";

/**
 * The words for the processes of a command.
 *
 * @throws {ExitError} When there is no word, or an empty one
 */
export function processWords(command: string, words: readonly string[]): readonly string[] {
  if (words.length === 0 || words.includes("")) throw usageError(command, `${command} needs the id of a process`);
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
 * @throws {ExitError} When there are not two words
 */
export function processAndUser(command: string, words: readonly string[]): [process: string, user: string] {
  const [process, user, more] = words;
  if (process && user && more === undefined) return [process, user];
  throw usageError(command, `${command} needs the id of a process and a user id`);
}
