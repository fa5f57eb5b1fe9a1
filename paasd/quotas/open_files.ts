/**
 * The capacity that follows from the number of file descriptors.
 *
 * @module
 */
import { stripTypeScriptTypes } from "node:module";

/** The variable in which start.sh passes the limit: a daemon with a list of programs may start no shell. */
export const LIMIT_VARIABLE = "PAASD_OPEN_FILES";

/** Number of descriptors that every system gives a process (getrlimit(2), the soft RLIMIT_NOFILE of most). */
const USUAL_LIMIT = 1_024;

/** Maximum number of connections by default: each costs memory as well. */
const MAX_CONNECTIONS = 4_096;

/** Number of descriptors that a process takes: two pipes, a log, a pidfd and stdin. */
const DESCRIPTORS_OF_A_PROCESS = 5;

/** The numbers of connections and processes that descriptors are enough for. */
export interface Capacity {
  readonly connections: number;
  /** Number of processes of all users together. */
  readonly processes: number;
}

/**
 * Gives the maximum number of file descriptors of this process. The runtime has raised its soft limit to the hard one,
 * which start.sh passes in a variable, or a shell shows that is started here. Without either it is the usual limit.
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
 * Has the runtime do at once what would end the program if it had to be done without descriptors. For the lines of a
 * stack the runtime reads a file. If it cannot, it parses the source again. The first time that it parses anything on
 * this thread it reads another file, and gives up if it cannot ("assertion failed" in the crate stacker, Deno 2.9.6).
 * So it parses something here.
 */
function prepareForNone(): void {
  stripTypeScriptTypes("if (a) b();"); // an expression alone does not reach it
}

/**
 * Shares descriptors out, so that new connections never take what processes need. An eighth stays for the daemon itself
 * and for readers of old logs. At most a fourth of the rest is for connections, unless the operator wants more.
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
  const left = Math.max(shared - connections, shared / 4); // some are for processes, whatever the operator wants
  const processes = Math.max(1, Math.floor(left / DESCRIPTORS_OF_A_PROCESS));
  return { connections, processes };
}
