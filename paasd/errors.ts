/**
 * What the daemon itself refuses. Each error says in one sentence what happened and what to do.
 *
 * @module
 */

/** The command line or an environment variable is wrong: exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The daemon cannot start: exit code 1. */
export class StartError extends Error {
  override readonly name = "StartError";
}

/** A field of a request is not what it must be. */
export class InvalidArgumentError extends Error {
  override readonly name = "InvalidArgumentError";
}

/** There is no such process, or it is another user's: the two must not be told apart. */
export class ProcessNotFoundError extends Error {
  override readonly name = "ProcessNotFoundError";

  constructor(id: string) {
    super(`Cannot find process ${id}: check the id; a process is known until it is removed, and only to its owner`);
  }
}

/** A health check is asked for a service that there is not. */
export class ServiceUnknownError extends Error {
  override readonly name = "ServiceUnknownError";

  constructor(known: readonly string[]) {
    super(`There is no such service: ask for one of ${known.map((name) => JSON.stringify(name)).join(", ")}`);
  }
}

/** A live process of the user has the name that another one shall get. */
export class NameTakenError extends Error {
  override readonly name = "NameTakenError";

  constructor(name: string) {
    super(
      `Cannot start a process named ${JSON.stringify(name)}: a running one has that name; stop it, or give another`,
    );
  }
}

/** The operator does not let that run. */
export class NotAllowedError extends Error {
  override readonly name = "NotAllowedError";
}

/** A process is to be removed that has not finished. */
export class NotFinishedError extends Error {
  override readonly name = "NotFinishedError";

  constructor() {
    super("Cannot remove the process: it has not finished; stop it first");
  }
}

/** The daemon is about to end, and takes no new processes or readers any more. */
export class ShuttingDownError extends Error {
  override readonly name = "ShuttingDownError";

  constructor() {
    super("The daemon is shutting down: try again when it is back");
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

/** There is as much of something as the operator allows. */
export class QuotaError extends Error {
  override readonly name = "QuotaError";

  /**
   * @param limit What sets the limit: mostly a flag of `paasd`.
   * @param what What there is.
   * @param remedy What to do.
   */
  constructor(limit: string, what: string, remedy: string) {
    super(`${what}, as much as the daemon's ${limit} allows: ${remedy}`);
  }
}

/** Somebody watches processes, and does not take what changes. */
export class WatcherTooSlowError extends Error {
  override readonly name = "WatcherTooSlowError";

  constructor() {
    super("Too many changes wait for you: read them faster, or list your processes and watch again");
  }
}

/** Somebody who is known may not do that. */
export class PermissionDeniedError extends Error {
  override readonly name = "PermissionDeniedError";
}

/** A process is shared with as many users as it can be. */
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
