/**
 * The account that a process runs as.
 *
 * @module
 */

/** An account of the machine (passwd(5)). */
export interface Account {
  /** The user id; not that of root. */
  uid: number;
  /** The primary group. A process gets no other group. */
  gid: number;
  /** The name, for the variables USER and LOGNAME. */
  name: string;
  /** The home directory, for the variable HOME. */
  home: string;
  /** The shell, for the variable SHELL. */
  shell: string;
}

/** The program that sets the account of a process (util-linux). */
export const SETPRIV_PATH = "/usr/bin/setpriv";

/** The program that prints the status of a process for a check. */
const PROBE_PATH = "/usr/bin/cat";

/** How long a check of an account may take, in milliseconds. */
const PROBE_LIMIT_MS = 10_000;

/**
 * Returns the options of setpriv(1) that set an account. With no_new_privs no program can gain more privileges, whatever the
 * bounding set is; lowering that would take another capability.
 */
export function privileges({ uid, gid }: Account): string[] {
  return [`--reuid=${uid}`, `--regid=${gid}`, "--clear-groups", "--no-new-privs", "--inh-caps=-all"];
}

/**
 * Checks whether processes can run as an account, by running one. The process must have no user id, group or capability but
 * those of the account, and no way to new ones (no_new_privs, prctl(2)).
 *
 * @returns a clause that says what is wrong; `undefined` when nothing is.
 *
 * @example
 * ```ts
 * import { verifyAccount } from "@paas/worker/confinement";
 * import { assertMatch } from "@std/assert";
 *
 * const root = { uid: 0, gid: 0, name: "root", home: "/root", shell: "/bin/sh" };
 * assertMatch((await verifyAccount(root))!, /^a process /);
 * ```
 */
export async function verifyAccount(account: Account): Promise<string | undefined> {
  const { uid, gid } = account;
  let output: Deno.CommandOutput;
  try {
    output = await new Deno.Command(SETPRIV_PATH, {
      args: [...privileges(account), "--", PROBE_PATH, "/proc/self/status"],
      cwd: "/",
      clearEnv: true,
      env: { LC_ALL: "C" },
      stdin: "null",
      signal: AbortSignal.timeout(PROBE_LIMIT_MS),
    }).output();
  } catch (error) {
    return `a process cannot be given another account: ${(error as Error).message}`;
  }
  if (!output.success) {
    return `a process cannot be given another account: ${new TextDecoder().decode(output.stderr).trim()}`;
  }
  const is = new Map(
    new TextDecoder().decode(output.stdout).split("\n").map((line) => line.split(/:\s*/, 2) as [string, string]),
  );
  const ids = (name: string, id: number) => is.get(name) === Array(4).fill(id).join("\t");
  if (uid === 0 || !ids("Uid", uid) || !ids("Gid", gid) || is.get("Groups")?.trim() !== "") {
    return "a process keeps the user or a group of the daemon, which must be root";
  }
  if (["CapInh", "CapPrm", "CapEff", "CapAmb"].some((name) => !/^0+$/.test(is.get(name) ?? ""))) {
    return "a process keeps capabilities of the daemon, which must be root, and without ambient ones";
  }
  if (is.get("NoNewPrivs") !== "1") return "a process could gain privileges: setpriv does not set no_new_privs";
  return undefined;
}
