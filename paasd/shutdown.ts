/**
 * The end of a daemon: first the processes, then their readers, then the connections.
 *
 * @module
 */
import { type Process, StopInProgressError } from "@paas/worker";
import { withinTime } from "@paas/worker/system";
import type { FrontDoor } from "./door/front_door.ts";
import type { Drain } from "./drain.ts";
import { causeOf } from "./errors.ts";
import type { FiguresServer } from "./figures/figures_server.ts";
import type { Expiry } from "./processes/expiry.ts";
import type { ProcessTable } from "./processes/process_table.ts";
import type { Restarts } from "./restarts/restarts.ts";
import type { CallServer } from "./server.ts";
import type { DaemonLog } from "./telemetry/daemon_log.ts";

/** Time after which a connection that takes nothing is cut, in milliseconds. */
const STALL_LIMIT_MS = 10_000;

/** Time after SIGKILL at which a process that still lives is left to itself, in milliseconds. */
const KILL_LIMIT_MS = 5_000;

/** The parts of a daemon that end in an order of their own; all others are closed behind them. */
export interface Running {
  readonly log: DaemonLog;
  readonly table: ProcessTable;
  readonly restarts: Restarts;
  readonly server: CallServer;
  readonly door: FrontDoor;
  readonly expiry: Expiry;
  readonly drain: Drain;
  /** Answers to the end of the daemon that it is shutting down. */
  readonly figures: FiguresServer | undefined;
  /** Ends the recovery of processes that an earlier daemon has left. */
  readonly recovery: AbortController;
}

/**
 * Ends a daemon in good order: it starts no new processes, stops all processes, and delivers their logs to the end.
 * Resolves when no connection is left.
 *
 * @param stopGrace Time from SIGTERM until SIGKILL, in milliseconds.
 */
export async function shutDown(running: Running, stopGrace: number): Promise<void> {
  const { log, table, restarts, server, door, expiry, drain, figures, recovery } = running;
  const start = performance.now();
  server.shutDown();
  drain[Symbol.dispose]();
  restarts.close("the daemon has shut down");
  if (figures) figures.state = "shutting down";
  expiry[Symbol.dispose]();
  recovery.abort();
  const processes = await table.close();
  await Promise.all(processes.map((process) => end(process, stopGrace, log)));
  table.endWatching();
  server.endStandardStreams();
  door.close();
  const left = new AbortController();
  door.cutStalled(STALL_LIMIT_MS, left.signal);
  // A client drops what it has received and not read when it gets a GOAWAY, so readers leave by themselves first.
  await door.readersLeft(start);
  // The library may wait on for a session whose connection was closed in that same moment.
  await Promise.race([server.goodbye(), door.left()]);
  left.abort();
  door.cutAll();
  await door.left(); // the calls of these connections end, and are written down
}

/** Kills all processes now. */
export function killAll({ table, log }: Pick<Running, "table" | "log">): void {
  for (const process of table.processes()) kill(process, log);
}

/** Stops a process, and waits until its log has ended. */
async function end(process: Process, stopGrace: number, log: DaemonLog): Promise<void> {
  const stopping = process.stop({ reason: "daemon-shutdown" }).catch((error) => {
    // A user's stop may have a grace of hours; the daemon does not wait that long.
    if (!(error instanceof StopInProgressError)) report(log, "not-stopped", process, error);
  });
  const killer = setTimeout(() => kill(process, log), stopGrace);
  await withinTime(Promise.all([stopping, process.ended]), stopGrace + KILL_LIMIT_MS);
  clearTimeout(killer);
}

function kill(process: Process, log: DaemonLog): void {
  try {
    process.kill();
  } catch (error) {
    report(log, "not-killed", process, error);
  }
}

function report(log: DaemonLog, event: string, { id }: Process, error: unknown): void {
  log.write(event, { process: id, cause: causeOf(error) });
}
