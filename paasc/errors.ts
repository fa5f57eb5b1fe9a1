/**
 * Errors of the client library: each has a code for programs and a sentence for a person.
 *
 * @module
 */

/** The reason for a {@linkcode PaasError}, for programs. */
export type PaasErrorCode =
  /** An argument, an option or a setting is invalid. */
  | "invalid-argument"
  /** The daemon does not know the process (or it belongs to another user), or the program does not exist. */
  | "not-found"
  /** Several ids begin with the given word. */
  | "ambiguous"
  /** The program is not executable, the daemon may not run it, or the process may not be signalled. */
  | "permission-denied"
  /** The state does not allow the call: the process is being stopped, has finished or has not, or a directory is missing. */
  | "failed-precondition"
  /** A live process has the given name. */
  | "already-exists"
  /** The daemon has run out of processes, files, memory or disk space. */
  | "resource-exhausted"
  /** The daemon is shutting down. */
  | "unavailable"
  /** The daemon does not accept the client certificate (any more). */
  | "unauthenticated"
  /** The connection cannot be made, or it broke and could not be made again in time. */
  | "no-connection"
  /** Output is missing or may be missing, or the daemon did not account for every byte of it. */
  | "incomplete"
  /** The client or the attachment was closed. */
  | "closed"
  /** An unexpected error. */
  | "internal";

/** An error of the client library. */
export class PaasError extends Error {
  /** The name of the class. */
  override readonly name: string = "PaasError";

  /** Makes an error with this code and a sentence for a person. */
  constructor(
    /** The reason for the error. */
    readonly code: PaasErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** An option, a variable or the configuration file has an invalid setting. The daemon was not asked. */
export class SettingsError extends PaasError {
  constructor(message: string, options?: ErrorOptions) {
    super("invalid-argument", message, options);
  }
}
