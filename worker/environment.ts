/**
 * The environment that a process starts with.
 *
 * @module
 */

/** The variables of the daemon that its processes get; nothing else of its environment leaks to them. */
export const BASE_VARIABLES = ["PATH", "HOME", "USER", "SHELL", "LANG", "TZ", "TMPDIR"] as const;

/** Where programs are looked up when the daemon itself has no PATH. */
const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * The clean base: those of {@linkcode BASE_VARIABLES} that are set here, and a PATH in any case.
 *
 * @example
 * ```ts
 * import { baseEnvironment } from "@paas/worker";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(baseEnvironment().PATH, Deno.env.get("PATH"));
 * ```
 */
export function baseEnvironment(): Record<string, string> {
  const environment: Record<string, string> = { PATH: DEFAULT_PATH };
  for (const name of BASE_VARIABLES) {
    const value = Deno.env.get(name);
    if (value !== undefined) environment[name] = value;
  }
  return environment;
}
