/**
 * How a process stands, for programs.
 *
 * @module
 */
import { fromTimestamp, type ProcessStatus__Output } from "@paas/proto";
import { PaasError } from "../errors.ts";
import { word } from "../words/enum_words.ts";
import { signalName } from "../words/signal_names.ts";

/** How a process stands. `state` tells which of the three it is. */
export type ProcessStatus = RunningStatus | StoppingStatus | FinishedStatus;

/** What is known of a process from its start on. */
export interface StartedStatus {
  /** Its id, a UUID. */
  readonly id: string;
  /** Its name; undefined when it has none. */
  readonly name: string | undefined;
  /** Its labels. */
  readonly labels: Readonly<Record<string, string>>;
  /** Whose it is: the user id. */
  readonly owner: string;
  /** With whom it is shared; only its owner, viewers and operators see that. */
  readonly grants: readonly Grant[];
  /** What it was started with. */
  readonly args: readonly string[];
  /** The process id of its leader on the daemon's machine, and the number of its group. */
  readonly pid: number;
  /** When it was started. */
  readonly startTime: Date;
  /** Whether it was started with stdin. */
  readonly stdin: boolean;
  /** Whether it was started in a terminal. */
  readonly terminal: boolean;
  /** How many bytes it has printed so far, over both streams. */
  readonly logBytes: number;
  /** How many lines that is; one that is not finished counts too. */
  readonly logLines: number;
  /** The stop that was asked for; undefined until then. */
  readonly stop: StopInfo | undefined;
}

/** The status of a process that runs. */
export interface RunningStatus extends StartedStatus {
  /** It runs. */
  readonly state: "running";
}

/** The status of a process that is being stopped. */
export interface StoppingStatus extends StartedStatus {
  /** SIGTERM has been sent, and it has not exited yet. */
  readonly state: "stopping";
}

/** The status of a process that has finished: it is final. */
export interface FinishedStatus extends StartedStatus {
  /** It has exited, a signal has killed it, or it was lost with the daemon. */
  readonly state: "finished";
  /** The code that it exited with, 0 to 255; undefined when a signal killed it or it was lost. */
  readonly exitCode: number | undefined;
  /** The number of the signal that killed it; undefined when it exited or was lost. */
  readonly signal: number | undefined;
  /** The name of that signal, such as `SIGTERM`. */
  readonly signalName: string | undefined;
  /** When it exited, or was found to be lost. */
  readonly finishTime: Date;
  /** Why it ended. */
  readonly endReason: EndReason;
}

/** Why a process ended. A newer daemon may have a reason that is not among these; it is `unknown`. */
export type EndReason =
  /** By itself. */
  | "exited"
  /** By a signal that no stop has sent. */
  | "signalled"
  /** It was stopped. */
  | "stopped"
  /** It ran longer than its timeout. */
  | "timed-out"
  /** It printed more than it was allowed to. */
  | "output-limit"
  /** Its client was gone for too long. */
  | "client-gone"
  /** The daemon shut down. */
  | "daemon-shutdown"
  /** It was running when the daemon died: how it ended is not known. */
  | "daemon-lost"
  /** Something else. */
  | "unknown";

const endReasons = new Map<string, EndReason>(
  ([
    "exited",
    "signalled",
    "stopped",
    "timed-out",
    "output-limit",
    "client-gone",
    "daemon-shutdown",
    "daemon-lost",
  ] as const)
    .map((reason) => [reason, reason]),
);

/** Who stopped a process, when, and what it took. */
export interface StopInfo {
  /** The user, as the hexadecimal SHA-256 of their certificate; undefined when it was the daemon itself. */
  readonly by: string | undefined;
  /** When SIGTERM was sent. */
  readonly time: Date;
  /** Whether the grace period ran out and SIGKILL was sent. */
  readonly killed: boolean;
}

/** What the owner of a process lets another user do. */
export interface Grant {
  /** The id of the other user. */
  readonly user: string;
  /** `view` is status and output, `stop` to stop it as well. */
  readonly permission: "view" | "stop";
  /** Until when; undefined until it is taken back. */
  readonly until: Date | undefined;
}

/** The status that a message of the contract tells. */
export function statusFrom(status: ProcessStatus__Output): ProcessStatus {
  const { processId: id, owner, args, labels, pid, stdin, terminal, logBytes, logLines, stop } = status;
  const started: StartedStatus = {
    ...{ id, owner, args, labels, pid, stdin, terminal, logBytes, logLines },
    name: status.name || undefined,
    grants: status.grants.map(({ user, permission, until }) => ({
      user,
      permission: permission === "SHARE_PERMISSION_STOP" ? "stop" : "view",
      until: until ? time(until) : undefined,
    })),
    startTime: time(status.startTime),
    stop: stop ? { by: stop.stoppedBy || undefined, time: time(stop.time), killed: stop.killed } : undefined,
  };
  switch (status.state) {
    case "PROCESS_STATE_RUNNING":
      return { state: "running", ...started };
    case "PROCESS_STATE_STOPPING":
      return { state: "stopping", ...started };
    case "PROCESS_STATE_FINISHED": {
      const { exitCode, signal, finishTime } = status;
      return {
        state: "finished",
        ...started,
        exitCode,
        signal,
        signalName: signal === undefined ? undefined : signalName(signal),
        finishTime: time(finishTime),
        endReason: endReasons.get(word(status.endReason, "END_REASON_")) ?? "unknown",
      };
    }
  }
  throw new PaasError("internal", `the daemon tells a state that this client does not know: ${status.state}`);
}

/** The status of a process that the daemon says has finished. */
export function finishedFrom(message: ProcessStatus__Output): FinishedStatus {
  const status = statusFrom(message);
  if (status.state === "finished") return status;
  throw new PaasError("internal", `the daemon says that the process has finished, but also that it is ${status.state}`);
}

/** A time that the contract promises. */
function time(timestamp: ProcessStatus__Output["startTime"]): Date {
  if (timestamp) return fromTimestamp(timestamp);
  throw new PaasError("internal", "the daemon tells a status without a time that belongs to it");
}
