/**
 * The status of a process, for programs.
 *
 * @module
 */
import type { Grant__Output, ProcessStatus__Output, RestartState__Output } from "@paas/proto";
import { PaasError } from "../errors.ts";
import { word } from "../words/enum_words.ts";
import { signalName } from "../words/signal_names.ts";
import type { Time } from "../words/time.ts";

/** The status of a process. Its `state` tells which of the three it is. */
export type ProcessStatus = RunningStatus | StoppingStatus | FinishedStatus;

/** The facts about a process that are known from its start on. */
export interface StartedStatus {
  /** The id, a UUID. */
  readonly id: string;
  /** The name; undefined when the process has none. */
  readonly name: string | undefined;
  /** The labels. */
  readonly labels: Readonly<Record<string, string>>;
  /** The user id of the owner. */
  readonly owner: string;
  /** The users with whom the process is shared; empty unless the client is its owner, a viewer or an operator. */
  readonly grants: readonly Grant[];
  /** The program and its arguments. */
  readonly args: readonly string[];
  /** The process id on the daemon's machine, which is also the id of the process group. */
  readonly pid: number;
  /** The time of the start. */
  readonly startTime: Date;
  /** Whether the process was started with stdin. */
  readonly stdin: boolean;
  /** Whether the process was started in a terminal. */
  readonly terminal: boolean;
  /** The size of the output so far, over both streams, in bytes. */
  readonly logBytes: number;
  /** The number of lines of output so far; an unfinished line counts too. */
  readonly logLines: number;
  /** The stop of the process; undefined when none was requested. */
  readonly stop: StopInfo | undefined;
  /** The id of the process that this one repeats; undefined when it repeats none. */
  readonly againOf: string | undefined;
  /** The place in a row of restarts; undefined when the process is not to be restarted. */
  readonly restart: RestartState | undefined;
}

/** The status of a running process. */
export interface RunningStatus extends StartedStatus {
  /** The process runs. */
  readonly state: "running";
}

/** The status of a process during a stop. */
export interface StoppingStatus extends StartedStatus {
  /** The daemon has sent SIGTERM, and the process has not exited yet. */
  readonly state: "stopping";
}

/** The final status of a process. */
export interface FinishedStatus extends StartedStatus {
  /** The process exited, was killed by a signal, or was lost with the daemon. */
  readonly state: "finished";
  /** The exit code, 0 to 255; undefined when a signal killed the process or it was lost. */
  readonly exitCode: number | undefined;
  /** The number of the signal that killed the process; undefined when it exited or was lost. */
  readonly signal: number | undefined;
  /** The name of that signal, such as `SIGTERM`. */
  readonly signalName: string | undefined;
  /** The time when the process exited or was found to be lost. */
  readonly finishTime: Date;
  /** The reason for the end. */
  readonly endReason: EndReason;
}

/** The reason for the end of a process. A reason of a newer daemon that is not in this list becomes `unknown`. */
export type EndReason =
  /** The process exited by itself. */
  | "exited"
  /** A signal killed the process, and no stop had sent it. */
  | "signalled"
  /** A user stopped the process. */
  | "stopped"
  /** The process ran longer than its timeout. */
  | "timed-out"
  /** The process printed more than its limit. */
  | "output-limit"
  /** The client was gone for too long. */
  | "client-gone"
  /** The daemon shut down. */
  | "daemon-shutdown"
  /** The daemon died while the process ran: how it ended is not known. */
  | "daemon-lost"
  /** Another reason. */
  | "unknown";

const END_REASONS: readonly EndReason[] = [
  "exited",
  "signalled",
  "stopped",
  "timed-out",
  "output-limit",
  "client-gone",
  "daemon-shutdown",
  "daemon-lost",
];

/** The place of a process in a row of restarts. */
export interface RestartState {
  /** The number of this attempt; the process that a client has started is 1. */
  readonly attempt: number;
  /** Maximum number of attempts. */
  readonly attempts: number;
  /** The time of the next attempt, while the daemon waits for it. */
  readonly nextTime: Date | undefined;
  /** The id of the process that is the next attempt; undefined when there is none so far. */
  readonly nextId: string | undefined;
  /** A sentence that says why the daemon has made no further attempt; undefined when there was no such reason. */
  readonly givenUp: string | undefined;
}

/** A stop of a process. */
export interface StopInfo {
  /** The id of the user who stopped the process; undefined when the daemon stopped it by itself. */
  readonly by: string | undefined;
  /** The subject of that user's certificate, for people: it is not unique and proves nothing. */
  readonly bySubject: string | undefined;
  /** The time of SIGTERM. */
  readonly time: Date;
  /** Whether the grace period ran out, so that the daemon sent SIGKILL. */
  readonly killed: boolean;
}

/** A permission that the owner of a process has given to another user. */
export interface Grant {
  /** The id of the other user. */
  readonly user: string;
  /** `view` allows to see status and output, `stop` allows to stop the process as well. */
  readonly permission: "view" | "stop";
  /** The end of the permission; undefined when it lasts until it is taken back. */
  readonly until: Date | undefined;
}

/** The status in a message of the contract. */
export function statusFrom(message: ProcessStatus__Output): ProcessStatus {
  const { processId: id, owner, args, labels, pid, stdin, terminal, logBytes, logLines, stop } = message;
  const started: StartedStatus = {
    ...{ id, owner, args, labels, pid, stdin, terminal, logBytes, logLines },
    name: message.name || undefined,
    grants: message.grants.map(({ user, permission, until }) => ({
      user,
      permission: permissionFrom(permission),
      until: until ? dateFrom(until) : undefined,
    })),
    startTime: dateIn(message.startTime),
    stop: stop
      ? {
        by: stop.stoppedBy || undefined,
        bySubject: stop.stoppedBySubject || undefined,
        time: dateIn(stop.time),
        killed: stop.killed,
      }
      : undefined,
    againOf: message.againOf || undefined,
    restart: message.restart ? restartFrom(message.restart) : undefined,
  };
  const state = stateFrom(message.state);
  if (state === "running" || state === "stopping") return { state, ...started };
  if (state !== "finished") {
    throw new PaasError("internal", `the daemon tells a state that this client does not know: ${message.state}`);
  }
  const { exitCode, signal, finishTime } = message;
  const reason = word(message.endReason, "END_REASON_");
  return {
    state,
    ...started,
    exitCode,
    signal,
    signalName: signal === undefined ? undefined : signalName(signal),
    finishTime: dateIn(finishTime),
    endReason: END_REASONS.find((known) => known === reason) ?? "unknown",
  };
}

function restartFrom({ attempt, attempts, nextTime, nextProcessId, givenUp }: RestartState__Output): RestartState {
  return {
    attempt,
    attempts,
    nextTime: nextTime ? dateFrom(nextTime) : undefined,
    nextId: nextProcessId || undefined,
    givenUp: givenUp || undefined,
  };
}

/** The status in a message about a process that has finished. */
export function finishedFrom(message: ProcessStatus__Output): FinishedStatus {
  const status = statusFrom(message);
  if (status.state === "finished") return status;
  throw new PaasError("internal", `the daemon says that the process has finished, but also that it is ${status.state}`);
}

/** The state of a process as a word. A state of a newer daemon stays a number. */
export function stateFrom(state: ProcessStatus__Output["state"]): string {
  return word(state, "PROCESS_STATE_");
}

/** The permission in a grant; a permission of a newer daemon counts as `view`. */
export function permissionFrom(permission: Grant__Output["permission"]): Grant["permission"] {
  return permission === "SHARE_PERMISSION_STOP" ? "stop" : "view";
}

/** A time of the contract as a `Date`. */
export function dateFrom({ seconds, nanos }: Time): Date {
  return new Date(seconds * 1000 + nanos / 1e6);
}

/** A time that each status must have. */
function dateIn(time: Time | null): Date {
  if (time) return dateFrom(time);
  throw new PaasError("internal", "the daemon tells a status without a time that belongs to it");
}
