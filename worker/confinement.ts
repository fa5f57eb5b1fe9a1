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

/** The variables of the clean base that are the account's own. */
export function accountVariables({ name, home, shell }: Account): Record<string, string> {
  return { HOME: home, USER: name, SHELL: shell };
}

/** What tells who it is: it prints a file. A list in `--allow-run` has to name it for other accounts. */
export const PROBE_PATH = "/usr/bin/cat";

/** Whether an account may enter a directory. */
export function mayEnter({ uid, gid }: Account, directory: string): boolean {
  try {
    new Deno.Command(PROBE_PATH, { uid, gid, cwd: directory, clearEnv: true, stdin: "null", stdout: "null" })
      .outputSync();
    return true;
  } catch {
    return false;
  }
}

/**
 * Tells what is wrong with running processes as an account, by a look at one: it must have no user id, group or
 * capability but those of the account, and no way to new ones (no_new_privs, prctl(2)).
 */
export function verifyAccount({ uid, gid }: Account): string | undefined {
  let output: Deno.CommandOutput;
  try {
    output = new Deno.Command(PROBE_PATH, {
      args: ["/proc/self/status"],
      uid,
      gid,
      cwd: "/",
      clearEnv: true,
      stdin: "null",
    }).outputSync();
  } catch (error) {
    return `a process cannot be given another account: ${(error as Error).message}`;
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
  if (is.get("NoNewPrivs") !== "1") return "a process could gain privileges: the daemon must run with no_new_privs";
  return undefined;
}

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
