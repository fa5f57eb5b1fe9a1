/**
 * The one word of the commands that are about one process.
 *
 * @module
 */
import { PaascError } from "./errors.ts";

/**
 * The id of the process that a command is about. Whether it is one, and of which process, is for the daemon to say.
 *
 * @throws {PaascError} When there is no word, or more than one
 */
export function processId(command: string, words: readonly string[]): string {
  const [id, second] = words;
  if (id === undefined) {
    throw new PaascError("usage", `${command} needs the id of a process: see 'paasc ${command} --help'`);
  }
  if (second?.startsWith("-")) {
    throw new PaascError("usage", `option '${second}' must stand before the id: see 'paasc ${command} --help'`);
  }
  if (second !== undefined) {
    throw new PaascError(
      "usage",
      `${command} takes one id, but there is '${second}' too: see 'paasc ${command} --help'`,
    );
  }
  return id;
}
