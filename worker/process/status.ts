/**
 * The states of a process and the ways from one to the next:
 *
 * ```text
 * spawn ──▶ running ──stop──▶ stopping
 *              │                  │
 *              └──────┬───────────┘
 *                     ▼
 *                 finished
 * ```
 *
 * @module
 */
import type { Exit } from "../child/child.ts";

/** Why a process is stopped. */
export type StopReason = "stopped" | "timed-out" | "output-limit" | "client-gone" | "daemon-shutdown";

/** A stop that was asked for. */
export interface Stop {
  /** The reason. */
  readonly reason: StopReason;
  /** The one who asked, in the caller's own terms. */
  readonly by?: string | undefined;
  /** The name of that one, for people. */
  readonly byName?: string | undefined;
  /** The time of SIGTERM, in milliseconds since the Unix epoch. */
  readonly time: number;
  /** Whether the grace period ran out and SIGKILL was sent. */
  readonly killed: boolean;
}

/** The status of a process whose leader runs. */
export interface RunningStatus {
  /** The name of the state. */
  readonly state: "running";
  /** The time of the start, in milliseconds since the Unix epoch. */
  readonly startTime: number;
}

/** The status of a process that was sent SIGTERM, and whose leader has not exited yet. */
export interface StoppingStatus {
  /** The name of the state. */
  readonly state: "stopping";
  /** The time of the start, in milliseconds since the Unix epoch. */
  readonly startTime: number;
  /** The stop that is in progress. */
  readonly stop: Stop;
}

/** The status of a process whose leader has exited, or is lost. This state is final. */
export interface FinishedStatus {
  /** The name of the state. */
  readonly state: "finished";
  /** The time of the start, in milliseconds since the Unix epoch. */
  readonly startTime: number;
  /** The time when the leader exited, or was found to be lost, in milliseconds since the Unix epoch. */
  readonly finishTime: number;
  /** How the leader ended. */
  readonly exit: Exit;
  /** Why it ended: by itself, by a signal that no stop has sent, lost with its daemon, or for the reason of the stop. */
  readonly endReason: "exited" | "signalled" | "daemon-lost" | StopReason;
  /** The stop that ended it, if there was one. */
  readonly stop?: Stop | undefined;
}

/** The status of a process. Each state carries only the facts that are known in it. */
export type ProcessStatus = RunningStatus | StoppingStatus | FinishedStatus;

/** The states that may follow each state. A stop that escalates to SIGKILL, or is repeated, goes from stopping to stopping. */
export const TRANSITIONS: Readonly<Record<ProcessStatus["state"], readonly ProcessStatus["state"][]>> = {
  running: ["stopping", "finished"],
  stopping: ["stopping", "finished"],
  finished: [],
};
