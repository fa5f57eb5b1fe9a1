/**
 * The environment that a process starts with.
 *
 * @module
 */
import type { Account } from "./account.ts";

/** The variables of the daemon that its processes get; nothing else of its environment leaks to them. */
export const BASE_VARIABLES = ["HOME", "USER", "LOGNAME", "SHELL", "LANG", "TZ", "TMPDIR"] as const;

/** Where programs are looked up unless a command says otherwise: never the PATH of whoever has started the daemon. */
export const SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Shells that let nobody in: whatever starts $SHELL would only get a refusal. */
const NO_SHELL = /\/(nologin|false)$/;

/**
 * The clean base: a PATH, and those of {@linkcode BASE_VARIABLES} that are set here; of another account its own.
 *
 * @param path The PATH; default is {@linkcode SYSTEM_PATH}.
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
  delete environment["TMPDIR"]; // it is the daemon's, and mostly closed to others
  const { name, home, shell } = account;
  return { ...environment, HOME: home, USER: name, LOGNAME: name, SHELL: NO_SHELL.test(shell) ? "/bin/sh" : shell };
}
