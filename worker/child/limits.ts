/**
 * The limits of a process: how much it may use of the machine.
 *
 * @module
 */
import { SpawnError } from "../errors.ts";

/** The program that sets limits (util-linux). */
export const PRLIMIT_PATH = "/usr/bin/prlimit";

/** The names of the resources that can be limited, as in prlimit(1). */
export const LIMIT_NAMES = ["as", "core", "cpu", "fsize", "nofile", "nproc"] as const;

/** The name of a resource that can be limited. */
export type LimitName = (typeof LIMIT_NAMES)[number];

/**
 * Maximum use of resources (getrlimit(2)), a whole number each: `as` is the memory, `core` a core dump and `fsize` a file, in
 * bytes; `cpu` is the time on a processor, in seconds; `nofile` is the number of open files; `nproc` is the number of
 * processes of the account.
 */
export type Limits = Partial<Readonly<Record<LimitName, number>>>;

/** Returns the options of prlimit(1) that set hard limits, which a process cannot raise. */
export function prlimitOptions(limits: Limits): string[] {
  return LIMIT_NAMES.flatMap((name) => {
    const limit = limits[name];
    if (limit === undefined) return [];
    // With equal soft and hard limits the kernel sends SIGKILL at once. One second later, SIGXCPU comes first.
    return [`--${name}=${limit}:${name === "cpu" ? limit + 1 : limit}`];
  });
}

/**
 * Returns the hard limits that this program has, and all that it starts inherit.
 *
 * @throws {SpawnError} When limits cannot be set here.
 *
 * @example
 * ```ts
 * import { inheritedLimits, LIMIT_NAMES } from "@paas/worker/confinement";
 * import { assert } from "@std/assert";
 *
 * const limits = await inheritedLimits(); // a resource without a limit is missing
 * for (const name of LIMIT_NAMES) assert((limits[name] ?? Infinity) >= 0);
 * ```
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
