/**
 * Exit codes of the program `paasc`, and the one line on stderr that says why it failed.
 *
 * @module
 */
import { escapeUnprintable } from "@paas/proto/printable";
import { PaasError, type PaasErrorCode, SettingsError } from "./errors.ts";

/** The exit code of `paasc` for each reason to end without success. */
export const EXIT_CODES = {
  /** The daemon refused the request, or could not do it. */
  failed: 1,
  /** The command line or the configuration file is wrong. */
  usage: 2,
  /** The log is incomplete, or may be. */
  incomplete: 3,
  /** The output ended without the line that was waited for. */
  "no-line": 1,
  /** `cp`: something was not copied. */
  "not-copied": 1,
  /** The connection could not be made, or was lost (EX_UNAVAILABLE of sysexits.h). */
  "no-connection": 69,
  /** The time of `--timeout` was over, as timeout(1) has it. */
  "timed-out": 124,
  /** `run`, `attach`, `wait`, `cp`: Paas failed, and not the process or the copy (as Docker has it, like the next two). */
  "not-run": 125,
  /** `run`: the program cannot be executed. */
  "not-executable": 126,
  /** `run`: the program does not exist. */
  "not-found": 127,
  /** SIGINT: 128 + 2, as a shell reports it. */
  interrupted: 130,
  /** The reader of stdout has gone: 128 + SIGPIPE, as a shell reports it for `cat`. */
  "output-closed": 141,
} as const;

/** A reason to end without success. */
export type ExitReason = keyof typeof EXIT_CODES;

/** The reason to exit for each code of an error of the library. */
const REASONS: Readonly<Record<PaasErrorCode, ExitReason>> = {
  "invalid-argument": "failed", // the daemon found it: a `SettingsError` is found before
  "not-found": "failed",
  ambiguous: "failed",
  "permission-denied": "failed",
  "failed-precondition": "failed",
  "already-exists": "failed",
  "resource-exhausted": "failed",
  unavailable: "failed",
  unauthenticated: "no-connection",
  "no-connection": "no-connection",
  incomplete: "incomplete",
  closed: "failed",
  internal: "failed",
};

/** An end of the program without success. An empty message prints nothing. */
export class ExitError extends Error {
  override readonly name: string = "ExitError";

  constructor(readonly reason: ExitReason, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

/**
 * The reason to exit for an error; undefined when the error is unexpected.
 *
 * @example
 * ```ts
 * import { PaasError, SettingsError } from "./errors.ts";
 * import { ExitError, exitReason } from "./exit.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(exitReason(new ExitError("interrupted", "")), "interrupted");
 * assertEquals(exitReason(new PaasError("unauthenticated", "the certificate was revoked")), "no-connection");
 * assertEquals(exitReason(new PaasError("invalid-argument", "the name is too long")), "failed");
 * assertEquals(exitReason(new SettingsError("'x' is no HOST:PORT")), "usage");
 * assertEquals(exitReason(new TypeError()), undefined);
 * ```
 */
export function exitReason(error: unknown): ExitReason | undefined {
  if (error instanceof ExitError) return error.reason;
  if (error instanceof SettingsError) return "usage";
  return error instanceof PaasError ? REASONS[error.code] : undefined;
}

/** Reasons whose exit codes a process might have as well. */
const AMBIGUOUS: readonly ExitReason[] = ["failed", "incomplete", "no-connection"];

/**
 * The exit code of `paasc` for an error. A command that exits as a process does has a code of its own for all failures of
 * Paas.
 *
 * @example
 * ```ts
 * import { PaasError } from "./errors.ts";
 * import { exitCodeFor, ExitError } from "./exit.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const lost = new PaasError("no-connection", "the connection was lost");
 * assertEquals([exitCodeFor(lost), exitCodeFor(lost, true), exitCodeFor(new TypeError(), true)], [69, 125, 125]);
 * assertEquals(exitCodeFor(new ExitError("interrupted", ""), true), 130);
 * ```
 */
export function exitCodeFor(error: unknown, exitsAsProcess = false): number {
  const reason = exitReason(error) ?? "failed";
  return EXIT_CODES[exitsAsProcess && AMBIGUOUS.includes(reason) ? "not-run" : reason];
}

/**
 * An error as the one line that goes to stderr; empty for an error without a message to print.
 *
 * @example
 * ```ts
 * import { errorLine, ExitError } from "./exit.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(errorLine(new Error("no such file: a\nb")), "paasc: no such file: a\\u000ab\n");
 * assertEquals(errorLine(new ExitError("interrupted", "")), "");
 * ```
 */
export function errorLine(error: unknown): string {
  const message = error instanceof Error ? error.message || error.name : String(error);
  if (error instanceof ExitError && error.message === "") return "";
  return `paasc: ${escapeUnprintable(message)}\n`;
}
