/**
 * How a process stands, as a line of text and as JSON.
 *
 * @module
 */
import type { Grant__Output, ProcessStatus__Output } from "@paas/proto";
import { escapeUnprintable } from "@paas/proto/printable";
import { reasonText } from "./end_reason.ts";
import { rfc3339, word } from "../words/enum_words.ts";
import { shellCommand, shellWord } from "../words/shell_word.ts";
import { signalName } from "../words/signal_names.ts";
import { age, between, durationText } from "../words/time.ts";

/** What of a status is told in a few words. */
type Outcome =
  & Pick<ProcessStatus__Output, "state" | "exit" | "exitCode" | "signal">
  & Partial<Pick<ProcessStatus__Output, "endReason">>;

/** The exit code for a process of which nobody knows how it ended. */
const LOST_EXIT_CODE = 125;

/**
 * The status as `paasc status` prints it.
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

/** The state, and how it ended, as text. */
export function stateText(outcome: Outcome): string {
  const { state, exit, exitCode, signal } = outcome;
  if (isLost(outcome)) return `${stateWord(state)} (lost with the daemon)`;
  const how = exit === "exitCode" ? ` (exit code ${exitCode})` : exit === "signal" ? ` (signal ${signal})` : "";
  return `${stateWord(state)}${how}`;
}

/** Whether the process was running when its daemon died. */
export function isLost({ endReason }: Outcome): boolean {
  return endReason === "END_REASON_DAEMON_LOST";
}

/** The state in a word. */
export function stateWord(state: ProcessStatus__Output["state"]): string {
  return word(state, "PROCESS_STATE_");
}

/** The exit code of `paasc` that stands for how a process ended, as a shell has it; 125 if that is not known. */
export function exitCodeOf(outcome: Outcome): number {
  if (isLost(outcome)) return LOST_EXIT_CODE;
  const { exitCode = 0, signal } = outcome;
  return signal === undefined ? exitCode : 128 + signal;
}

/**
 * All else that is known of a process, as `paasc status --verbose` prints it below the first line.
 *
 * @param user The id of the user who asks
 * @param now In milliseconds since the Unix epoch
 */
export function statusDetails(status: ProcessStatus__Output, user: string, now: number): string {
  const { startTime, finishTime, exit, exitCode, signal = 0, owner, ownerSubject } = status;
  const lost = isLost(status); // when it ended is not known either
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
    ["Owner", owner && owner !== user ? `${owner} (${ownerSubject || "no name"})` : undefined],
    ...status.grants.map((grant): [string, string] => ["Shared with", grantText(grant)]),
  ];
  return lines.map(([key, value]) => value ? `${key}: ${escapeUnprintable(value)}\n` : "").join("");
}

/** With whom a process is shared. */
function grantText({ user, permission, until }: Grant__Output): string {
  const what = permission === "SHARE_PERMISSION_STOP" ? "see and stop" : "see";
  return `${user} (${what}${until ? `, until ${rfc3339(until)}` : ""})`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** The status as `-o json` prints it: what is not known (yet) is left out, times are RFC 3339. */
export function statusJson(status: ProcessStatus__Output) {
  const { processId, name, labels, args, state, pid, exitCode, signal, startTime, finishTime, endReason, stop } =
    status;
  return {
    id: processId,
    name,
    labels,
    args,
    state: stateWord(state),
    pid,
    exitCode,
    signal,
    signalName: signal === undefined ? undefined : signalName(signal),
    startTime: startTime ? rfc3339(startTime) : undefined,
    finishTime: finishTime ? rfc3339(finishTime) : undefined,
    durationSeconds: startTime && finishTime && !isLost(status) ? between(startTime, finishTime) / 1000 : undefined,
    endReason: endReason === "END_REASON_UNSPECIFIED" ? undefined : word(endReason, "END_REASON_"),
    // A daemon that shuts down stops processes in nobody's name.
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
    owner: status.owner || undefined,
    ownerSubject: status.ownerSubject || undefined,
    grants: status.grants?.length
      ? status.grants.map(({ user, permission, until }) => ({
        user,
        permission: permission === "SHARE_PERMISSION_STOP" ? "stop" : "view",
        until: until ? rfc3339(until) : undefined,
      }))
      : undefined,
  };
}
