/**
 * Files of environment variables.
 *
 * @module
 */
import { PaascError } from "../errors.ts";
import { pair } from "./option_value.ts";

/**
 * The variables in a file: `K=V` a line, with everything behind the first `=` for the value. Empty lines and those that
 * begin with `#` do not count.
 *
 * @throws {PaascError} When it cannot be read, or a line is not so
 */
export async function readEnvFile(path: string): Promise<[name: string, value: string][]> {
  const wrong = (what: string, cause?: unknown) =>
    new PaascError("usage", `${what}: see 'paasc exec --help'`, { cause });
  let bytes: Uint8Array;
  try {
    bytes = await Deno.readFile(path);
  } catch (cause) {
    const why = cause instanceof Deno.errors.NotFound ? "it does not exist" : (cause as Error).message;
    throw wrong(`cannot read the variables in ${path}: ${why}`, cause);
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw wrong(`the variables in ${path} are not UTF-8 text`, cause);
  }
  return text.split(/\r?\n/).flatMap((line, index) => {
    const start = line.trimStart();
    if (start === "" || start.startsWith("#")) return [];
    const variable = pair(start);
    // What stands there may be a secret: the number of the line must do.
    if (!variable) throw wrong(`line ${index + 1} of ${path} is not of the form NAME=VALUE`);
    return [variable];
  });
}
