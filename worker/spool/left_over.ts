/**
 * Left-overs: the groups that a program which died has left running. They are found and ended here.
 *
 * The kernel uses process ids again, so a number alone proves nothing. Two facts prove that group N is still the group that
 * was started here, in the same run of the machine:
 *
 * - There is a process N, and it started at the tick that was noted for the leader. No two processes of one id start in the
 *   same tick, for ids are given in turn.
 * - There is no process N, but one in group N and session N that started between the leader and the last heartbeat of the
 *   program that waited for the leader. A process gets into a session only by birth, or by founding one of its own number
 *   (setsid(2)). So session N existed when the process was born, which was while the number was the leader's. And a new
 *   process does not get the number of a session or group that has members (fork(2) takes an id that no process, group or
 *   session has).
 *
 * A process N that started at another tick proves that the group is gone. Ticks are counted in a time namespace
 * (time_namespaces(7)), and prove nothing in another one.
 *
 * A program that dies between a fork and the note of it has noted no number. But the child has the id of the process in a
 * variable, and nobody else knows that id yet. So a process with the variable belongs to the child's session.
 *
 * @module
 */
import { ProcessGroup } from "../group/process_group.ts";
import type { Proc, ProcStat } from "../system/proc.ts";

/** The name of the variable with the id of a process. */
export const ID_VARIABLE = "PAAS_PROCESS_ID";

/** Pause between two checks whether to go on waiting, in milliseconds. */
const LOOK_MS = 100;

/** The facts by which a child can be recognised. */
export interface Trace {
  /** The id of the process. */
  readonly id: string;
  /** The run of the machine; unknown where /proc cannot be read. */
  readonly boot?: string | undefined;
  /** The time namespace of the ticks; unknown where the kernel has none. */
  readonly clock?: string | undefined;
  /** The time just before its start, in clock ticks. */
  readonly ticks?: number | undefined;
  /** The process id of the leader, once it was started. */
  readonly pid?: number | undefined;
  /** The time of the leader's start, in clock ticks of the kernel. */
  readonly start?: number | undefined;
  /** The last heartbeat of the program that had started it, in clock ticks, if it is known. */
  readonly seen?: number | undefined;
}

/** The result of a search: the group is there, it is gone, or neither is proven. */
export type Finding = { readonly group: number } | "gone" | "unproven";

/**
 * Looks for the group of a child of a program that has died.
 *
 * @param all The facts about all processes, from `proc`.
 */
export function findLeftOver(trace: Trace, proc: Proc | undefined, all: ReadonlyMap<number, ProcStat>): Finding {
  const { id, boot, clock, ticks, pid, start, seen = -Infinity } = trace;
  if (!proc || boot === undefined) return pid === undefined ? "gone" : "unproven";
  if (boot !== proc.bootId) return "gone";
  if (clock !== undefined && clock !== proc.clock) return "unproven";
  if (pid === undefined) return findUnnoted(id, ticks ?? NaN, proc, all);
  const leader = proc.stat(pid);
  if (leader) return leader.start === start && leader.group === pid ? { group: pid } : "gone";
  const members = [...all.values()].filter(({ group }) => group === pid);
  if (members.length === 0) return "gone";
  const proven = members.some(({ session, start: born }) => session === pid && born >= start! && born <= seen);
  return proven ? { group: pid } : "unproven";
}

function findUnnoted(id: string, ticks: number, proc: Proc, all: ReadonlyMap<number, ProcStat>): Finding {
  for (const [pid, { group, session, start }] of all) {
    if (group !== session || !(start >= ticks - 1)) continue;
    if (proc.environment(pid).includes(`${ID_VARIABLE}=${id}`)) return { group };
  }
  return "gone";
}

/**
 * Ends a group: SIGTERM, and SIGKILL after the grace period, or as soon as the signal aborts.
 *
 * @param grace The grace period, in milliseconds.
 * @throws {SignalError} When the kernel does not allow it.
 */
export async function endLeftOver(group: number, grace: number, signal: AbortSignal): Promise<void> {
  const members = new ProcessGroup(group, Promise.resolve());
  members.signal("SIGTERM");
  members.signal("SIGCONT"); // a frozen process cannot obey
  const deadline = performance.now() + grace;
  for (let left = grace; left > 0 && !signal.aborted; left = deadline - performance.now()) {
    if (await members.gone(Math.min(left, LOOK_MS))) return;
  }
  members.signal("SIGKILL");
}
