/**
 * Starting a process: its log, its child and its entry in the history are put together.
 *
 * @module
 */
import type { Command } from "./child/program.ts";
import { startCommand } from "./child/start.ts";
import type { Process } from "./process/process.ts";
import { SpawnedProcess } from "./process/spawned_process.ts";
import { type About, NOTHING } from "./spool/process_record.ts";
import type { Spool } from "./spool/spool.ts";
import { clock } from "./system/clock.ts";

/** The default grace period, in milliseconds. */
const DEFAULT_GRACE_MS = 10_000;

/** A command to start, the spool for its log, and its limits. */
export interface SpawnOptions extends Command {
  /** The spool for the log. */
  spool: Spool;
  /** A description that the spool keeps. The logs of an owner share a limit of the spool. */
  about?: About | undefined;
  /** A UUID that no other process of the spool has; default is a new one. */
  id?: string | undefined;
  /** The default grace period of this process, in milliseconds; default is 10,000. */
  stopGrace?: number | undefined;
  /** How long it may run until it is stopped, in milliseconds, at most 2^31 - 1; default is for ever. */
  timeout?: number | undefined;
  /** Called after each change of the status. */
  changed?: ((process: Process) => void) | undefined;
  /** How much it may print until it is stopped, in bytes; default is everything. */
  maxOutput?: number | undefined;
  /** Ends the start when it aborts, if the program does not run yet: no process exists then. */
  signal?: AbortSignal | undefined;
}

/**
 * Starts a process as the leader of its own session and process group. Resolves when the program runs.
 *
 * @throws {SpawnError} When it cannot be started; no process exists, and nothing is left behind.
 * @throws {SpoolError} When its log cannot be made.
 * @throws The reason of the signal, when the signal aborts.
 *
 * @example
 * ```ts
 * import { spawn, Spool } from "@paas/worker";
 * import { assertEquals } from "@std/assert";
 *
 * const directory = await Deno.makeTempDir();
 * using spool = await Spool.open(directory);
 * const child = await spawn({ args: ["echo", "hello"], spool });
 * let output = "";
 * for await (const { data } of child.logs()) output += new TextDecoder().decode(data);
 * assertEquals(output, "hello\n");
 * assertEquals((await child.finished).exit, { code: 0 });
 * await child.ended;
 * await Deno.remove(directory, { recursive: true });
 * ```
 */
export async function spawn(
  { spool, id = crypto.randomUUID(), stopGrace = DEFAULT_GRACE_MS, about = NOTHING, signal, ...options }: SpawnOptions,
): Promise<Process> {
  const log = await spool.createLog(id, about.owner || undefined);
  try {
    // The shorter the way from here to the note of the process id, the better: a daemon that is killed meanwhile has not
    // even noted that.
    const { args, stdin = false, terminal, timeout, maxOutput, changed, guard } = options;
    const streams = { stdin: stdin || terminal !== undefined, terminal: terminal !== undefined };
    let startTime = clock.now();
    const history = spool.begin({ id, args, ...streams, startTime, about });
    const child = await startCommand(options, {
      signal,
      mark: history.mark,
      forked: (pid) => history.started(pid, startTime = clock.now()),
    });
    const { keep } = spool;
    return new SpawnedProcess(child, log, {
      ...{ id, startTime, stopGrace, timeout, maxOutput, changed },
      ...{ guard, history, keep },
    });
  } catch (error) {
    await log.end();
    await spool.remove(id);
    throw error;
  }
}
