/**
 * From a program of ours to the user's: the chain of programs that every process starts as. The daemon executes nothing but
 * the first one, so nothing that a user chooses (a file, a directory, a file system) can make the daemon wait.
 *
 * ```text
 * setsid ─▶ setpriv ─▶ sh launch.sh ─▶ prlimit ─▶ env ─▶ the program
 *           account    directory,      limits    signals, variables
 *                      look-up
 * ```
 *
 * The chain is one process: one pid, and one session and group from setsid on. In a terminal posix_spawn(3) takes the place
 * of setsid(1). Until env(1) sets the user's variables, the chain runs with nothing of the user's.
 *
 * @module
 */
import type { Child } from "./child.ts";
import { type Account, privileges, SETPRIV_PATH } from "./account.ts";
import { type Limits, PRLIMIT_PATH, prlimitOptions } from "./limits.ts";
import type { Program } from "./program.ts";
import LAUNCH_SCRIPT from "./launch.sh" with { type: "text" };
import { ProcessGroup } from "../group/process_group.ts";
import { withinTime } from "../system/time.ts";

/** The program that every process with pipes starts as: util-linux. A list in `--allow-run` has to name it. */
export const SETSID_PATH = "/usr/bin/setsid";

/** Its number (signal(7)). */
const SIGKILL = 9;

const ENV_PATH = "/usr/bin/env";
const SHELL_PATH = "/bin/sh";

/** The environment of the chain, besides the variables that travel through it. */
const LAUNCH_ENVIRONMENT: Readonly<Record<string, string>> = { PATH: "/usr/bin:/bin", LC_ALL: "C" };

/** The soft limit of open files that a login shell has. select(2) needs it, and programs that close all descriptors. */
const SOFT_OPEN_FILES = 1024;

/** The file mode creation mask that a login shell has (umask(2)). */
const DEFAULT_UMASK = 0o022;

/** How long a process may take until it has become the user's program, in milliseconds. */
const LAUNCH_LIMIT_MS = 10_000;

/** How long the end of a process that was killed is waited for, in milliseconds: a hung disk may hold it. */
const KILL_LIMIT_MS = 1_000;

/** What a process is given on its way. */
export interface LaunchOptions {
  account?: Account | undefined;
  limits?: Limits | undefined;
  umask?: number | undefined;
}

/** What becomes a program, once it is started as the leader of a session. */
export interface Launch {
  /** The program to start, by its path, and its arguments. */
  readonly args: string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The chain that becomes a program.
 *
 * The user's variables travel in the environment under names that mean nothing to anybody, and env(1) puts them in place
 * (`-S`): as arguments all accounts of the machine could read them (proc(5), /proc/pid/cmdline).
 *
 * @param mark Variables that the process has from its first moment on.
 */
export function launchOf(
  { args, env, cwd }: Program,
  mark: Readonly<Record<string, string>>,
  { account, limits = {}, umask = DEFAULT_UMASK }: LaunchOptions,
): Launch {
  const [program = ""] = args;
  const variables = Object.entries(env).map(([name, value], index) => [`V${index}`, `${name}=${value}`] as const);
  const options = prlimitOptions(limits);
  // Under limits a shell says that all is ready, so that limits which let nothing start are told.
  const [ready, ...confine] = options.length === 0
    ? ["+"]
    : ["", PRLIMIT_PATH, ...options, SHELL_PATH, "-c", 'printf +; exec "$@"', "sh"];
  return {
    args: [
      ...account ? [SETPRIV_PATH, ...privileges(account), "--"] : [],
      ...[SHELL_PATH, "-c", LAUNCH_SCRIPT, "sh"],
      ...[cwd ?? "", umask.toString(8), String(SOFT_OPEN_FILES), env["PATH"] ?? "", program, ready],
      ...confine,
      ...[ENV_PATH, "-i", "--default-signal", "-S", ["--", ...variables.map(([name]) => `\${${name}}`)].join(" ")],
      ...program.includes("=") ? [SETPRIV_PATH, "--inh-caps=-all", "--"] : [], // env(1) takes it for a variable
      ...args,
    ],
    env: { ...LAUNCH_ENVIRONMENT, ...mark, ...Object.fromEntries(variables) },
  };
}

/** What the chain says, as the codes of `spawn_failure.ts`. */
const REFUSALS: Record<string, string> = {
  C: "directory-closed",
  D: "directory-not-found",
  N: "ENOENT",
  X: "EACCES",
  I: "interpreter-not-found",
  L: "ELOOP",
};

/**
 * Waits until the chain becomes the program. If it does not, it is killed: no process is left.
 *
 * @param limited Whether it was given limits, which may be too low for anything to start.
 * @param signal Kills it when it aborts.
 * @throws an error whose `code` tells why it does not become the program; the reason of the signal when that has aborted.
 */
export async function launched(
  { pid, exit, stdout }: Child,
  limited: boolean,
  signal?: AbortSignal,
): Promise<void> {
  const group = new ProcessGroup(pid, exit);
  const reader = stdout.getReader({ mode: "byob" });
  const timers: ReturnType<typeof setTimeout>[] = [];
  let why: unknown;
  const kill = (reason: unknown) => {
    why ??= reason;
    timers.push(setTimeout(() => void reader.cancel().catch(() => {}), KILL_LIMIT_MS));
    try {
      group.signalLeader(SIGKILL); // it may not lead a group yet
      group.signal(SIGKILL);
    } catch {
      // A daemon without the right to signal the account: the start fails all the same.
    }
  };
  const abort = () => kill(signal!.reason);
  timers.push(setTimeout(() => kill(refusal("launch-overdue")), LAUNCH_LIMIT_MS));
  signal?.addEventListener("abort", abort, { once: true });
  if (signal?.aborted) abort();
  try {
    const { value } = await reader.read(new Uint8Array(1)); // not one byte of the program's own
    const said = String.fromCharCode(value?.[0] ?? 0);
    if (said === "+") return;
    const reason = why ?? refusal(REFUSALS[said] ?? await unsaid(exit, limited));
    kill(reason);
    await withinTime(exit, KILL_LIMIT_MS);
    throw reason;
  } finally {
    timers.forEach(clearTimeout);
    signal?.removeEventListener("abort", abort);
    reader.releaseLock();
  }
}

function refusal(code: string): Error {
  return Object.assign(new Error("It was not launched"), { code });
}

/** Why the chain has said nothing: somebody has killed it, or it could not confine itself. */
async function unsaid(exit: Child["exit"], limited: boolean): Promise<string> {
  const ended = await withinTime(exit, KILL_LIMIT_MS);
  return ended?.signal !== undefined && !limited ? "launch-killed" : "not-confined";
}
