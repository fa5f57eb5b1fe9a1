/**
 * The command of a caller, and the program that it becomes once it was checked.
 *
 * @module
 */
import type { Account } from "./account.ts";
import type { TerminalOptions } from "./child.ts";
import { baseEnvironment } from "./environment.ts";
import { SpawnError } from "../errors.ts";
import type { Guard } from "../group/guard.ts";
import type { Limits } from "./limits.ts";

const DEFAULT_TERMINAL_TYPE = "xterm-256color";

/** Maximum length of a path, and of a name in it, in bytes (limits.h(0p), PATH_MAX and NAME_MAX without the NUL). */
const [MAX_PATH_BYTES, MAX_NAME_BYTES] = [4_095, 255];

/** Maximum length of an argument, in bytes (execve(2), MAX_ARG_STRLEN without the NUL). */
const MAX_ARGUMENT_BYTES = 131_071;

/** Maximum length of a variable with its name, in bytes: it travels under another name (`launch.ts`). */
const MAX_VARIABLE_BYTES = MAX_ARGUMENT_BYTES - 8;

/** A command to run. */
export interface Command {
  /** The program, looked up in PATH as execvp(3) does, and its arguments, passed on exactly as given. */
  args: readonly string[];
  /** Variables on top of the clean base: PATH, HOME, USER, LOGNAME, SHELL, LANG, TZ and TMPDIR. */
  env?: Readonly<Record<string, string>> | undefined;
  /** The PATH of the clean base; default is the usual one of a Linux system. */
  path?: string | undefined;
  /** The working directory, an absolute path; default is that of this program, or `/` for another account. */
  cwd?: string | undefined;
  /** The file mode creation mask (umask(2)); default is 022. */
  umask?: number | undefined;
  /** The account of the process, which only root can set; default is that of this program. It can gain no privileges. */
  account?: Account | undefined;
  /** The limits of the process; default are those of this program. */
  limits?: Limits | undefined;
  /** The guard that ends the process when this program is killed; default is none. It adds a variable to the process. */
  guard?: Guard | undefined;
  /** Whether stdin is a pipe that can be written to; by default it is empty. */
  stdin?: boolean | undefined;
  /** The terminal that becomes stdin, stdout and stderr; default is none: the process has pipes. */
  terminal?: TerminalOptions | undefined;
}

/** A program to run, complete and checked. */
export interface Program {
  /** The name or path of the program, and its arguments. */
  readonly args: readonly string[];
  /** All variables. */
  readonly env: Readonly<Record<string, string>>;
  /** The working directory; `undefined` is that of this program. */
  readonly cwd: string | undefined;
}

/**
 * Checks a command, and returns its program.
 *
 * @param mark Variables that the process has from its first moment on.
 * @throws {SpawnError} When it could not run on any machine.
 */
export function programOf(
  { args, env, path, cwd, account, terminal }: Command,
  mark: Readonly<Record<string, string>>,
): Program {
  const [program] = args;
  if (program === undefined) throw invalid("no command was given");
  if (program === "") throw invalid("the program's name is empty");
  if (isTooLongPath(program)) throw invalid("the program's name is longer than a path can be");
  args.forEach((arg, index) => {
    if (arg.includes("\0")) throw invalid("an argument contains a NUL byte");
    if (isLonger(arg, MAX_ARGUMENT_BYTES)) throw tooLong(`argument ${index}`, MAX_ARGUMENT_BYTES);
  });
  const type = terminal && { TERM: terminal.type ?? DEFAULT_TERMINAL_TYPE };
  const variables = { ...baseEnvironment({ path, account }), ...type, ...env, ...mark };
  for (const [name, value] of Object.entries(variables)) {
    if (!/^[^=\0]+$/.test(name)) throw invalid("a variable has no name, or one with '=' or NUL in it");
    const shown = JSON.stringify(name.slice(0, MAX_NAME_BYTES));
    if (value.includes("\0")) throw invalid(`the variable ${shown} contains a NUL byte`);
    if (isLonger(`${name}=${value}`, MAX_VARIABLE_BYTES)) throw tooLong(`the variable ${shown}`, MAX_VARIABLE_BYTES);
  }
  if (cwd !== undefined && !/^\/[^\0]*$/.test(cwd)) throw invalid("its working directory must be an absolute path");
  if (cwd !== undefined && isTooLongPath(cwd)) throw invalid("its working directory is longer than a path can be");
  return { args, env: variables, cwd: cwd ?? (account ? "/" : undefined) };
}

function isTooLongPath(path: string): boolean {
  return isLonger(path, MAX_PATH_BYTES) || path.split("/").some((name) => isLonger(name, MAX_NAME_BYTES));
}

/** Returns whether a text has more than a number of bytes. Only a text that is long enough is encoded. */
function isLonger(text: string, bytes: number): boolean {
  if (3 * text.length <= bytes) return false;
  return text.length > bytes || new TextEncoder().encode(text).length > bytes;
}

function invalid(reason: string): SpawnError {
  return new SpawnError("invalid-command", `Cannot start a process: ${reason}`);
}

function tooLong(what: string, bytes: number): SpawnError {
  return new SpawnError("command-too-long", `Cannot start a process: ${what} has more than ${bytes} bytes`);
}
