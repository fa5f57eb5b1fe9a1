/**
 * A copy that failed, for a reason on either machine. Failures of Paas itself are other errors.
 *
 * @module
 */
import { ExitError } from "../exit.ts";
import { fileFault } from "../words/file_fault.ts";

/** The error of a copy that failed. */
export function copyFailure(sentence: string, cause?: unknown): ExitError {
  return new ExitError("not-copied", sentence, { cause });
}

/** The error of a file on this machine that cannot be read or written. */
export function localFailure(action: "read" | "write", path: string, cause: unknown): ExitError {
  if (cause instanceof ExitError) return cause;
  if (cause instanceof Deno.errors.NotCapable && action === "write") {
    const remedy = "run the installed paasc, or 'paasc cp :PATH - | tar x'";
    return copyFailure(`cannot write ${path}: this paasc is not permitted to write files; ${remedy}`, cause);
  }
  return copyFailure(`cannot ${action} ${path}: ${fileFault(cause)}`, cause);
}
