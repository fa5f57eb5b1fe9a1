/**
 * What a program asks for, checked, and as the contract has it.
 *
 * @module
 */
import { type ExecRequest, type GetLogsRequest, type ListRequest, type SignalRequest, toTimestamp } from "@paas/proto";
import { PaasError } from "../errors.ts";
import type { LogGap, LogStream } from "./log.ts";
import type { ProcessStatus } from "./status.ts";
import type { TerminalSize } from "../streams/terminal_size.ts";
import { KNOWN_SIGNALS, signalNumber } from "../words/signal_names.ts";
import { type Time, toDuration } from "../words/time.ts";

/** What every call takes. */
export interface CallOptions {
  /** Ends the waiting for the answer: the call fails with the signal's reason. What has been asked for may be done. */
  readonly signal?: AbortSignal | undefined;
}

/** How to start a process. */
export interface ExecOptions extends CallOptions {
  /** Variables on top of the daemon's clean environment (PATH, HOME, USER, SHELL, LANG, TZ, TMPDIR). */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** The working directory there, an absolute path; default is the daemon's. */
  readonly cwd?: string | undefined;
  /** Stop it when it has run for so long, in milliseconds. */
  readonly timeout?: number | undefined;
  /** How long a stop waits from SIGTERM to SIGKILL, in milliseconds; default is the daemon's, 10 s. */
  readonly grace?: number | undefined;
  /** Stop it when it has printed more than that, in bytes. */
  readonly maxOutputBytes?: number | undefined;
  /** How much it may use; each can only lower what the daemon's operator has set. */
  readonly limits?: LimitOptions | undefined;
  /** A name for it, which no live process of the user has: letters, digits, `.`, `_`, `-`. */
  readonly name?: string | undefined;
  /** Labels to find it by. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** With the same text, the same process is given again; default is a new text for each call. */
  readonly requestId?: string | undefined;
  /** Whether it gets a stdin to write to by {@linkcode Process.attach}; else it is empty. */
  readonly stdin?: boolean | undefined;
  /** A terminal to start it in, which implies stdin; all its output is `stdout` then. */
  readonly terminal?: TerminalOptions | undefined;
  /**
   * How long it may go on, in milliseconds, when neither the connection that started it stands nor anybody follows its
   * log, is attached to it or waits for it; then it is stopped. Default is for ever.
   */
  readonly stopAfterDisconnect?: number | undefined;
}

/** How much a process may use, by the names of prlimit(1). */
export interface LimitOptions {
  /** Memory (address space), in bytes. */
  readonly as?: number | undefined;
  /** The size of a core dump, in bytes. */
  readonly core?: number | undefined;
  /** Time on processors, in seconds. */
  readonly cpu?: number | undefined;
  /** The size of a file that it writes, in bytes. */
  readonly fsize?: number | undefined;
  /** Open files. */
  readonly nofile?: number | undefined;
  /** Processes of the account that it runs as. */
  readonly nproc?: number | undefined;
}

export type { TerminalSize };

/** A terminal for a process. */
export interface TerminalOptions extends TerminalSize {
  /** What it understands, for the variable TERM; default is `xterm-256color`. */
  readonly type?: string | undefined;
}

/** What becomes of missing bytes. */
export interface GapOptions {
  /**
   * Is told of bytes that are missing: the daemon keeps only so much of a log, its disk was full or has damaged them, or
   * the reader was too slow and has asked for `skip`. Without it they are an error (`incomplete`), so that no output is
   * taken for the whole that is not.
   */
  readonly onGap?: ((gap: LogGap) => void) | undefined;
  /**
   * Called at the end of a log that may be cut: the daemon was killed while the process ran, and nobody knows how much it
   * had not read or written by then. Without it that is an error (`incomplete`).
   */
  readonly onCut?: (() => void) | undefined;
}

/** What to read of a log, and how. */
export interface LogOptions extends CallOptions, GapOptions {
  /** Whether to go on with what comes until the process has finished; default is true. */
  readonly follow?: boolean | undefined;
  /** Begin with the last so many lines of what there is. */
  readonly tail?: number | undefined;
  /** Begin at this byte, counted over both streams: `offset` and length of a chunk tell where the next one begins. */
  readonly fromOffset?: number | undefined;
  /** Only what was written at that time or later. */
  readonly since?: Date | undefined;
  /** Only what was written before that time. */
  readonly until?: Date | undefined;
  /** Only what was written to this stream. */
  readonly stream?: LogStream | undefined;
  /**
   * What becomes of a reader that is more than 4 MiB behind: it gets everything, later (`wait`, the default), or goes on
   * at the present, and `onGap` is told what it has missed (`skip`).
   */
  readonly onSlow?: "wait" | "skip" | undefined;
  /** Whether to compress it on its way, for slow networks. */
  readonly compress?: boolean | undefined;
}

/** Which processes to list: those that have all that is asked for. */
export interface ListOptions extends CallOptions {
  /** In this state, or one of these. */
  readonly state?: ProcessStatus["state"] | readonly ProcessStatus["state"][] | undefined;
  /** With this name. */
  readonly name?: string | undefined;
  /** With all of these labels. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** Started at that time or later. */
  readonly since?: Date | undefined;
  /** Started before that time. */
  readonly until?: Date | undefined;
  /** At most so many. */
  readonly limit?: number | undefined;
}

/** What `Exec` is asked for. It has an id of its own, so that it is safe to repeat. */
export function execRequest(args: readonly string[], options: ExecOptions): ExecRequest {
  const { env = {}, cwd, limits, name, labels = {}, requestId, stdin, terminal } = options;
  const texts = [...args, ...Object.entries(env).flat(), ...Object.entries(labels).flat(), cwd, name, requestId];
  const broken = texts.find((text) => text?.isWellFormed() === false);
  // It would be another text on the wire.
  if (broken !== undefined) throw invalid(`${JSON.stringify(broken)} has half a surrogate pair: it is no text`);
  return {
    args: [...args],
    env,
    cwd,
    timeout: duration("timeout", options.timeout),
    grace: duration("grace", options.grace),
    maxOutputBytes: whole("maxOutputBytes", options.maxOutputBytes),
    limits: limits && limitsOf(limits),
    name,
    labels,
    requestId: requestId ?? crypto.randomUUID(),
    stdin,
    terminal,
    stopAfterDisconnect: duration("stopAfterDisconnect", options.stopAfterDisconnect),
  };
}

function limitsOf({ as, core, cpu, fsize, nofile, nproc }: LimitOptions): ExecRequest["limits"] {
  const limits = { as, core, cpu, fsize, nofile, nproc };
  for (const [name, limit] of Object.entries(limits)) whole(`limits.${name}`, limit);
  return limits;
}

/** What `GetLogs` is asked for. */
export function logsRequest(options: LogOptions): Omit<GetLogsRequest, "processId"> & { fromOffset: number } {
  const { follow = true, stream, onSlow, onGap, compress } = options;
  if (onSlow === "skip" && !onGap) throw invalid("onSlow 'skip' needs onGap, to tell what was skipped");
  return {
    follow,
    tailLines: whole("tail", options.tail),
    fromOffset: whole("fromOffset", options.fromOffset) ?? 0,
    since: moment("since", options.since),
    until: moment("until", options.until),
    stream: stream === undefined ? undefined : stream === "stdout" ? "LOG_STREAM_STDOUT" : "LOG_STREAM_STDERR",
    onSlow: onSlow === "skip" ? "ON_SLOW_SKIP" : "ON_SLOW_WAIT",
    compress,
  };
}

const states = {
  running: "PROCESS_STATE_RUNNING",
  stopping: "PROCESS_STATE_STOPPING",
  finished: "PROCESS_STATE_FINISHED",
} as const;

/** What `List` is asked for. */
export function listRequest({ state = [], name, labels = {}, since, until }: ListOptions): ListRequest {
  return {
    states: [state].flat().map((state) => states[state]),
    name,
    labels,
    startedSince: moment("since", since),
    startedUntil: moment("until", until),
  };
}

/** What `Signal` is asked for. */
export function signalRequest(processId: string, signal: string | number, leader = false): SignalRequest {
  const number = signalNumber(String(signal));
  if (number === undefined) {
    throw invalid(`there is no signal '${signal}' (${KNOWN_SIGNALS})`);
  }
  return { processId, signal: number, target: leader ? "SIGNAL_TARGET_LEADER" : "SIGNAL_TARGET_GROUP" };
}

/** So many milliseconds, if any. */
export function duration(what: string, milliseconds: number | undefined): Time | undefined {
  if (milliseconds === undefined) return undefined;
  if (Number.isFinite(milliseconds) && milliseconds >= 0) return toDuration(milliseconds);
  throw invalid(`${what} must be a number of milliseconds, not ${milliseconds}`);
}

/** A whole number, if any. */
export function whole(what: string, number: number | undefined): number | undefined {
  if (number === undefined || Number.isSafeInteger(number) && number >= 0) return number;
  throw invalid(`${what} must be a whole number, not ${number}`);
}

/** A point in time, if any. */
export function moment(what: string, date: Date | undefined): Time | undefined {
  if (date === undefined) return undefined;
  if (date.getTime() >= 0) return toTimestamp(date.getTime());
  throw invalid(`${what} must be a time since 1970`);
}

function invalid(sentence: string): PaasError {
  return new PaasError("invalid-argument", sentence);
}
