/**
 * What a program that died has left running: finding it, and ending it.
 *
 * A process id is used again, so a number alone says nothing. What proves that group N is still the one that was started
 * here, in the same run of the machine:
 *
 * - There is a process N, and it was started at the tick that was noted when the leader was. No two processes of one id
 *   start in the same tick, for ids are given in turn.
 * - There is no process N, but one in group N and session N that was started between the leader and the last sign of life
 *   of the program that waited for the leader. A process gets into a session only by birth, or by founding one of its own
 *   number (setsid(2)); so session N was there when it was born, which was while the number was the leader's. And the
 *   number of a session or a group is not given to a new process as long as it has members (fork(2) takes an id that no
 *   process, group or session has).
 *
 * Ticks are those of a time namespace (time_namespaces(7)): in another one they prove nothing.
 *
 * A process N that was started at another tick proves that the group is gone.
 *
 * A program that dies in the moment between a fork and the note of it knows no number. But the child has its id, which was
 * told to nobody yet, in a variable: who has that is of its session.
 *
 * @module
 */
import { ProcessGroup } from "../group/process_group.ts";
import type { Proc, ProcStat } from "../system/proc.ts";

/** The variable that tells a process its id. */
export const ID_VARIABLE = "PAAS_PROCESS_ID";

/** How often it is looked whether to go on waiting, in milliseconds. */
const LOOK_MS = 100;

/** How a child can be recognised. */
export interface Trace {
  /** Its id. */
  readonly id: string;
  /** In which run of the machine; unknown where /proc cannot be read. */
  readonly boot?: string | undefined;
  /** In which time namespace ticks were counted; unknown where the kernel has none. */
  readonly clock?: string | undefined;
  /** Clock ticks just before it was started. */
  readonly ticks?: number | undefined;
  /** The process id of the leader, once it was started. */
  readonly pid?: number | undefined;
  /** Clock ticks when the leader was started, as the kernel tells. */
  readonly start?: number | undefined;
  /** Clock ticks of the last sign of life of the program that had started it, as far as known. */
  readonly seen?: number | undefined;
}

/** What is known of a group: that it is still there, that it is not, or neither. */
export type Finding = { readonly group: number } | "gone" | "unproven";

/**
 * Looks for the group of a child of a program that has died.
 *
 * @param all What `proc` tells of all processes.
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
 * @throws {SignalError} when the kernel does not allow it.
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
