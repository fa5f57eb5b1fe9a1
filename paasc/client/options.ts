/**
 * Options of the client library.
 *
 * @module
 */
import type { GapOptions, LogStream } from "./log.ts";
import type { ProcessStatus } from "./status.ts";
import type { TerminalSize } from "../streams/terminal_size.ts";

/** A point in time: a `Date`, or seconds and nanoseconds since the Unix epoch where milliseconds are not exact enough. */
export type Moment = Date | { readonly seconds: number; readonly nanos: number };

/** Options of every call. */
export interface CallOptions {
  /** Ends the wait for the answer: the call throws the reason of the signal. The daemon may still do what was asked. */
  readonly signal?: AbortSignal | undefined;
}

/** Options for starting a process. */
export interface ExecOptions extends CallOptions {
  /** Environment variables, added to the daemon's clean environment (PATH, HOME, USER, SHELL, LANG, TZ, TMPDIR). */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** The working directory on the daemon's machine, an absolute path; default is the daemon's. */
  readonly cwd?: string | undefined;
  /** Maximum run time, in milliseconds; the daemon then stops the process. Default is none. */
  readonly timeout?: number | undefined;
  /** Time between SIGTERM and SIGKILL in a stop, in milliseconds; default is the daemon's, 10 s. */
  readonly grace?: number | undefined;
  /** Maximum size of the output, in bytes; the daemon then stops the process. Default is none. */
  readonly maxOutputBytes?: number | undefined;
  /** Resource limits; each can only lower what the daemon's operator has set. */
  readonly limits?: LimitOptions | undefined;
  /** A name for the process, which no other live process of the user has: letters, digits, `.`, `_`, `-`. */
  readonly name?: string | undefined;
  /** Labels by which {@linkcode Client.list} can select the process. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** A text that makes the start repeatable: the same text gives the same process. Default is a new text for each call. */
  readonly requestId?: string | undefined;
  /** Whether {@linkcode Process.attach} can write to stdin; default is an empty stdin. */
  readonly stdin?: boolean | undefined;
  /** A terminal for the process, which implies stdin; all output is then `stdout`. */
  readonly terminal?: TerminalOptions | undefined;
  /**
   * How long the process may run without a client, in milliseconds; the daemon then stops it. A client is present while the
   * connection that started the process stands, or anyone follows its log, is attached to it or waits for it. Default is
   * for ever.
   */
  readonly stopAfterDisconnect?: number | undefined;
  /**
   * How often the daemon starts the process again after failures, 1 to 100; `true` is 10 times. Each time it is a new
   * process: the status of each tells which one comes after. Default is never.
   */
  readonly restartOnFailure?: boolean | number | undefined;
}

/** Options for starting a process once more. */
export interface AgainOptions extends CallOptions, Pick<ExecOptions, "requestId"> {
  /** Another name; default is that of the process, if no live process has it. */
  readonly name?: string | undefined;
  /** Labels in place of those of the process. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

/** Resource limits of a process, by the names of prlimit(1). */
export interface LimitOptions {
  /** Maximum memory (address space), in bytes. */
  readonly as?: number | undefined;
  /** Maximum size of a core dump, in bytes. */
  readonly core?: number | undefined;
  /** Maximum CPU time, in seconds. */
  readonly cpu?: number | undefined;
  /** Maximum size of a file that the process writes, in bytes. */
  readonly fsize?: number | undefined;
  /** Maximum number of open files. */
  readonly nofile?: number | undefined;
  /** Maximum number of processes of the account that the process runs as. */
  readonly nproc?: number | undefined;
}

export type { TerminalSize };

/** A terminal for a process. */
export interface TerminalOptions extends TerminalSize {
  /** The type of the terminal, for the variable TERM; default is `xterm-256color`. */
  readonly type?: string | undefined;
}

/** A regular expression in the syntax of RE2, for lines of a log. The daemon searches; its time is linear in the log. */
export interface PatternOptions {
  /** The pattern; at most 1,024 bytes. */
  readonly pattern: string;
  /** Whether upper and lower case are the same; default is false. */
  readonly ignoreCase?: boolean | undefined;
}

/** Lines of a log to read. */
export interface GrepOptions extends PatternOptions {
  /** Whether to read the lines that do not match; default is false. */
  readonly invert?: boolean | undefined;
  /** Number of lines to read before each selected line, at most 200; default is 0. */
  readonly before?: number | undefined;
  /** Number of lines to read after each selected line, at most 200; default is 0. */
  readonly after?: number | undefined;
}

/** Options for reading a log. */
export interface LogOptions extends CallOptions, GapOptions {
  /** Whether to go on with new output until the process has finished; default is true. */
  readonly follow?: boolean | undefined;
  /** Number of last lines to begin with; default is to begin with the first line. */
  readonly tail?: number | undefined;
  /** The byte to begin at, counted over both streams: a chunk's `offset` plus its length is where the next one begins. */
  readonly fromOffset?: number | undefined;
  /** Only output written at that time or later. */
  readonly since?: Moment | undefined;
  /** Only output written before that time. */
  readonly until?: Moment | undefined;
  /** Only output written to this stream. */
  readonly stream?: LogStream | undefined;
  /**
   * The treatment of a reader that is more than 4 MiB behind: it gets everything, later (`wait`, the default), or it goes
   * on at the present, and `onGap` is called with the skipped bytes (`skip`).
   */
  readonly onSlow?: "wait" | "skip" | undefined;
  /** Whether to compress the output on its way, for slow networks. */
  readonly compress?: boolean | undefined;
  /** Only lines that match, and lines around them. The lines that do not match are no gap. Default is all lines. */
  readonly grep?: GrepOptions | undefined;
  /** The line to end at: the output ends behind the first line that matches. Default is to end with the log. */
  readonly untilMatch?: PatternOptions | undefined;
  /** Called at the end of the output if it ended at a line that matches {@linkcode untilMatch}. */
  readonly onMatch?: (() => void) | undefined;
}

/** Options for listing processes: a process is listed when it matches all of them. */
export interface ListOptions extends CallOptions {
  /** Only processes in this state, or in one of these states. */
  readonly state?: ProcessStatus["state"] | readonly ProcessStatus["state"][] | undefined;
  /** Only processes with this name. */
  readonly name?: string | undefined;
  /** Only processes with all of these labels. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** Only processes started at that time or later. */
  readonly since?: Moment | undefined;
  /** Only processes started before that time. */
  readonly until?: Moment | undefined;
  /** Maximum number of processes; default is no limit. */
  readonly limit?: number | undefined;
  /** Whether to include the processes of all users, which viewers and operators may see; default is false. */
  readonly allUsers?: boolean | undefined;
}

/** Options for watching processes. */
export interface WatchOptions extends CallOptions {
  /** Whether to include the processes of all users, which viewers and operators may see; default is false. */
  readonly allUsers?: boolean | undefined;
}

/** Options for stopping a process. */
export interface StopOptions extends CallOptions {
  /** Time between SIGTERM and SIGKILL, in milliseconds; default is that of the process, or else the daemon's. */
  readonly grace?: number | undefined;
}

/** Options for sending a signal. */
export interface SignalOptions extends CallOptions {
  /** Whether to signal only the process itself, not the other members of its group; default is false. */
  readonly leader?: boolean | undefined;
}

/** Options for sharing a process. */
export interface ShareOptions extends CallOptions {
  /** Whether the other user may stop the process, too; default is to see its status and output only. */
  readonly stop?: boolean | undefined;
  /** The end of the sharing; default is until {@linkcode Process.unshare}. */
  readonly until?: Moment | undefined;
}

/** Options for attaching to a process. */
export interface AttachOptions extends CallOptions, GapOptions {
  /** Number of last lines of output to begin with; default is to begin with the first line. */
  readonly tail?: number | undefined;
  /** The size of the terminal, if the process has one. */
  readonly size?: TerminalSize | undefined;
}
