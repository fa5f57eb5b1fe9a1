/**
 * Requests of the contract, checked and in the worker's terms. How many bytes and elements each has was checked before
 * (`proto/bounds.ts`).
 *
 * @module
 */
import {
  type ExecRequest__Output,
  fromTimestamp,
  type GetLogsRequest__Output,
  type Limits__Output as LimitsMessage,
  type ListRequest__Output,
  type LogStream__Output as LogStreamMessage,
  type OnSlow__Output as OnSlowMessage,
  type ProcessState__Output,
  type SignalRequest__Output,
} from "@paas/proto";
import type { LogReaderOptions, LogStream, SpawnOptions, TerminalSize } from "@paas/worker";
import { LIMIT_NAMES, type Limits } from "@paas/worker/confinement";
import { createHash } from "node:crypto";
import { InvalidArgumentError } from "../errors.ts";
import type { Description, ListFilter, RequestKey } from "../processes/process_table.ts";
import { STATES } from "./status_message.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** The longest grace period of a stop. */
const MAX_GRACE_MS = DAY_MS;

/** The longest that a process may be told to run: a timer can wait 2^31 - 1 ms. */
const MAX_TIMEOUT_MS = 24 * DAY_MS;

/** The largest width and height of a terminal. */
const MAX_TERMINAL_SIZE = 10_000;

const MAX_PAGE_SIZE = 1_000;
const DEFAULT_PAGE_SIZE = 100;

const STREAMS: Record<LogStreamMessage, LogStream | undefined> = {
  LOG_STREAM_UNSPECIFIED: undefined,
  LOG_STREAM_STDOUT: "stdout",
  LOG_STREAM_STDERR: "stderr",
};

const ON_SLOW: Record<OnSlowMessage, LogReaderOptions["onSlow"]> = {
  ON_SLOW_UNSPECIFIED: undefined,
  ON_SLOW_WAIT: "wait",
  ON_SLOW_SKIP: "skip",
};

/** What a `google.protobuf.Timestamp` may have, in seconds since the Unix epoch. */
const MIN_SECONDS = Date.parse("0001-01-01T00:00:00Z") / 1000;
const MAX_SECONDS = Date.parse("9999-12-31T23:59:59Z") / 1000;

type TimestampMessage = NonNullable<GetLogsRequest__Output["since"]>;
type DurationMessage = NonNullable<ExecRequest__Output["timeout"]>;

/** How to start a process; the command itself is checked by the worker. */
export function toSpawnOptions(
  { args, env, cwd, timeout, grace, maxOutputBytes, stdin, terminal, limits }: ExecRequest__Output,
): Omit<SpawnOptions, "spool"> {
  const options = {
    args,
    env,
    cwd: cwd || undefined,
    timeout: timeout ? toMilliseconds("timeout", timeout, MAX_TIMEOUT_MS) : undefined,
    stopGrace: grace ? toGrace(grace) : undefined,
    maxOutput: toExact("The max_output_bytes", maxOutputBytes) || undefined,
    stdin,
    terminal: terminal ? { ...toTerminalSize(terminal), type: toTerminalType(terminal.type) } : undefined,
    limits: limits ? toLimits(limits) : undefined,
  };
  if (options.timeout === 0) throw new InvalidArgumentError("The timeout must be more than zero");
  return options;
}

/** Those limits that a request has. */
function toLimits(message: LimitsMessage): Limits {
  const given = LIMIT_NAMES.filter((name) => message[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, toExact("A limit", message[name]!)]));
}

/** How large a terminal is. */
export function toTerminalSize({ columns, rows }: TerminalSize): TerminalSize {
  if ([columns, rows].some((size) => size < 1 || size > MAX_TERMINAL_SIZE)) {
    throw new InvalidArgumentError(`The columns and rows of a terminal must be from 1 to ${MAX_TERMINAL_SIZE}`);
  }
  return { columns, rows };
}

/** What a request says of its process. */
export function toDescription({ args, name, labels, stopAfterDisconnect }: ExecRequest__Output): Description {
  if (name && !isName(name)) {
    throw new InvalidArgumentError(
      "The name must be of at most 63 letters, digits, '.', '_' and '-'; it must not begin with '-', nor be '.' or '..', " +
        "nor look like an id or the beginning of one (8 hexadecimal digits)",
    );
  }
  if (!Object.keys(labels).every(isKey)) {
    throw new InvalidArgumentError("The key of a label must be of at most 63 letters, digits, '.', '_' and '-'");
  }
  return {
    args,
    name,
    labels,
    stopAfterDisconnect: stopAfterDisconnect
      ? toMilliseconds("stop_after_disconnect", stopAfterDisconnect, DAY_MS)
      : undefined,
  };
}

/** What makes an Exec safe to repeat. */
export function toRequestKey(request: ExecRequest__Output): RequestKey {
  const { requestId: id } = request;
  return { id, digest: id && createHash("sha256").update(JSON.stringify(request)).digest("base64") };
}

/** Where a reader of a log begins. */
export function toPlace(
  { fromOffset, tailLines }: Pick<GetLogsRequest__Output, "fromOffset" | "tailLines">,
): Pick<LogReaderOptions, "fromOffset" | "tailLines"> {
  if (fromOffset > 0 && tailLines !== undefined) {
    throw new InvalidArgumentError("Give from_offset or tail_lines, not both: a tail is counted from the end");
  }
  return { fromOffset, tailLines };
}

/** What a reader of a log shall see. */
export function toReaderOptions(request: GetLogsRequest__Output): LogReaderOptions {
  const { follow, since, until, stream, onSlow } = request;
  if (!(stream in STREAMS)) throw new InvalidArgumentError("The stream must be stdout, stderr, or unset for both");
  if (!(onSlow in ON_SLOW)) throw new InvalidArgumentError("on_slow must be wait or skip, or unset to wait");
  return {
    ...toPlace(request),
    follow,
    since: since ? toTime("since", since) : undefined,
    until: until ? toTime("until", until) : undefined,
    stream: STREAMS[stream],
    onSlow: ON_SLOW[onSlow],
  };
}

/** Milliseconds of a grace period. */
export function toGrace(grace: DurationMessage): number {
  return toMilliseconds("grace period", grace, MAX_GRACE_MS);
}

/** Milliseconds for which a client will be away. */
export function toAbsence(absence: DurationMessage): number {
  return toMilliseconds("absence", absence, DAY_MS);
}

/** Which signal goes to whom. */
export function toSignal({ signal, target }: SignalRequest__Output): { signal: number; to: "group" | "leader" } {
  if (signal < 1 || signal > 64) throw new InvalidArgumentError("The signal must be a number from 1 to 64");
  const targets: string[] = ["SIGNAL_TARGET_UNSPECIFIED", "SIGNAL_TARGET_GROUP", "SIGNAL_TARGET_LEADER"];
  if (!targets.includes(target)) throw new InvalidArgumentError("The target must be the group or the leader");
  return { signal, to: target === "SIGNAL_TARGET_LEADER" ? "leader" : "group" };
}

/** What a request wants to have listed, and how many of them. */
export function toListFilter(request: ListRequest__Output): ListFilter & { readonly pageSize: number } {
  const { states, name, labels, startedSince, startedUntil, idPrefix, pageSize, pageToken } = request;
  if (pageSize < 0) throw new InvalidArgumentError("The page_size must not be negative");
  if (!/^[0-9a-f-]{0,36}$/i.test(idPrefix)) {
    throw new InvalidArgumentError("The id_prefix must be of hexadecimal digits and '-', as an id is");
  }
  if (!/^\d*$/.test(pageToken)) throw new InvalidArgumentError("The page_token must be one that List has given");
  const [wanted, known] = [new Set(states), new Set<ProcessState__Output>(Object.values(STATES))];
  if (!wanted.isSubsetOf(known)) {
    throw new InvalidArgumentError("A state must be running, stopping or finished");
  }
  const before = pageToken ? Number(pageToken) : Infinity;
  const finished = wanted.size === 0 || wanted.has(STATES.finished);
  const since = startedSince ? toTime("started_since", startedSince) : -Infinity;
  const until = startedUntil ? toTime("started_until", startedUntil) : Infinity;
  const [wantedLabels, beginning] = [Object.entries(labels), idPrefix.toLowerCase()];
  return {
    pageSize: Math.min(pageSize || DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE),
    before,
    name,
    idPrefix: beginning,
    labels: wantedLabels.length > 0,
    finished,
    holds: ({ id, sequence, state, startTime, ...listed }) =>
      sequence < before &&
      (wanted.size === 0 || wanted.has(STATES[state])) &&
      (name === "" || listed.name === name) &&
      wantedLabels.every(([key, value]) => Object.hasOwn(listed.labels, key) && listed.labels[key] === value) &&
      startTime >= since && startTime < until &&
      id.startsWith(beginning),
  };
}

function toTerminalType(type: string): string | undefined {
  if (!/^[\w.+-]{0,64}$/.test(type)) {
    throw new InvalidArgumentError(
      "The type of a terminal must be of at most 64 letters, digits, '.', '_', '+' and '-'",
    );
  }
  return type || undefined;
}

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

/** A number that is known exactly: of 64 bits a number here has 53. */
function toExact(what: string, value: number): number {
  if (Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError(`${what} must be at most ${Number.MAX_SAFE_INTEGER}`);
}

function toMilliseconds(what: string, { seconds, nanos }: DurationMessage, most: number): number {
  const milliseconds = seconds * 1000 + nanos / 1e6;
  if (seconds < 0 || nanos < 0 || nanos > 999_999_999 || milliseconds > most) {
    throw new InvalidArgumentError(
      `The ${what} must be a valid duration, not negative and at most ${most / DAY_MS * 24} hours`,
    );
  }
  return milliseconds;
}

function isKey(text: string): boolean {
  return /^[A-Za-z0-9._-]{1,63}$/.test(text);
}

/** Whether it can be told from an option, a directory, and from what `List` and people show of another process's id. */
function isName(text: string): boolean {
  return isKey(text) && !/^(?:-|\.{1,2}$|[0-9a-f]{8}(?:-[0-9a-f-]*)?$)/i.test(text);
}
