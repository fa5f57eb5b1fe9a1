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

/**
 * How the leader of a process group ended: with a code (0 to 255), or by a signal (its number). Neither is known of one
 * that was lost with its daemon.
 */
export type Exit =
  | { readonly code: number; readonly signal?: undefined }
  | { readonly signal: number; readonly code?: undefined }
  | { readonly code?: undefined; readonly signal?: undefined };

/** Who may end a process besides itself. */
export type StopReason = "stopped" | "timed-out" | "output-limit" | "client-gone" | "daemon-shutdown";

/** A stop that was asked for. */
export interface Stop {
  /** Why. */
  readonly reason: StopReason;
  /** Who asked, in the caller's own terms. */
  readonly by?: string | undefined;
  /** The name of who asked, for people. */
  readonly byName?: string | undefined;
  /** When SIGTERM was sent, in milliseconds since the Unix epoch. */
  readonly time: number;
  /** Whether the grace period ran out and SIGKILL was sent. */
  readonly killed: boolean;
}

/** What every state knows. */
export interface Started {
  /** When the process was started, in milliseconds since the Unix epoch. */
  readonly startTime: number;
}

/** The leader of the process group runs. */
export interface RunningStatus extends Started {
  /** Tells the states apart. */
  readonly state: "running";
}

/** SIGTERM has been sent; the leader has not exited yet. */
export interface StoppingStatus extends Started {
  /** Tells the states apart. */
  readonly state: "stopping";
  /** The stop that is in progress. */
  readonly stop: Stop;
}

/** The leader has exited, or is lost. This state is final. */
export interface FinishedStatus extends Started {
  /** Tells the states apart. */
  readonly state: "finished";
  /** When the leader exited, or was found to be lost, in milliseconds since the Unix epoch. */
  readonly finishTime: number;
  /** How it ended. */
  readonly exit: Exit;
  /** Why it ended: by itself, by a signal that no stop has sent, lost with its daemon, or for the reason of the stop. */
  readonly endReason: "exited" | "signalled" | "daemon-lost" | StopReason;
  /** The stop that ended it, if there was one. */
  readonly stop?: Stop | undefined;
}

/** Where in its life a process is. Each state carries only what is known in it. */
export type ProcessStatus = RunningStatus | StoppingStatus | FinishedStatus;
