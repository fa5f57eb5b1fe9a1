/**
 * What the daemon's file descriptors are enough for.
 *
 * @module
 */

import { stripTypeScriptTypes } from "node:module";

/** In which start.sh tells the limit: a daemon with a list of programs may start no shell. */
export const LIMIT_VARIABLE = "PAASD_OPEN_FILES";

/** What every system gives a process (getrlimit(2), the soft RLIMIT_NOFILE of most). */
const USUAL_LIMIT = 1_024;

/** Connections take no more than that by default: each costs memory as well. */
const MAX_CONNECTIONS = 4_096;

/** Its two pipes, its log, its pidfd, and its stdin. */
const DESCRIPTORS_OF_A_PROCESS = 5;

/** How many there may be of what takes descriptors. */
export interface Capacity {
  readonly connections: number;
  /** Of all users together. */
  readonly processes: number;
}

/**
 * How many file descriptors this process may have: the runtime has raised its soft limit to the hard one, as start.sh tells
 * it or a shell that it starts is left with. Without either, what is usual.
 */
export async function descriptorLimit(): Promise<number> {
  prepareForNone();
  try {
    const told = Number.parseInt(Deno.env.get(LIMIT_VARIABLE) ?? "");
    if (told > 0) return told;
    const shell = new Deno.Command("sh", { args: ["-c", "ulimit -n"], stdin: "null", stderr: "null" });
    const text = new TextDecoder().decode((await shell.output()).stdout).trim();
    return text === "unlimited" ? 2 ** 20 : Number.parseInt(text) || USUAL_LIMIT;
  } catch {
    return USUAL_LIMIT;
  }
}

/**
 * Has the runtime do at once what would end the program if it had to be done without descriptors. To tell the lines of a
 * stack it reads a file, where it cannot it parses the source again, and the first time that it parses anything on this
 * thread it reads another file and gives up ("assertion failed" in the crate stacker, Deno 2.9.6). So it parses something.
 */
function prepareForNone(): void {
  stripTypeScriptTypes("if (a) b();"); // an expression alone does not reach it
}

/**
 * Shares descriptors out, so that those who come never take what others need: an eighth stays for the daemon itself and
 * for readers of old logs, and at most a fourth of the rest is for connections, unless the operator wants so many.
 *
 * @example
 * ```ts
 * import { capacityOf } from "./open_files.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(capacityOf(20_000), { connections: 4_096, processes: 2_680 });
 * assertEquals(capacityOf(1_024), { connections: 224, processes: 134 });
 * ```
 */
export function capacityOf(descriptors: number, wantedConnections?: number): Capacity {
  const shared = descriptors - Math.max(64, Math.ceil(descriptors / 8));
  const connections = wantedConnections ?? Math.max(1, Math.min(MAX_CONNECTIONS, Math.floor(shared / 4)));
  const left = Math.max(shared - connections, shared / 4); // whatever the operator wants, some are for processes
  const processes = Math.max(1, Math.floor(left / DESCRIPTORS_OF_A_PROCESS));
  return { connections, processes };
}
