/**
 * The worker's status of a process as the contract's message.
 *
 * @module
 */
import {
  type EndReason,
  type ProcessState__Output,
  type ProcessStatus as ProcessStatusMessage,
  type SharePermission,
  toTimestamp,
} from "@paas/proto";
import type { FinishedStatus, ProcessStatus } from "@paas/worker";
import { isInForce, type Permission } from "../access/authorization.ts";
import type { Entry } from "../processes/process_table.ts";

/** The contract's words for the states. */
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

/** The contract's words for permissions. */
export const PERMISSIONS: Record<Permission, SharePermission> = {
  view: "SHARE_PERMISSION_VIEW",
  stop: "SHARE_PERMISSION_STOP",
};

/** The message for the status of a process, without who it is shared with. */
export function toStatusMessage(
  { process, args, name, labels, owner, ownerSubject }: Omit<Entry, "grants">,
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
  };
  if (status.state === "finished") {
    message.finishTime = toTimestamp(status.finishTime);
    message.endReason = END_REASONS[status.endReason];
    const { code, signal } = status.exit; // of one that was lost there is neither
    if (code !== undefined) message.exitCode = code;
    if (signal !== undefined) message.signal = signal;
  }
  if (status.state !== "running" && status.stop) {
    const { by, time, killed } = status.stop;
    message.stop = { stoppedBy: by, time: toTimestamp(time), killed };
  }
  return message;
}

/** The message for its owner, and for who may see all processes: with the grants that are in force. */
export function toFullStatusMessage(entry: Entry): ProcessStatusMessage {
  const grants = entry.grants.filter(isInForce).map(({ user, permission, until }) => ({
    user,
    permission: PERMISSIONS[permission],
    until: until === undefined ? undefined : toTimestamp(until),
  }));
  return { ...toStatusMessage(entry), grants };
}
