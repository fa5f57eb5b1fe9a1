/**
 * Starting a program by way of others that confine it: limits cannot be set from outside before it runs, and a program in
 * a terminal is not started by the runtime, which could give it another account.
 *
 * What confines it runs with nothing of the user's: no variable, no directory. `launch.sh` takes over when the privileges
 * are gone and the limits are set. It is the same process all the way: one pid, session, group and parent.
 *
 * @module
 */
import { type Account, LIMIT_NAMES, type LimitName, type Limits, prlimitOptions } from "./confinement.ts";
import { SpawnError } from "./errors.ts";
import LAUNCH_SCRIPT from "./launch.sh" with { type: "text" };

/** What sets limits: util-linux. A list in `--allow-run` has to name it for that; it then runs any program. */
export const PRLIMIT_PATH = "/usr/bin/prlimit";

const SETPRIV_PATH = "/usr/bin/setpriv";

/** The environment of what confines: nothing of it can be anybody's but ours. */
export const LAUNCH_ENVIRONMENT: Readonly<Record<string, string>> = { PATH: "/usr/bin:/bin", LC_ALL: "C" };

/** A program, with what it is to get once it is confined. */
interface Program {
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  cwd: string | undefined;
}

/**
 * The arguments that start a program under limits, and as another account if one is given, which only root can do.
 * What they start says first of all whether the program can be started: see {@linkcode launched}.
 */
export function launchArguments({ args, env, cwd }: Program, limits: Limits, account?: Account): string[] {
  const files = candidates(args[0]!, env.PATH ?? "");
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const options = prlimitOptions(limits);
  return [
    ...account ? [SETPRIV_PATH, ...privileges(account), "--"] : [],
    ...options.length > 0 ? [PRLIMIT_PATH, ...options] : [],
    ...["/bin/sh", "-c", LAUNCH_SCRIPT, "sh", cwd ?? "", String(files.length), ...files],
    ...variables,
    ...files.some((file) => file.includes("=")) ? [SETPRIV_PATH, "--inh-caps=-all", "--"] : [], // env(1) takes it for a variable
    ...args,
  ];
}

/** With no_new_privs no program has a way to more, whatever the bounding set: to lower that would take another capability. */
function privileges({ uid, gid }: Account): string[] {
  return [`--reuid=${uid}`, `--regid=${gid}`, "--clear-groups", "--no-new-privs", "--inh-caps=-all"];
}

/** Where a program may lie that is looked up as execvp(3) does. */
export function candidates(program: string, path: string): string[] {
  if (program.includes("/")) return [program];
  return path.split(":").map((directory) => `${directory || "."}/${program}`);
}

/** What `launch.sh` says, as the codes of `command.ts`. In a terminal it could be the start of another's message as well. */
const REFUSALS: Record<string, string> = {
  D: "directory-closed",
  N: "ENOENT",
  X: "EACCES",
  I: "interpreter-not-found",
};

/**
 * Waits until what {@linkcode launchArguments} has started becomes the program.
 *
 * @throws an error whose `code` tells why it does not.
 */
export async function launched(stdout: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
  const reader = stdout.getReader({ mode: "byob" });
  try {
    const { value } = await reader.read(new Uint8Array(1)); // not one byte of the program's own
    const said = String.fromCharCode(value?.[0] ?? 0);
    if (said !== "+") throw Object.assign(new Error("It was not launched"), { code: REFUSALS[said] ?? "not-confined" });
  } finally {
    reader.releaseLock();
  }
}

/**
 * The hard limits that this program and all that it starts have anyway.
 *
 * @throws {SpawnError} when limits cannot be set here.
 */
export async function inheritedLimits(): Promise<Limits> {
  const args = ["--noheadings", "--raw", "--output=RESOURCE,HARD"];
  let output: Deno.CommandOutput;
  try {
    output = await new Deno.Command(PRLIMIT_PATH, { args, clearEnv: true, env: { LC_ALL: "C" }, stdin: "null" })
      .output();
  } catch (cause) {
    const why = "limits cannot be set here: prlimit (util-linux) is missing, or the daemon may not run it";
    throw new SpawnError("not-confined", `Cannot start a process: ${why}`, { cause });
  }
  const entries = new TextDecoder().decode(output.stdout).trim().split("\n").map((line) => line.split(" "));
  return Object.fromEntries(
    entries.map(([name = "", hard]) => [name.toLowerCase(), Number(hard)] as const)
      .filter(([name, hard]) => LIMIT_NAMES.includes(name as LimitName) && !Number.isNaN(hard)), // unlimited
  );
}
