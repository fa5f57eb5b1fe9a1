/**
 * Starting a command as the leader of its own session and process group.
 *
 * @module
 */
import type { Child, Exit } from "./child.ts";
import { type Command, programOf } from "./program.ts";
import type { Guard } from "../group/guard.ts";
import { type Launch, launched, launchOf, SETSID_PATH } from "./launch.ts";
import { spawnError } from "./spawn_failure.ts";
import { startInTerminal } from "./terminal.ts";

/** The exit code for an exit that the runtime could not report. No process exits with it. */
const UNKNOWN_EXIT_CODE = -1;

/** Options of a start. */
export interface StartOptions {
  /** Ends the start when it aborts, if the program does not run yet. */
  signal?: AbortSignal | undefined;
  /** Variables that the process has from its first moment on, so that it can be found again. */
  mark?: Readonly<Record<string, string>> | undefined;
  /** Called with the process id before anybody waits for the program to run. */
  forked?: ((pid: number) => void) | undefined;
}

/**
 * Starts a command with pipes for its output, or in a terminal. The account of the process looks its program up, in the PATH
 * and the directory of the process.
 *
 * @throws {SpawnError} When that is not possible: no process exists.
 * @throws The reason of the signal, when the signal aborts.
 */
export async function startCommand(command: Command, { signal, mark, forked }: StartOptions = {}): Promise<Child> {
  const { args, account, limits = {}, guard, stdin = false, terminal } = command;
  const marks = { ...mark, ...guard?.mark };
  const program = programOf(command, marks);
  signal?.throwIfAborted();
  const launch = launchOf(program, marks, command);
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
 * Starts a program of ours with pipes. Without `detached` the runtime does it by posix_spawn(3), which takes the same time
 * whatever the size of this program is.
 */
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

/** Resolves with the end of a child. */
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
