/**
 * What can go wrong in the worker. Each error says in one sentence what happened and what to do; none knows of gRPC.
 *
 * @module
 */

/** Why a process could not be started. */
export type SpawnFailure =
  /** No argv, an empty program name, or NUL in an argument. */
  | "invalid-command"
  /** Arguments and environment are larger than the kernel takes (E2BIG, execve(2)). */
  | "command-too-long"
  /** The program, or the interpreter that its `#!` line names, does not exist. */
  | "program-not-found"
  /** The program is no executable file, or the runtime's permissions do not cover it. */
  | "not-executable"
  /** The working directory does not exist or is none. */
  | "directory-not-found"
  /** It was to be started in a terminal, and the platform or the runtime's permissions have none. */
  | "no-terminals"
  /** What starts and confines programs is missing or not permitted; or the limits leave no room to start. */
  | "not-confined"
  /** It was ended, or held up for too long, before its program ran. */
  | "not-launched"
  /** The machine is out of processes, file descriptors or memory. */
  | "out-of-resources"
  /** Anything else that the kernel refused. */
  | "unknown";

/** A process could not be started: none exists, and nothing is left behind. */
export class SpawnError extends Error {
  /** The name of the class. */
  override readonly name = "SpawnError";

  /** An error of this kind, with a sentence for a person. */
  constructor(
    /** Why. */
    readonly failure: SpawnFailure,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A stop was asked for while another one is in progress. */
export class StopInProgressError extends Error {
  /** The name of the class. */
  override readonly name = "StopInProgressError";

  /** The error; it says what to do. */
  constructor() {
    super("Cannot stop the process: a stop is already in progress; wait for it to finish");
  }
}

/** A process that has finished is asked for something that only a living one can do. */
export class FinishedError extends Error {
  /** The name of the class. */
  override readonly name = "FinishedError";

  /** What cannot be done. */
  constructor(what: string) {
    super(`Cannot ${what}: the process has finished`);
  }
}

/** Nobody reads the stdin of a process (any more). */
export class InputClosedError extends Error {
  /** The name of the class. */
  override readonly name = "InputClosedError";

  /** The error of the pipe, if it was that. */
  constructor(options?: ErrorOptions) {
    super("Cannot write to the process: its input is closed", options);
  }
}

/** Bytes are written to a process, and others before them are missing. */
export class InputOffsetError extends Error {
  /** The name of the class. */
  override readonly name = "InputOffsetError";

  /** Where these bytes begin, and how many came before. */
  constructor(from: number, taken: number) {
    super(`Cannot write to the process from byte ${from}: it has been given ${taken} bytes; go on there`);
  }
}

/** A process cannot be signalled: mostly, the kernel does not let this user do it (kill(2), EPERM). */
export class SignalError extends Error {
  /** The name of the class. */
  override readonly name = "SignalError";

  /** An error about this signal. */
  constructor(signal: string | number, options: ErrorOptions) {
    const { code, message } = options.cause as { code?: string; message?: string };
    super(
      `Cannot send ${typeof signal === "number" ? `signal ${signal}` : signal} to the process: ${
        code === "EPERM" ? "it runs as another user" : message
      }`,
      options,
    );
  }
}

/** A reader asks for a place that the log does not have. */
export class OffsetError extends Error {
  /** The name of the class. */
  override readonly name = "OffsetError";

  /** The place that was asked for, and where the log ends, in payload bytes. */
  constructor(offset: number, end: number) {
    super(`Cannot read the log from byte ${offset}: it has ${end} bytes; ask for a byte from 0 to that`);
  }
}

/** The spool cannot be used: it cannot be opened, written or read. */
export class SpoolError extends Error {
  /** The name of the class. */
  override readonly name = "SpoolError";

  /** Whether it is for lack of space, files or quota, so that trying again later may help. */
  readonly exhausted: boolean;

  /** Whether what is in the spool was removed by somebody else while it is in use. */
  readonly removed: boolean;

  /** What could not be done, and what the system said. */
  constructor(message: string, options: { cause: unknown }) {
    const code = (options.cause as { code?: string } | undefined)?.code;
    const said = options.cause instanceof Error ? options.cause.message : options.cause;
    super(
      `${message}: ${code === "ENOENT" ? "it was removed from outside; the daemon has to be started anew" : said}`,
      options,
    );
    this.removed = code === "ENOENT";
    this.exhausted = code !== undefined && ["ENOSPC", "EDQUOT", "EFBIG", "EMFILE", "ENFILE"].includes(code);
  }
}

/** Bytes of a log are missing, or may be missing, and the reader has no callback for that. */
export class IncompleteLogError extends Error {
  /** The name of the class. */
  override readonly name = "IncompleteLogError";

  /** An error about the missing bytes, from one offset up to another one; without them, about an end that may be cut. */
  constructor(gap?: { readonly from: number; readonly to: number; readonly reason: string }) {
    super(
      gap
        ? `The log has no bytes ${gap.from} to ${gap.to} (${gap.reason}): read with onGap to go on`
        : "The log may lack its end, for its daemon was killed: read with onCut to take that",
    );
  }
}
