/**
 * What can go wrong. Each error is one sentence for a person; programs go by its code, and scripts by the exit code of
 * `paasc`.
 *
 * @module
 */
import { escapeUnprintable } from "@paas/proto/printable";

/** Why `paasc` ended otherwise than well, and its exit code then. */
export const exitCodes = {
  /** The daemon refused or could not. */
  failed: 1,
  /** The command line is wrong. */
  usage: 2,
  /**
   * The log is incomplete, or may be: what the daemon sent does not add up, it did not say that this was all, its disk has
   * damaged some, or it was killed while the process ran.
   */
  incomplete: 3,
  /** No connection to the daemon, or it was lost (EX_UNAVAILABLE of sysexits.h). */
  "no-connection": 69,
  /** `run` or `attach`: Paas failed, so that there is no exit code of the process. These three are as Docker has them. */
  "not-run": 125,
  /** `run`: the program cannot be executed. */
  "not-executable": 126,
  /** `run`: there is no such program. */
  "not-found": 127,
  /** SIGINT: 128 + 2, as a shell reports it. */
  interrupted: 130,
  /** Whoever read stdout has gone: 128 + SIGPIPE, as a shell reports it for `cat`. */
  "output-closed": 141,
} as const;

/** Why something could not be done, for programs. */
export type PaasErrorCode =
  /** A value that was given is no good. */
  | "invalid-argument"
  /** There is no such process (or it is another user's), or no such program. */
  | "not-found"
  /** A word is the beginning of several ids. */
  | "ambiguous"
  /** The program is not executable, the daemon may not run it, or the process may not be signalled. */
  | "permission-denied"
  /** Not as things stand: a stop is under way, the process has finished or has not, the directory does not exist. */
  | "failed-precondition"
  /** A live process has that name. */
  | "already-exists"
  /** The daemon is out of processes, files, memory or disk. */
  | "resource-exhausted"
  /** The daemon is shutting down. */
  | "unavailable"
  /** The daemon does not take the client certificate (any more). */
  | "unauthenticated"
  /** There is no connection, or it was lost and could not be got back. */
  | "no-connection"
  /** Output is missing or may be, or what the daemon sent of it does not add up. */
  | "incomplete"
  /** The client was closed. */
  | "closed"
  /** Nobody foresaw it. */
  | "internal";

/** Something could not be done. */
export class PaasError extends Error {
  /** The name of the class. */
  override readonly name: string = "PaasError";

  /** An error of this kind, with a sentence for a person. */
  constructor(
    /** Why. */
    readonly code: PaasErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** An end of `paasc` that is no success. An empty message prints nothing. */
export class PaascError extends PaasError {
  /** @param options Has the code for programs, where the reason does not tell it */
  constructor(
    readonly reason: keyof typeof exitCodes,
    message: string,
    { code = codeOf(reason), ...options }: ErrorOptions & { readonly code?: PaasErrorCode } = {},
  ) {
    super(code, message, options);
  }
}

function codeOf(reason: keyof typeof exitCodes): PaasErrorCode {
  if (reason === "usage") return "invalid-argument";
  return reason === "incomplete" || reason === "no-connection" ? reason : "internal";
}

/**
 * An error as the one line that goes to stderr.
 *
 * @example
 * ```ts
 * import { errorLine } from "./errors.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(errorLine(new Error("no such file: a\nb")), "paasc: no such file: a\\u000ab\n");
 * ```
 */
export function errorLine(error: unknown): string {
  const message = error instanceof Error ? error.message || error.name : String(error);
  return `paasc: ${escapeUnprintable(message)}\n`;
}
