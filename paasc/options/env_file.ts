/**
 * Files of environment variables.
 *
 * @module
 */
import { fileFault } from "../words/file_fault.ts";
import { pair, usageError } from "./value.ts";

/** The names for stdin where a file is expected. The runtime cannot open the second one by its path. */
const STDIN_NAMES = ["-", "/dev/stdin"];

/** Whether a path names stdin. */
export function isStdin(path: string): boolean {
  return STDIN_NAMES.includes(path);
}

/** Whether a text can be the name of a variable: no program could use a name with white space. */
export function isVariableName(text: string): boolean {
  return !/\s/.test(text);
}

/**
 * Reads the variables in a file or in stdin: `NAME=VALUE` on each line, with everything after the first `=` as the value.
 * Empty lines and lines that begin with `#` are left out.
 *
 * @throws {ExitError} When the file cannot be read, or a line has another form
 */
export async function readEnvFile(path: string): Promise<[name: string, value: string][]> {
  const wrong = (sentence: string, cause?: unknown) => usageError("exec", sentence, { cause });
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
    // The line may hold a secret, so the error has its number only.
    const where = `line ${index + 1} of ${file}`;
    if (/^export\s/.test(start)) throw wrong(`${where} begins with 'export', which is for shells: leave it away`);
    if (variable) throw wrong(`${where} has white space in the name of the variable, before '='`);
    throw wrong(`${where} is not of the form NAME=VALUE`);
  });
}
