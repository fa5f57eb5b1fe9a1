/**
 * The chain of programs from one of ours to the user's. Every process starts as this chain. The daemon executes only the
 * first program, so no file, directory or file system of a user can make the daemon wait.
 *
 * ```text
 * setsid ─▶ setpriv ─▶ sh launch.sh ─▶ prlimit ─▶ env ─▶ the program
 *           account    directory,      limits    signals, variables
 *                      look-up
 * ```
 *
 * The chain is one process: one pid, and one session and group from setsid on. In a terminal posix_spawn(3) takes the place
 * of setsid(1). The user's variables have no effect on the chain: env(1), its last program, sets them.
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

/** The first program of every process with pipes (util-linux). A list in `--allow-run` has to name it. */
export const SETSID_PATH = "/usr/bin/setsid";

/** The number of SIGKILL (signal(7)). */
const SIGKILL = 9;

const ENV_PATH = "/usr/bin/env";
const SHELL_PATH = "/bin/sh";

/** The environment of the chain, beside the variables that travel through it. */
const LAUNCH_ENVIRONMENT: Readonly<Record<string, string>> = { PATH: "/usr/bin:/bin", LC_ALL: "C" };

/** The soft limit of open files, as in a login shell: select(2) and programs that close all descriptors depend on it. */
const SOFT_OPEN_FILES = 1024;

/** The file mode creation mask, as in a login shell (umask(2)). */
const DEFAULT_UMASK = 0o022;

/** How long a process may take until it has become the user's program, in milliseconds. */
const LAUNCH_LIMIT_MS = 10_000;

/** How long to wait for the end of a process that was killed, in milliseconds: a hung disk may hold it. */
const KILL_LIMIT_MS = 1_000;

/** The confinement of a process. */
export interface LaunchOptions {
  /** The account that it runs as; default is that of the daemon. */
  account?: Account | undefined;
  /** Its limits; default are those of the daemon. */
  limits?: Limits | undefined;
  /** Its file mode creation mask; default is 022. */
  umask?: number | undefined;
}

/** A chain that becomes a program, once it is started as the leader of a session. */
export interface Launch {
  /** The first program, by its path or for setsid(1), and its arguments. */
  readonly args: string[];
  /** All variables of the chain. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Returns the chain that becomes a program.
 *
 * The user's variables travel in the environment under neutral names, and env(1) puts them in place (`-S`). As arguments all
 * accounts of the machine could read them (proc(5), /proc/pid/cmdline).
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
  // Under limits another shell reports that all is ready, so that limits which are too low to start anything are reported.
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

/** The characters of the chain's refusals, and their codes in `spawn_failure.ts`. */
const REFUSALS: Record<string, string> = {
  C: "directory-closed",
  D: "directory-not-found",
  N: "ENOENT",
  X: "EACCES",
  I: "interpreter-not-found",
  L: "ELOOP",
};

/**
 * Waits until the chain becomes the program. Otherwise the chain is killed, so that no process is left.
 *
 * @param limited Whether the process has limits, which may be too low to start anything.
 * @param signal Kills the chain when it aborts.
 * @throws {Error} When the chain does not become the program; its `code` says why.
 * @throws The reason of the signal, when the signal aborts.
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
      group.signalLeader(SIGKILL); // the process may not lead a group yet
      group.signal(SIGKILL);
    } catch {
      // The daemon may not signal the account; the start fails all the same.
    }
  };
  const abort = () => kill(signal!.reason);
  timers.push(setTimeout(() => kill(refusal("launch-overdue")), LAUNCH_LIMIT_MS));
  signal?.addEventListener("abort", abort, { once: true });
  if (signal?.aborted) abort();
  try {
    const { value } = await reader.read(new Uint8Array(1)); // not one byte of the program's output
    const character = String.fromCharCode(value?.[0] ?? 0);
    if (character === "+") return;
    const reason = why ?? refusal(REFUSALS[character] ?? await silenceOf(exit, limited));
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

/** Finds out why the chain has reported nothing: it was killed, or could not confine itself. */
async function silenceOf(exit: Child["exit"], limited: boolean): Promise<string> {
  const ended = await withinTime(exit, KILL_LIMIT_MS);
  return ended?.signal !== undefined && !limited ? "launch-killed" : "not-confined";
}
