/**
 * The worker's status of a process as the contract's message.
 *
 * @module
 */
import {
  type EndReason,
  type ProcessState,
  type ProcessStatus as ProcessStatusMessage,
  toTimestamp,
} from "@paas/proto";
import type { FinishedStatus, ProcessStatus } from "@paas/worker";

const STATES: Record<ProcessStatus["state"], ProcessState> = {
  running: "PROCESS_STATE_RUNNING",
  stopping: "PROCESS_STATE_STOPPING",
  finished: "PROCESS_STATE_FINISHED",
};

const END_REASONS: Record<FinishedStatus["endReason"], EndReason> = {
  "exited": "END_REASON_EXITED",
  "stopped": "END_REASON_STOPPED",
  "timed-out": "END_REASON_TIMED_OUT",
  "daemon-shutdown": "END_REASON_DAEMON_SHUTDOWN",
};

/** The message for a status. */
export function toStatusMessage(status: ProcessStatus): ProcessStatusMessage {
  const message: ProcessStatusMessage = { state: STATES[status.state], startTime: toTimestamp(status.startTime) };
  if (status.state === "finished") {
    message.finishTime = toTimestamp(status.finishTime);
    message.endReason = END_REASONS[status.endReason];
    if (status.exit.signal === undefined) message.exitCode = status.exit.code;
    else message.signal = status.exit.signal;
  }
  if (status.state !== "running" && status.stop) {
    const { by, time, killed } = status.stop;
    message.stop = { stoppedBy: by, time: toTimestamp(time), killed };
  }
  return message;
}
