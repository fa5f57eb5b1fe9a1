/**
 * Converts the worker's status of a process to the contract's message.
 *
 * @module
 */
import {
  type EndReason,
  type LogEnd,
  type ProcessState__Output,
  type ProcessStatus as ProcessStatusMessage,
  type SharePermission,
  toTimestamp,
} from "@paas/proto";
import type { FinishedStatus, ProcessStatus } from "@paas/worker";
import type { LogReader } from "@paas/worker/records";
import { isInForce, type Permission } from "../access/authorization.ts";
import type { Entry } from "../processes/entries.ts";
import type { CallContext } from "../rpc/call.ts";

/** The contract's names of the states. */
export const STATES: Record<ProcessStatus["state"], ProcessState__Output> = {
  running: "PROCESS_STATE_RUNNING",
  stopping: "PROCESS_STATE_STOPPING",
  finished: "PROCESS_STATE_FINISHED",
};

const END_REASONS: Record<FinishedStatus["endReason"], EndReason> = {
  "exited": "END_REASON_EXITED",
  "signalled": "END_REASON_SIGNALLED",
  "stopped": "END_REASON_STOPPED",
  "timed-out": "END_REASON_TIMED_OUT",
  "output-limit": "END_REASON_OUTPUT_LIMIT",
  "client-gone": "END_REASON_CLIENT_GONE",
  "daemon-shutdown": "END_REASON_DAEMON_SHUTDOWN",
  "daemon-lost": "END_REASON_DAEMON_LOST",
};

/** The contract's names of the permissions. */
const PERMISSIONS: Record<Permission, SharePermission> = {
  view: "SHARE_PERMISSION_VIEW",
  stop: "SHARE_PERMISSION_STOP",
};

/** Makes the message for the status of a process, without the grants. */
export function toStatusMessage(
  { process, args, name, labels, owner, ownerSubject, againOf, restart }: Omit<Entry, "grants" | "recipe">,
): ProcessStatusMessage {
  const { id, pid, status, output } = process;
  const message: ProcessStatusMessage = {
    state: STATES[status.state],
    startTime: toTimestamp(status.startTime),
    processId: id,
    args: [...args],
    name,
    labels,
    pid,
    logBytes: output.bytes,
    logLines: output.lines,
    stdin: process.stdin,
    terminal: process.terminal !== undefined,
    owner,
    ownerSubject,
    againOf,
  };
  if (restart) {
    const { attempt, attempts, nextTime, next } = restart;
    message.restart = {
      attempt,
      attempts,
      nextTime: nextTime === undefined ? undefined : toTimestamp(nextTime),
      nextProcessId: next,
    };
  }
  if (status.state === "finished") {
    message.finishTime = toTimestamp(status.finishTime);
    message.endReason = END_REASONS[status.endReason];
    const { code, signal } = status.exit; // both are unknown if the daemon was killed before the process ended
    if (code !== undefined) message.exitCode = code;
    if (signal !== undefined) message.signal = signal;
  }
  if (status.state !== "running" && status.stop) {
    const { by, byName, time, killed } = status.stop;
    message.stop = { stoppedBy: by, stoppedBySubject: byName, time: toTimestamp(time), killed };
  }
  return message;
}

/**
 * Makes the message for the owner, and for users who may see all processes: it includes the grants in force, and why the
 * daemon has given a restart up, for example for a quota of the owner.
 */
export function toFullStatusMessage(entry: Entry): ProcessStatusMessage {
  const grants = entry.grants.filter(isInForce).map(({ user, permission, until }) => ({
    user,
    permission: PERMISSIONS[permission],
    until: until === undefined ? undefined : toTimestamp(until),
  }));
  const message = { ...toStatusMessage(entry), grants };
  if (message.restart) message.restart.givenUp = entry.restart?.givenUp;
  return message;
}

/** Makes the message for a caller: only the owner, and users who may see all processes, get the grants. */
export function statusFor(entry: Entry, { user, right }: Pick<CallContext, "user" | "right">): ProcessStatusMessage {
  return entry.owner === user.id || right.sees === "all" ? toFullStatusMessage(entry) : toStatusMessage(entry);
}

/**
 * Makes the last message of a log for a caller.
 *
 * @param matchEnd The offset behind the line that the caller wanted to read up to, if the log was read up to there only.
 */
export function endOf(
  log: LogReader,
  entry: Entry,
  caller: Pick<CallContext, "user" | "right">,
  matchEnd?: number,
): { end: LogEnd } {
  const status = statusFor(entry, caller);
  if (matchEnd !== undefined) return { end: { bytes: matchEnd, status, matched: true } };
  const { offset: bytes, lines, mayBeCut } = log;
  return { end: { bytes, lines, mayBeCut, status } };
}
