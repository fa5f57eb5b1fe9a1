/**
 * Fields of requests, checked and in the worker's terms: times, durations, signals, sizes, names. How many bytes and
 * elements each has was checked before (`proto/bounds.ts`).
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

/** One day in milliseconds. */
export const DAY_MS = 24 * 60 * 60 * 1000;

/** The longest grace period of a stop. */
const MAX_GRACE_MS = DAY_MS;

/** The largest width and height of a terminal. */
const MAX_TERMINAL_SIZE = 10_000;

/** What a `google.protobuf.Timestamp` may have, in seconds since the Unix epoch. */
const MIN_SECONDS = Date.parse("0001-01-01T00:00:00Z") / 1000;
const MAX_SECONDS = Date.parse("9999-12-31T23:59:59Z") / 1000;

type TimestampMessage = NonNullable<GetLogsRequest__Output["since"]>;
export type DurationMessage = NonNullable<ExecRequest__Output["timeout"]>;

/**
 * Milliseconds since the Unix epoch.
 *
 * @param what Names the field, for a person.
 * @throws {InvalidArgumentError} when it is no time that a `google.protobuf.Timestamp` may have.
 */
export function toTime(what: string, timestamp: TimestampMessage): number {
  const { seconds, nanos } = timestamp;
  if (seconds >= MIN_SECONDS && seconds <= MAX_SECONDS && nanos >= 0 && nanos < 1e9) {
    return fromTimestamp(timestamp).getTime();
  }
  throw new InvalidArgumentError(`The time ${what} must be a valid one, from the year 1 to 9999`);
}

export function toMilliseconds(what: string, { seconds, nanos }: DurationMessage, most: number): number {
  const milliseconds = seconds * 1000 + nanos / 1e6;
  if (seconds < 0 || nanos < 0 || nanos > 999_999_999 || milliseconds > most) {
    throw new InvalidArgumentError(
      `The ${what} must be a valid duration, not negative and at most ${most / DAY_MS * 24} hours`,
    );
  }
  return milliseconds;
}

/** Milliseconds of a grace period. */
export function toGrace(grace: DurationMessage): number {
  return toMilliseconds("grace period", grace, MAX_GRACE_MS);
}

/** Which signal goes to whom. */
export function toSignal({ signal, target }: SignalRequest__Output): { signal: number; to: "group" | "leader" } {
  if (signal < 1 || signal > 64) throw new InvalidArgumentError("The signal must be a number from 1 to 64");
  const targets: string[] = ["SIGNAL_TARGET_UNSPECIFIED", "SIGNAL_TARGET_GROUP", "SIGNAL_TARGET_LEADER"];
  if (!targets.includes(target)) throw new InvalidArgumentError("The target must be the group or the leader");
  return { signal, to: target === "SIGNAL_TARGET_LEADER" ? "leader" : "group" };
}

/** How large a terminal is. */
export function toTerminalSize({ columns, rows }: TerminalSize): TerminalSize {
  if ([columns, rows].some((size) => size < 1 || size > MAX_TERMINAL_SIZE)) {
    throw new InvalidArgumentError(`The columns and rows of a terminal must be from 1 to ${MAX_TERMINAL_SIZE}`);
  }
  return { columns, rows };
}

export function toTerminalType(type: string): string | undefined {
  if (!/^[\w.+-]{0,64}$/.test(type)) {
    throw new InvalidArgumentError(
      "The type of a terminal must be of at most 64 letters, digits, '.', '_', '+' and '-'",
    );
  }
  return type || undefined;
}

/** A number that is known exactly: of 64 bits a number here has 53. */
export function toExact(what: string, value: number): number {
  if (Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError(`${what} must be at most ${Number.MAX_SAFE_INTEGER}`);
}

export function isKey(text: string): boolean {
  return /^[A-Za-z0-9._-]{1,63}$/.test(text);
}

/** Whether it can be told from an option, a directory, and from what `List` and people show of another process's id. */
export function isName(text: string): boolean {
  return isKey(text) && !/^(?:-|\.{1,2}$|[0-9a-f]{8}(?:-[0-9a-f-]*)?$)/i.test(text);
}
