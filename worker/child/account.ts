/**
 * As whom a process runs, and what it may use of the machine.
 *
 * @module
 */

/** An account of the machine (passwd(5)). */
export interface Account {
  /** Its user id; not that of root. */
  uid: number;
  /** Its primary group. It gets no other one. */
  gid: number;
  /** Its name, for USER. */
  name: string;
  /** Its home, for HOME. */
  home: string;
  /** Its shell, for SHELL. */
  shell: string;
}

/** What gives an account: util-linux. */
export const SETPRIV_PATH = "/usr/bin/setpriv";

/** What tells who it is: it prints a file. */
const PROBE_PATH = "/usr/bin/cat";

/** How long a look at an account may take, in milliseconds. */
const PROBE_LIMIT_MS = 10_000;

/**
 * The options of setpriv(1) that give an account. With no_new_privs no program has a way to more, whatever the bounding set:
 * to lower that would take another capability.
 */
export function privileges({ uid, gid }: Account): string[] {
  return [`--reuid=${uid}`, `--regid=${gid}`, "--clear-groups", "--no-new-privs", "--inh-caps=-all"];
}

/**
 * Tells what is wrong with running processes as an account, by a look at one: it must have no user id, group or
 * capability but those of the account, and no way to new ones (no_new_privs, prctl(2)).
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
