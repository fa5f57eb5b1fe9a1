/**
 * What a process may use of the machine.
 *
 * @module
 */
import { SpawnError } from "../errors.ts";

/** What sets limits: util-linux. */
export const PRLIMIT_PATH = "/usr/bin/prlimit";

/** The resources that can be limited, by their names in prlimit(1). */
export const LIMIT_NAMES = ["as", "core", "cpu", "fsize", "nofile", "nproc"] as const;

/** The name of a resource that can be limited. */
export type LimitName = (typeof LIMIT_NAMES)[number];

/**
 * How much a process may use (getrlimit(2)), a whole number each: `as` its memory, `core` its core dump and `fsize` a
 * file, in bytes; `cpu` the time on a processor, in seconds; `nofile` its open files; `nproc` all processes of its
 * account.
 */
export type Limits = Partial<Readonly<Record<LimitName, number>>>;

/** The options of prlimit(1) that set these as hard limits, which a process cannot raise. */
export function prlimitOptions(limits: Limits): string[] {
  return LIMIT_NAMES.flatMap((name) => {
    const limit = limits[name];
    if (limit === undefined) return [];
    // With both the same, the kernel sends SIGKILL at once: one second lies between it and SIGXCPU.
    return [`--${name}=${limit}:${name === "cpu" ? limit + 1 : limit}`];
  });
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
