/**
 * The permissions that this library needs.
 *
 * @module
 */
import { SETPRIV_PATH } from "./child/account.ts";
import { BASE_VARIABLES } from "./child/environment.ts";
import { SETSID_PATH } from "./child/launch.ts";
import { PRLIMIT_PATH } from "./child/limits.ts";
import { GUARD_PATH } from "./group/guard.ts";
import { KILL_PATHS } from "./system/kill.ts";
import { LIBC_PATHS } from "./system/library.ts";

export { SETSID_PATH };

/** The features of this library that a program uses. */
export interface Features {
  /** Whether processes run as another account (`account` of `spawn`). */
  readonly account?: boolean | undefined;
  /** Whether processes get limits (`limits` of `spawn`). */
  readonly limits?: boolean | undefined;
  /** Whether a guard ends processes after a crash (`guard` of `spawn`). */
  readonly guard?: boolean | undefined;
  /** Whether processes run in terminals (`terminal` of `spawn`). */
  readonly terminal?: boolean | undefined;
  /** Whether the spool is kept for the next program (`keep` of `Spool.open`). */
  readonly keep?: boolean | undefined;
}

/** The things that a program has to be permitted, beside reading and writing the directory of its spool. */
export interface Requirements {
  /**
   * Programs for `--allow-run`, by their paths. The first of them becomes any program that it is given, so a list of them
   * does not confine processes. With the list the runtime signals no groups itself: kill(1) is in the list for that.
   */
  readonly programs: readonly string[];
  /**
   * Libraries for `--allow-ffi`, by their paths; only one of them has to exist. A library can do all that a program can, so
   * it must not stand beside a list in `--allow-run` that shall confine anything.
   */
  readonly libraries: readonly string[];
  /** Variables for `--allow-env`. Processes get them from this program. */
  readonly variables: readonly string[];
}

/**
 * Returns the programs, libraries and variables that features need.
 *
 * @example
 * ```ts
 * import { requirements } from "@paas/worker/requirements";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const { programs, libraries, variables } = requirements({ limits: true });
 * assert(programs.includes("/usr/bin/prlimit"));
 * assertEquals(libraries, []);
 * assert(variables.includes("HOME"));
 * ```
 */
export function requirements({ account, limits, guard, terminal, keep }: Features = {}): Requirements {
  return {
    programs: [
      SETSID_PATH,
      ...limits ? [PRLIMIT_PATH] : [],
      ...KILL_PATHS,
      ...account ? [SETPRIV_PATH] : [],
      ...guard && GUARD_PATH !== undefined ? [GUARD_PATH] : [],
    ],
    libraries: terminal || keep ? LIBC_PATHS : [],
    variables: BASE_VARIABLES,
  };
}
