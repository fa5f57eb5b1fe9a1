/**
 * The status of a process as text and as JSON.
 *
 * @module
 */
import type { Grant__Output, ProcessStatus__Output, RestartState__Output } from "@paas/proto";
import { escapeUnprintable } from "@paas/proto/printable";
import { permissionFrom, stateFrom } from "../client/status.ts";
import { reasonText } from "./end_reason.ts";
import { rfc3339, word } from "../words/enum_words.ts";
import { shellCommand, shellWord } from "../words/shell_word.ts";
import { signalName } from "../words/signal_names.ts";
import { age, between, durationText, type Time } from "../words/time.ts";

/** Fields of a status that its one-line form needs. */
type Outcome =
  & Pick<ProcessStatus__Output, "state" | "exit" | "exitCode" | "signal">
  & Partial<Pick<ProcessStatus__Output, "endReason">>;

/** Exit code for a process that was lost with its daemon. */
const LOST_EXIT_CODE = 125;

/**
 * Formats the status as `paasc status` prints it.
 *
 * @example
 * ```ts
 * import { statusText } from "./process_status.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(
 *   statusText({ state: "PROCESS_STATE_FINISHED", exit: "signal", signal: 15 }),
 *   "Status: finished (signal 15)",
 * );
 * ```
 */
export function statusText(outcome: Outcome): string {
  return `Status: ${stateText(outcome)}`;
}

/** Formats the state and, for a finished process, its exit. */
export function stateText(outcome: Outcome): string {
  const { state, exit, exitCode, signal } = outcome;
  if (isLost(outcome)) return `${stateFrom(state)} (lost with the daemon)`;
  const how = exit === "exitCode" ? ` (exit code ${exitCode})` : exit === "signal" ? ` (signal ${signal})` : "";
  return `${stateFrom(state)}${how}`;
}

/** Whether the process was running when its daemon died. */
export function isLost({ endReason }: Outcome): boolean {
  return endReason === "END_REASON_DAEMON_LOST";
}

/** Gives the exit code of `paasc` for a finished process: as in a shell, or 125 for a process that was lost. */
export function exitCodeOf(outcome: Outcome): number {
  if (isLost(outcome)) return LOST_EXIT_CODE;
  const { exitCode = 0, signal } = outcome;
  return signal === undefined ? exitCode : 128 + signal;
}

/**
 * Formats all other fields of a status, as `paasc status --verbose` prints them below the first line.
 *
 * @param user Id of the user who asks
 * @param now In milliseconds since the Unix epoch
 */
export function statusDetails(status: ProcessStatus__Output, user: string, now: number): string {
  const { startTime, finishTime, exit, exitCode, signal = 0, owner, ownerSubject } = status;
  const lost = isLost(status); // the time of its end is not known either
  const lines: [key: string, value: string | undefined][] = [
    ["Id", status.processId],
    ["Name", status.name],
    ["Labels", Object.entries(status.labels).map(([key, value]) => shellWord(`${key}=${value}`)).join(" ")],
    ["Command", shellCommand(status.args)],
    ["Pid", `${status.pid}`],
    ["Started", startTime ? `${rfc3339(startTime)} (${age(now - startTime.seconds * 1000)})` : undefined],
    [lost ? "Found lost" : "Finished", finishTime ? rfc3339(finishTime) : undefined],
    ["Duration", startTime && finishTime && !lost ? durationText(between(startTime, finishTime)) : undefined],
    ["Exit code", exit === "exitCode" ? `${exitCode}` : undefined],
    ["Signal", exit === "signal" ? `${signalName(signal)} (${signal})` : undefined],
    ["Reason", reasonText(status, user)],
    ["Log", `${count(status.logBytes, "byte")}, ${count(status.logLines, "line")}`],
    ["Repeats", status.againOf],
    ...restartDetails(status, now),
    ["Owner", owner && owner !== user ? `${owner} (${ownerSubject || "no name"})` : undefined],
    ...status.grants.map((grant): [string, string] => ["Shared with", grantText(grant)]),
  ];
  return lines.map(([key, value]) => value ? `${key}: ${escapeUnprintable(value)}\n` : "").join("");
}

function restartDetails({ restart }: Pick<ProcessStatus__Output, "restart">, now: number): [string, string][] {
  if (!restart) return [];
  const { attempt, attempts, nextTime, nextProcessId, givenUp } = restart;
  return [
    ["Attempt", `${attempt} of ${attempts}`],
    ["Restart", nextTime ? `in ${waitText(nextTime, now)} (attempt ${attempt + 1} of ${attempts})` : ""],
    ["Restarted as", nextProcessId],
    ["Not restarted", givenUp],
  ];
}

/** Formats the time until a moment, in whole seconds. */
function waitText({ seconds, nanos }: Time, now: number): string {
  return `${Math.max(Math.ceil(seconds + nanos / 1e9 - now / 1000), 0)} s`;
}

/**
 * Tells somebody who has followed a process that another one has come after it, or will. Returns undefined if none has.
 *
 * @param now In milliseconds since the Unix epoch
 */
export function restartSentence({ restart }: Pick<ProcessStatus__Output, "restart">, now: number): string | undefined {
  if (restart?.nextProcessId) return `the process was restarted as ${restart.nextProcessId}`;
  if (!restart?.nextTime) return undefined;
  const { attempt, attempts, nextTime } = restart;
  return `the process is restarted in ${waitText(nextTime, now)} (attempt ${attempt + 1} of ${attempts})`;
}

/** Formats a grant. */
function grantText({ user, permission, until }: Grant__Output): string {
  const what = permissionFrom(permission) === "stop" ? "see and stop" : "see";
  return `${user} (${what}${until ? `, until ${rfc3339(until)}` : ""})`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** Converts a status to the object that `-o json` prints. Unknown fields are left out; times are RFC 3339. */
export function statusJson(status: ProcessStatus__Output) {
  const { processId, name, labels, args, state, pid, exitCode, signal, startTime, finishTime, endReason, stop } =
    status;
  return {
    id: processId,
    name,
    labels,
    args,
    state: stateFrom(state),
    pid,
    exitCode,
    signal,
    signalName: signal === undefined ? undefined : signalName(signal),
    startTime: startTime ? rfc3339(startTime) : undefined,
    finishTime: finishTime ? rfc3339(finishTime) : undefined,
    durationSeconds: startTime && finishTime && !isLost(status) ? between(startTime, finishTime) / 1000 : undefined,
    endReason: endReason === "END_REASON_UNSPECIFIED" ? undefined : word(endReason, "END_REASON_"),
    // `stoppedBy` is empty if the daemon stopped the process, as at a shutdown.
    stop: stop
      ? {
        by: stop.stoppedBy || undefined,
        bySubject: stop.stoppedBySubject || undefined,
        time: stop.time ? rfc3339(stop.time) : undefined,
        killed: stop.killed,
      }
      : undefined,
    logBytes: status.logBytes,
    logLines: status.logLines,
    againOf: status.againOf || undefined,
    restart: status.restart ? restartJson(status.restart) : undefined,
    owner: status.owner || undefined,
    ownerSubject: status.ownerSubject || undefined,
    grants: status.grants?.length
      ? status.grants.map(({ user, permission, until }) => ({
        user,
        permission: permissionFrom(permission),
        until: until ? rfc3339(until) : undefined,
      }))
      : undefined,
  };
}

function restartJson({ attempt, attempts, nextTime, nextProcessId, givenUp }: RestartState__Output) {
  return {
    attempt,
    attempts,
    nextTime: nextTime ? rfc3339(nextTime) : undefined,
    nextId: nextProcessId || undefined,
    givenUp: givenUp || undefined,
  };
}
