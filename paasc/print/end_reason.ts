/**
 * Sentences about the reason for which a process ended.
 *
 * @module
 */
import type { ExecRequest, ProcessStatus__Output, StopInfo__Output } from "@paas/proto";
import { word } from "../words/enum_words.ts";
import { signalName } from "../words/signal_names.ts";
import { durationText } from "../words/time.ts";
import { userText } from "../words/user_names.ts";

/** Fields of a status that give the reason. */
type Ended = Pick<ProcessStatus__Output, "endReason"> & Partial<Pick<ProcessStatus__Output, "signal">> & {
  readonly stop?: Stopped | null;
};

/** A stop. A daemon that is older than this client does not know the subject of who asked. */
type Stopped =
  & Omit<StopInfo__Output, "stoppedBySubject">
  & Partial<Pick<StopInfo__Output, "stoppedBySubject">>;

/** Limits of a process, as far as they are known. */
type Limits = Pick<ExecRequest, "timeout" | "maxOutputBytes" | "stopAfterDisconnect">;

/** Sentence about a process that was running when its daemon died. */
export const LOST = "the process was lost when the daemon died: how it ended is not known";

/** Formats a duration, if there is one longer than zero. */
function limitText(duration: ExecRequest["timeout"]): string | undefined {
  const milliseconds = Number(duration?.seconds ?? 0) * 1000 + (duration?.nanos ?? 0) / 1e6;
  return milliseconds > 0 ? durationText(milliseconds) : undefined;
}

/** Describes the event for which the daemon stopped a process. The subject is the process unless another one is given. */
function cause(endReason: Ended["endReason"], limits: Limits = {}): { subject?: string; text: string } | undefined {
  const [timeout, lease] = [limitText(limits.timeout), limitText(limits.stopAfterDisconnect)];
  const output = limits.maxOutputBytes ? ` of ${limits.maxOutputBytes} bytes` : "";
  switch (endReason) {
    case "END_REASON_TIMED_OUT":
      return { text: `ran longer than its timeout${timeout ? ` of ${timeout}` : ""}` };
    case "END_REASON_OUTPUT_LIMIT":
      return { text: `printed more than its limit${output}` };
    case "END_REASON_DAEMON_SHUTDOWN":
      return { subject: "the daemon", text: "shut down" };
    case "END_REASON_CLIENT_GONE":
      return {
        subject: "its client",
        text: `was gone ${lease === "0ms" ? "" : `for ${lease ?? "too long"}`}`.trimEnd(),
      };
    default:
      return undefined;
  }
}

/** Names the user who stopped the process. */
function stopper({ stop }: Ended, user: string): string {
  if (!stop?.stoppedBy) return "";
  if (stop.stoppedBy === user) return " by you";
  return ` by ${stop.stoppedBySubject ? userText(stop.stoppedBy, stop.stoppedBySubject) : stop.stoppedBy.slice(0, 16)}`;
}

/**
 * Gives the reason for which a process ended or is being stopped, as `paasc status -v` prints it.
 *
 * @param user Id of the user who asks
 *
 * @example
 * ```ts
 * import { reasonText } from "./end_reason.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(reasonText({ endReason: "END_REASON_TIMED_OUT" }, ""), "ran longer than its timeout");
 * ```
 */
export function reasonText(status: Ended, user: string): string | undefined {
  const { endReason, stop } = status;
  const by = stopper(status, user);
  if (endReason === "END_REASON_UNSPECIFIED") return stop ? `being stopped${by}` : undefined;
  const { subject, text } = cause(endReason) ?? { text: ownDoing(endReason, by) };
  const reason = subject ? `${subject} ${text}` : text;
  return stop ? `${reason}, ${stop.killed ? "with" : "without"} SIGKILL` : reason;
}

/** Gives the reason of a process that broke no limit. A newer daemon may have reasons that this client does not know. */
function ownDoing(endReason: Ended["endReason"], by: string): string {
  switch (endReason) {
    case "END_REASON_EXITED":
      return "exited by itself";
    case "END_REASON_SIGNALLED":
      return "killed by a signal that nobody's stop sent";
    case "END_REASON_STOPPED":
      return `stopped${by}`;
    case "END_REASON_DAEMON_LOST":
      return "the daemon died while it was running; how it ended is not known";
    default:
      return word(endReason, "END_REASON_");
  }
}

/** Knowledge of the user who waited for a process. */
export interface Known {
  /** Id of the user. */
  readonly user: string;
  /** Limits that the user has set. */
  readonly limits?: Limits | undefined;
  /** Signals that the user has sent from here. */
  readonly signals?: ReadonlySet<number> | undefined;
  /** Whether the user has stopped the process from here. */
  readonly stopped?: boolean | undefined;
}

/**
 * Tells the user who waited for a process why it ended. Returns undefined if the process ended by itself, or if the user
 * ended it from here.
 *
 * @example
 * ```ts
 * import { endSentence } from "./end_reason.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const limits = { timeout: { seconds: 90, nanos: 0 } };
 * assertEquals(
 *   endSentence({ endReason: "END_REASON_TIMED_OUT" }, { user: "", limits }),
 *   "the process was stopped: it ran longer than its timeout of 1m30s",
 * );
 * const stop = { stoppedBy: "0123456789abcdef0123", time: null, killed: true };
 * assertEquals(
 *   endSentence({ endReason: "END_REASON_STOPPED", stop }, { user: "me" }),
 *   "the process was stopped by user 0123456789abcdef, by SIGKILL when its grace period was over",
 * );
 * const killed = { endReason: "END_REASON_SIGNALLED", signal: 9 } as const;
 * assertEquals(endSentence(killed, { user: "" }), "the process was killed by SIGKILL");
 * assertEquals(endSentence(killed, { user: "", signals: new Set([9]) }), undefined);
 * ```
 */
export function endSentence(
  status: Ended,
  { user, limits, signals, stopped = false }: Known,
): string | undefined {
  const { endReason, signal = 0, stop } = status;
  const late = stop?.killed ? ", by SIGKILL when its grace period was over" : "";
  const found = cause(endReason, limits);
  if (found) return `the process was stopped${late}: ${found.subject ?? "it"} ${found.text}`;
  switch (endReason) {
    case "END_REASON_EXITED":
    case "END_REASON_UNSPECIFIED":
      return undefined;
    case "END_REASON_DAEMON_LOST":
      return LOST;
    case "END_REASON_SIGNALLED":
      return signals?.has(signal) ? undefined : `the process was killed by ${signalName(signal)}`;
    case "END_REASON_STOPPED": {
      const by = stop?.stoppedBy;
      const subject = stop?.stoppedBySubject;
      const other = by && (subject ? ` by ${userText(by, subject)}` : ` by user ${by.slice(0, 16)}`);
      const who = by === user ? " by you from elsewhere" : other ?? "";
      return stopped ? undefined : `the process was stopped${who}${late}`;
    }
    default:
      return `the process ended for this reason: ${word(endReason, "END_REASON_")}`;
  }
}
