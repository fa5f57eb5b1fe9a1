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
    // The runtime guards some places whatever the permissions are, /proc for example.
    const permitted = Deno.permissions.querySync({ name: "write" }).state === "granted";
    const why = permitted
      ? "Deno does not let paasc write there"
      : "this paasc is not permitted to write files; run the installed paasc, or 'paasc cp :PATH - | tar x'";
    return copyFailure(`cannot write ${path}: ${why}`, cause);
  }
  return copyFailure(`cannot ${action} ${path}: ${fileFault(cause)}`, cause);
}
