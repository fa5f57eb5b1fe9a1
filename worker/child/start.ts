/**
 * Starting a command as the leader of its own session and process group.
 *
 * @module
 */
import type { Child } from "./child.ts";
import type { Account, Limits } from "./account.ts";
import { baseEnvironment } from "./environment.ts";
import { SpawnError } from "../errors.ts";
import type { Guard } from "../group/guard.ts";
import { type Launch, launched, launchOf, SETSID_PATH } from "./launch.ts";
import { spawnError } from "./spawn_failure.ts";
import type { Exit } from "../process/status.ts";
import { startInTerminal, type TerminalOptions } from "./terminal.ts";

/** No process exits with it: it stands for an exit that the runtime could not tell. */
const UNKNOWN_EXIT_CODE = -1;

const DEFAULT_TERMINAL_TYPE = "xterm-256color";

/** The longest path, and the longest part of one, in bytes (limits.h(0p), PATH_MAX and NAME_MAX without the NUL). */
const [MAX_PATH_BYTES, MAX_NAME_BYTES] = [4_095, 255];

/** The longest argument, in bytes (execve(2), MAX_ARG_STRLEN without the NUL). */
const MAX_ARGUMENT_BYTES = 131_071;

/** The longest variable, with its name, in bytes: it travels under another name (`launch.ts`). */
const MAX_VARIABLE_BYTES = MAX_ARGUMENT_BYTES - 8;

/** What to run. */
export interface Command {
  /** The program, looked up in PATH as execvp(3) does, and its arguments, passed on exactly as given. */
  args: readonly string[];
  /** Variables on top of the clean base (`baseEnvironment()`). */
  env?: Readonly<Record<string, string>> | undefined;
  /** The PATH of the clean base; default is that of the system. */
  path?: string | undefined;
  /** The working directory, an absolute path; default is that of the daemon, or `/` for another account. */
  cwd?: string | undefined;
  /** The file mode creation mask (umask(2)); default is 022. */
  umask?: number | undefined;
  /** The account that it runs as, which only root can give; default is that of the daemon. It can gain no privileges. */
  account?: Account | undefined;
  /** How much it may use; default is what the daemon may. */
  limits?: Limits | undefined;
  /** What ends it when this program is killed; default is nothing. It has one variable more for that. */
  guard?: Guard | undefined;
  /** Whether its stdin is a pipe that can be written to; default is an empty one. */
  stdin?: boolean | undefined;
  /** The terminal that is its stdin, stdout and stderr; default is none: it has pipes. */
  terminal?: TerminalOptions | undefined;
}

/** How to start a command. */
export interface StartOptions {
  /** Ends the start when it aborts, if the program does not run yet. */
  signal?: AbortSignal | undefined;
  /** Variables that the process has from its first moment on, so that it can be found again. */
  mark?: Readonly<Record<string, string>> | undefined;
  /** Called with the process id before anybody waits for the program to run. */
  forked?: ((pid: number) => void) | undefined;
}

/**
 * Starts a command with pipes for its output, or in a terminal. The program is looked up in the PATH and the directory that
 * the process gets, by the account that it runs as.
 *
 * @throws {SpawnError} when that is not possible: no process exists.
 * @throws the reason of the signal when that has aborted.
 */
export async function startCommand(command: Command, { signal, mark, forked }: StartOptions = {}): Promise<Child> {
  const { args, account, limits = {}, guard, stdin = false, terminal } = command;
  const program = programOf(command, { ...mark, ...guard?.mark });
  signal?.throwIfAborted();
  const launch = launchOf(program, { ...mark, ...guard?.mark }, command);
  let child: Child | undefined;
  try {
    child = terminal ? await startInTerminal(launch, terminal, account?.uid) : startWithPipes(launch, stdin);
    forked?.(child.pid);
    const guarded = guard?.add(child.pid);
    await launched(child, Object.keys(limits).length > 0, signal);
    await guarded;
    return child;
  } catch (cause) {
    if (child) abandon(child, guard);
    if (signal?.aborted && cause === signal.reason) throw cause;
    throw spawnError(cause, args[0]!);
  }
}

/**
 * The program of a command, once all that it consists of is seen to be right.
 *
 * @throws {SpawnError} when it cannot be run on any machine.
 */
function programOf(
  { args, env, path, cwd, account, terminal }: Command,
  mark: Readonly<Record<string, string>>,
): { args: readonly string[]; env: Record<string, string>; cwd: string | undefined } {
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

/** Whether a text has more bytes than that; only a text that may have is encoded. */
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

/** Starts a program of ours with pipes: by posix_spawn(3), for it is not `detached`, whatever the size of this program. */
function startWithPipes({ args, env }: Launch, stdin: boolean): Child {
  const child = new Deno.Command(SETSID_PATH, {
    args,
    env,
    clearEnv: true,
    cwd: "/", // the runtime starts nothing in a directory that was removed
    stdin: stdin ? "piped" : "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const { pid, stdout, stderr } = child;
  return { pid, exit: exitOf(child), stdout, stderr, stdin: stdin ? child.stdin : undefined, terminal: undefined };
}

/** Lets go of a process that did not become the program. */
async function abandon({ pid, exit, stdin, stdout, stderr }: Child, guard: Guard | undefined): Promise<void> {
  await Promise.allSettled([exit, stdin?.abort(), stdout.cancel(), stderr?.cancel()]);
  guard?.remove(pid);
}

/** How a child ended. */
async function exitOf(child: Deno.ChildProcess): Promise<Exit> {
  try {
    const { code, signal } = await child.status;
    return signal === null ? { code } : { signal: code - 128 };
  } catch (error) {
    // The runtime has no names for real-time signals and rejects; their number is in its message.
    const number = /Invalid signal: (\d+)/.exec(String(error))?.[1];
    return number === undefined ? { code: UNKNOWN_EXIT_CODE } : { signal: Number(number) };
  }
}
