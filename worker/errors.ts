/**
 * The errors of the worker. Each message says in one sentence what happened and what to do.
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
  /** The command asks for a terminal, and the platform or the runtime's permissions have none. */
  | "no-terminals"
  /** A program that starts or confines processes is missing or not permitted; or the limits leave no room to start. */
  | "not-confined"
  /** The process was killed, or held up for too long, before its program ran. */
  | "not-launched"
  /** The machine is out of processes, file descriptors or memory. */
  | "out-of-resources"
  /** The kernel refused the start for another reason. */
  | "unknown";

/** A process could not be started: none exists, and nothing is left behind. */
export class SpawnError extends Error {
  /** The name of the class. */
  override readonly name = "SpawnError";

  /** Makes an error of this kind, with a sentence for a person. */
  constructor(
    /** The kind of the failure. */
    readonly failure: SpawnFailure,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A stop cannot begin while another one is in progress. */
export class StopInProgressError extends Error {
  /** The name of the class. */
  override readonly name = "StopInProgressError";

  /** Makes the error. */
  constructor() {
    super("Cannot stop the process: a stop is already in progress; wait for it to finish");
  }
}

/** A process that has finished cannot do what was asked for. */
export class FinishedError extends Error {
  /** The name of the class. */
  override readonly name = "FinishedError";

  /** Makes the error for an action, such as "send signal 1". */
  constructor(what: string) {
    super(`Cannot ${what}: the process has finished`);
  }
}

/** The stdin of a process is closed, or nobody reads it any more. */
export class InputClosedError extends Error {
  /** The name of the class. */
  override readonly name = "InputClosedError";

  /** Makes the error; its cause is the error of the pipe, if there was one. */
  constructor(options?: ErrorOptions) {
    super("Cannot write to the process: its input is closed", options);
  }
}

/** A writer cannot write bytes to a process while bytes before them are missing. */
export class InputOffsetError extends Error {
  /** The name of the class. */
  override readonly name = "InputOffsetError";

  /** Makes the error for the offset of the bytes, and the number of bytes that came before. */
  constructor(from: number, taken: number) {
    super(`Cannot write to the process from byte ${from}: it has been given ${taken} bytes; go on there`);
  }
}

/** A process cannot be signalled: mostly the kernel does not allow it to this user (kill(2), EPERM). */
export class SignalError extends Error {
  /** The name of the class. */
  override readonly name = "SignalError";

  /** Makes the error for a signal; its cause is the error of the system. */
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

/** A reader asks for an offset that the log does not have. */
export class OffsetError extends Error {
  /** The name of the class. */
  override readonly name = "OffsetError";

  /** Makes the error for an offset, and the end of the log, in payload bytes. */
  constructor(offset: number, end: number) {
    super(`Cannot read the log from byte ${offset}: it has ${end} bytes; ask for a byte from 0 to that`);
  }
}

/** The spool cannot be used: it cannot be opened, written or read. */
export class SpoolError extends Error {
  /** The name of the class. */
  override readonly name = "SpoolError";

  /** Whether space, files or quota are exhausted, so that another try later may help. */
  readonly exhausted: boolean;

  /** Whether another program has removed files of the spool while it is in use. */
  readonly removed: boolean;

  /** Makes the error for a failed action; its cause is the error of the system. */
  constructor(message: string, options: { cause: unknown }) {
    const code = (options.cause as { code?: string } | undefined)?.code;
    const reason = options.cause instanceof Error ? options.cause.message : options.cause;
    super(
      `${message}: ${code === "ENOENT" ? "it was removed from outside; the daemon has to be started anew" : reason}`,
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

  /** The missing bytes, from one offset up to another one; `undefined` if bytes may be missing at the end. */
  readonly gap: { readonly from: number; readonly to: number; readonly reason: string } | undefined;

  /** Makes the error for missing bytes; without them, for an end that may be cut. */
  constructor(gap?: { readonly from: number; readonly to: number; readonly reason: string }) {
    super(
      gap
        ? `The log has no bytes ${gap.from} to ${gap.to} (${gap.reason}): read with onGap to go on`
        : "The log may lack its end, for its daemon was killed: read with onCut to take that",
    );
    this.gap = gap;
  }
}
