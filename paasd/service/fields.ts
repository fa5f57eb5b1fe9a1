/**
 * Checks the fields of requests, and converts them to the worker's terms: times, durations, signals, sizes and names. The
 * number of bytes and elements of each field is within its bound already (`proto/wire/bounds.ts`).
 *
 * @module
 */
import {
  type ExecRequest__Output,
  fromTimestamp,
  type GetLogsRequest__Output,
  type SignalRequest__Output,
} from "@paas/proto";
import type { TerminalSize } from "@paas/worker";
import { InvalidArgumentError } from "../errors.ts";

/** One day, in milliseconds. */
export const DAY_MS = 24 * 60 * 60 * 1000;

/** Maximum grace period of a stop, in milliseconds. */
const MAX_GRACE_MS = DAY_MS;

/** Maximum time of a drain, in milliseconds: a timer waits no longer. */
const MAX_DRAIN_MS = 24 * DAY_MS;

/** Maximum width and height of a terminal, in characters. */
const MAX_TERMINAL_SIZE = 10_000;

/** The range of a `google.protobuf.Timestamp`, in seconds since the Unix epoch. */
const MIN_SECONDS = Date.parse("0001-01-01T00:00:00Z") / 1000;
const MAX_SECONDS = Date.parse("9999-12-31T23:59:59Z") / 1000;

type TimestampMessage = NonNullable<GetLogsRequest__Output["since"]>;

/** A `google.protobuf.Duration`. */
export type DurationMessage = NonNullable<ExecRequest__Output["timeout"]>;

/**
 * Converts a time to milliseconds since the Unix epoch.
 *
 * @param what The time as the subject of a sentence, for the error.
 * @throws {InvalidArgumentError} When the time is out of the range of a `google.protobuf.Timestamp`.
 */
export function toTime(what: string, timestamp: TimestampMessage): number {
  const { seconds, nanos } = timestamp;
  if (seconds >= MIN_SECONDS && seconds <= MAX_SECONDS && nanos >= 0 && nanos < 1e9) {
    return fromTimestamp(timestamp).getTime();
  }
  throw new InvalidArgumentError(`${what} must be from the year 1 to 9999`);
}

/**
 * Converts a duration to milliseconds.
 *
 * @param what The name of the duration, for the error.
 * @param most Maximum duration, in milliseconds.
 * @throws {InvalidArgumentError} When the duration is negative, too long, or malformed.
 */
export function toMilliseconds(what: string, { seconds, nanos }: DurationMessage, most: number): number {
  const milliseconds = seconds * 1000 + nanos / 1e6;
  if (seconds < 0 || nanos < 0 || nanos > 999_999_999 || milliseconds > most) {
    throw new InvalidArgumentError(
      `The ${what} must be a valid duration, not negative and at most ${most / DAY_MS * 24} hours`,
    );
  }
  return milliseconds;
}

/** Converts the time of a drain to milliseconds. */
export function toDrainTimeout(timeout: DurationMessage): number {
  return toMilliseconds("time of the drain", timeout, MAX_DRAIN_MS);
}

/** Converts a grace period to milliseconds. */
export function toGrace(grace: DurationMessage): number {
  return toMilliseconds("grace period", grace, MAX_GRACE_MS);
}

/** Converts a signal and its target. */
export function toSignal({ signal, target }: SignalRequest__Output): { signal: number; to: "group" | "leader" } {
  if (signal < 1 || signal > 64) throw new InvalidArgumentError("The signal must be a number from 1 to 64");
  const targets: string[] = ["SIGNAL_TARGET_UNSPECIFIED", "SIGNAL_TARGET_GROUP", "SIGNAL_TARGET_LEADER"];
  if (!targets.includes(target)) throw new InvalidArgumentError("The target must be the group or the leader");
  return { signal, to: target === "SIGNAL_TARGET_LEADER" ? "leader" : "group" };
}

/** Checks the size of a terminal. */
export function toTerminalSize({ columns, rows }: TerminalSize): TerminalSize {
  if ([columns, rows].some((size) => size < 1 || size > MAX_TERMINAL_SIZE)) {
    throw new InvalidArgumentError(`The columns and rows of a terminal must be from 1 to ${MAX_TERMINAL_SIZE}`);
  }
  return { columns, rows };
}

/** Checks the type of a terminal; `undefined` is the worker's default. */
export function toTerminalType(type: string): string | undefined {
  if (!/^[\w.+-]{0,64}$/.test(type)) {
    throw new InvalidArgumentError(
      "The type of a terminal must consist of at most 64 letters, digits, '.', '_', '+' and '-'",
    );
  }
  return type || undefined;
}

/** Checks that a number of 64 bits is exact: JavaScript's numbers have 53 bits. */
export function toExact(what: string, value: number): number {
  if (Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError(`${what} must be at most ${Number.MAX_SAFE_INTEGER}`);
}

/** Whether a text can be the key of a label. */
export function isKey(text: string): boolean {
  return /^[A-Za-z0-9._-]{1,63}$/.test(text);
}

/** Whether a text can be a name: it must not look like an option, a directory, or the beginning of another process's id. */
export function isName(text: string): boolean {
  return isKey(text) && !/^(?:-|\.{1,2}$|[0-9a-f]{8}(?:-[0-9a-f-]*)?$)/i.test(text);
}
