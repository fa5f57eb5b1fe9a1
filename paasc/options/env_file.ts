/**
 * Files of environment variables.
 *
 * @module
 */
import { ExitError } from "../exit.ts";
import { fileFault } from "../words/file_fault.ts";
import { pair } from "./value.ts";

/** What names stdin where a file is wanted. The runtime does not open the second one by its path. */
const stdinNames = ["-", "/dev/stdin"];

/** Whether it is stdin that a path names. */
export function isStdin(path: string): boolean {
  return stdinNames.includes(path);
}

/** Whether it can be meant as the name of a variable: with white space in it nobody could use it. */
export function isVariableName(text: string): boolean {
  return !/\s/.test(text);
}

/**
 * The variables in a file, or in stdin: `NAME=VALUE` a line, with everything behind the first `=` for the value. Empty
 * lines and those that begin with `#` do not count.
 *
 * @throws {ExitError} When it cannot be read, or a line is not so
 */
export async function readEnvFile(path: string): Promise<[name: string, value: string][]> {
  const wrong = (what: string, cause?: unknown) =>
    new ExitError("usage", `${what}: see 'paasc exec --help'`, { cause });
  const file = isStdin(path) ? "stdin" : path;
  let bytes: Uint8Array;
  try {
    bytes = isStdin(path) ? await new Response(Deno.stdin.readable).bytes() : await Deno.readFile(path);
  } catch (cause) {
    throw wrong(`cannot read the variables in ${file}: ${fileFault(cause)}`, cause);
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw wrong(`the variables in ${file} are not UTF-8 text`, cause);
  }
  return text.split(/\r?\n/).flatMap((line, index) => {
    const start = line.trimStart();
    if (start === "" || start.startsWith("#")) return [];
    const variable = pair(start);
    if (variable && isVariableName(variable[0])) return [variable];
    // What stands there may be a secret: the number of the line must do.
    const where = `line ${index + 1} of ${file}`;
    if (/^export\s/.test(start)) throw wrong(`${where} begins with 'export', which is for shells: leave it away`);
    if (variable) throw wrong(`${where} has white space in the name of the variable, before '='`);
    throw wrong(`${where} is not of the form NAME=VALUE`);
  });
}
