/**
 * How a process stands, as a line of text and as JSON.
 *
 * @module
 */
import type { ProcessStatus__Output } from "@paas/proto";
import { rfc3339, word } from "./json.ts";

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
export function statusText(
  { state, exit, exitCode, signal }: Pick<ProcessStatus__Output, "state" | "exit" | "exitCode" | "signal">,
): string {
  const how = exit === "exitCode" ? ` (exit code ${exitCode})` : exit === "signal" ? ` (signal ${signal})` : "";
  return `Status: ${word(state, "PROCESS_STATE_")}${how}`;
}

/** The status as `-o json` prints it: what is not known (yet) is left out, times are RFC 3339. */
export function statusJson({ state, exitCode, signal, startTime, finishTime, endReason, stop }: ProcessStatus__Output) {
  return {
    state: word(state, "PROCESS_STATE_"),
    exitCode,
    signal,
    startTime: startTime ? rfc3339(startTime) : undefined,
    finishTime: finishTime ? rfc3339(finishTime) : undefined,
    endReason: endReason === "END_REASON_UNSPECIFIED" ? undefined : word(endReason, "END_REASON_"),
    // A daemon that shuts down stops processes in nobody's name.
    stop: stop
      ? { by: stop.stoppedBy || undefined, time: stop.time ? rfc3339(stop.time) : undefined, killed: stop.killed }
      : undefined,
  };
}
