/**
 * Errors of the daemon. Each message says in one sentence what happened and what to do.
 *
 * @module
 */

/** The command line, an environment variable or the configuration file is wrong: exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The daemon cannot start: exit code 1. */
export class StartError extends Error {
  override readonly name = "StartError";
}

/** A field of a request has a value that it must not have. */
export class InvalidArgumentError extends Error {
  override readonly name = "InvalidArgumentError";
}

/** There is no such process, or it is another user's. A client must not be able to tell the two apart. */
export class ProcessNotFoundError extends Error {
  override readonly name = "ProcessNotFoundError";

  constructor(id: string) {
    super(`Cannot find process ${id}: check the id; a process is known until it is removed, and only to its owner`);
  }
}

/** A health check names a service that the daemon does not have. */
export class ServiceUnknownError extends Error {
  override readonly name = "ServiceUnknownError";

  constructor(known: readonly string[]) {
    super(`There is no such service: ask for one of ${known.map((name) => JSON.stringify(name)).join(", ")}`);
  }
}

/** A live process of the user has the name that a new process is to get. */
export class NameTakenError extends Error {
  override readonly name = "NameTakenError";

  constructor(name: string) {
    super(
      `Cannot start a process named ${JSON.stringify(name)}: a running one has that name; stop it, or give another`,
    );
  }
}

/** The daemon does not know what is needed to start a process once more. */
export class NotRepeatableError extends Error {
  override readonly name = "NotRepeatableError";

  constructor() {
    super(
      "Cannot repeat the process: an earlier version of the daemon started it, and did not keep its variables and limits; " +
        "start it anew with all of its options",
    );
  }
}

/** The operator does not let the command run. */
export class NotAllowedError extends Error {
  override readonly name = "NotAllowedError";
}

/** A process cannot be removed, for it has not finished. */
export class NotFinishedError extends Error {
  override readonly name = "NotFinishedError";

  constructor() {
    super("Cannot remove the process: it has not finished; stop it first");
  }
}

/** The daemon is shutting down: it takes no new processes or readers. */
export class ShuttingDownError extends Error {
  override readonly name = "ShuttingDownError";

  constructor() {
    super("The daemon is shutting down: try again when it is back");
  }
}

/** The daemon ends when its processes have finished: it takes no new ones. */
export class DrainingError extends Error {
  override readonly name = "DrainingError";

  constructor() {
    super("The daemon takes no new processes, because it ends when those that run have finished: try again later");
  }
}

/** The kinds of refusals of connections, by which metrics count them. `docs/telemetry.md` lists them. */
export type RefusalKind =
  | "no_certificate"
  | "certificate_untrusted"
  | "certificate_dates"
  | "certificate_usage"
  | "certificate_revoked"
  | "session_resumed"
  | "no_http2"
  | "tls_version"
  | "no_tls"
  | "hung_up"
  | "handshake_timeout"
  | "too_many_connections"
  | "other";

/** The reason why a connection may not come in or stay. */
export interface Objection {
  readonly kind: RefusalKind;
  /** A sentence for the operator; it may name an address. */
  readonly sentence: string;
}

/** A client has not shown who it is: it has no certificate, or one that is not good enough. */
export class UnauthenticatedError extends Error {
  override readonly name = "UnauthenticatedError";
  readonly kind: RefusalKind;

  constructor(message: string, kind: RefusalKind = "other") {
    super(message);
    this.kind = kind;
  }
}

/** Makes an objection of an error that was thrown while a client was judged. */
export function toObjection(error: unknown): Objection {
  const kind = error instanceof UnauthenticatedError ? error.kind : "other";
  return { kind, sentence: (error as Error).message };
}

/** A user, or all users together, have as much of something as the operator allows. */
export class QuotaError extends Error {
  override readonly name = "QuotaError";

  /**
   * @param limit The name of the limit, mostly a flag of `paasd`.
   * @param what The sentence that says what there is.
   * @param remedy The sentence that says what to do.
   */
  constructor(limit: string, what: string, remedy: string) {
    super(`${what}, as much as the daemon's ${limit} allows: ${remedy}`);
  }
}

/** A client watches processes, and does not read the changes. */
export class WatcherTooSlowError extends Error {
  override readonly name = "WatcherTooSlowError";

  constructor() {
    super("Too many changes wait for you: read them faster, or list your processes and watch again");
  }
}

/** A user is known, but may not make the call. */
export class PermissionDeniedError extends Error {
  override readonly name = "PermissionDeniedError";
}

/** A process is shared with the maximum number of users. */
export class TooManyGrantsError extends Error {
  override readonly name = "TooManyGrantsError";

  constructor(most: number) {
    super(`Cannot share the process with more than ${most} users: take it back from one of them first`);
  }
}

/** Gives the message of whatever was thrown. */
export function causeOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
