/**
 * The environment of a process at its start.
 *
 * @module
 */
import type { Account } from "./account.ts";

/** The variables of this program that its processes inherit. They get no others. */
export const BASE_VARIABLES = ["HOME", "USER", "LOGNAME", "SHELL", "LANG", "TZ", "TMPDIR"] as const;

/** The default PATH of processes. The PATH of this program is not used, for it depends on the user who has started it. */
export const SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Shells that refuse to run: a program that starts $SHELL would fail. */
const NO_SHELL = /\/(nologin|false)$/;

/**
 * Returns the clean base of an environment: PATH, and HOME, USER, LOGNAME, SHELL, LANG, TZ and TMPDIR as far as they are
 * set here. With an account, HOME, USER, LOGNAME and SHELL are those of the account, and TMPDIR is left out.
 *
 * @param options The PATH, {@linkcode SYSTEM_PATH} by default, and the account.
 *
 * @example
 * ```ts
 * import { baseEnvironment, SYSTEM_PATH } from "@paas/worker/confinement";
 * import { assertEquals } from "@std/assert";
 *
 * const account = { uid: 1000, gid: 1000, name: "alice", home: "/home/alice", shell: "/usr/sbin/nologin" };
 * const { PATH, LOGNAME, SHELL } = baseEnvironment({ account });
 * assertEquals([PATH, LOGNAME, SHELL], [SYSTEM_PATH, "alice", "/bin/sh"]);
 * ```
 */
export function baseEnvironment(
  { path = SYSTEM_PATH, account }: { path?: string | undefined; account?: Account | undefined } = {},
): Record<string, string> {
  const environment: Record<string, string> = { PATH: path };
  for (const name of BASE_VARIABLES) {
    const value = Deno.env.get(name);
    if (value !== undefined) environment[name] = value;
  }
  const user = environment["USER"] ?? environment["LOGNAME"];
  if (user !== undefined) environment["USER"] = environment["LOGNAME"] = user;
  if (!account) return environment;
  delete environment["TMPDIR"]; // it belongs to this program, and is mostly closed to other accounts
  const { name, home, shell } = account;
  return { ...environment, HOME: home, USER: name, LOGNAME: name, SHELL: NO_SHELL.test(shell) ? "/bin/sh" : shell };
}
