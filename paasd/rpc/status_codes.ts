/**
 * The table from errors to gRPC status codes.
 *
 * @module
 */
import { status as Code } from "@paas/proto/grpc";
import {
  FinishedError,
  InputClosedError,
  InputOffsetError,
  OffsetError,
  SignalError,
  SpawnError,
  type SpawnFailure,
  SpoolError,
  StopInProgressError,
} from "@paas/worker";
import {
  DrainingError,
  InvalidArgumentError,
  NameTakenError,
  NotAllowedError,
  NotFinishedError,
  NotRepeatableError,
  PermissionDeniedError,
  ProcessNotFoundError,
  QuotaError,
  ServiceUnknownError,
  ShuttingDownError,
  TooManyGrantsError,
  UnauthenticatedError,
  WatcherTooSlowError,
} from "../errors.ts";

/** An error as the client gets it. */
export interface Refusal {
  readonly code: Code;
  readonly details: string;
}

/** Maximum length of details, in characters. Longer details do not fit into the trailers: the client would get code 1. */
const MAX_DETAILS_LENGTH = 1_000;

const SPAWN_CODES: Record<SpawnFailure, Code> = {
  "invalid-command": Code.INVALID_ARGUMENT,
  "command-too-long": Code.INVALID_ARGUMENT,
  "program-not-found": Code.NOT_FOUND,
  "not-executable": Code.PERMISSION_DENIED,
  "directory-not-found": Code.FAILED_PRECONDITION,
  "no-terminals": Code.FAILED_PRECONDITION,
  "not-confined": Code.FAILED_PRECONDITION,
  "not-launched": Code.FAILED_PRECONDITION,
  "out-of-resources": Code.RESOURCE_EXHAUSTED,
  "unknown": Code.INTERNAL,
};

function codeOf(error: unknown): Code {
  if (error instanceof SpawnError) return SPAWN_CODES[error.failure];
  if (error instanceof SpoolError && error.exhausted) return Code.RESOURCE_EXHAUSTED;
  if (error instanceof SpoolError) return error.removed ? Code.FAILED_PRECONDITION : Code.INTERNAL;
  if (error instanceof SignalError) return Code.PERMISSION_DENIED;
  if (error instanceof StopInProgressError) return Code.FAILED_PRECONDITION;
  if (error instanceof FinishedError) return Code.FAILED_PRECONDITION;
  if (error instanceof NotFinishedError) return Code.FAILED_PRECONDITION;
  if (error instanceof NotRepeatableError) return Code.FAILED_PRECONDITION;
  if (error instanceof InputClosedError) return Code.FAILED_PRECONDITION;
  if (error instanceof InputOffsetError) return Code.INVALID_ARGUMENT;
  if (error instanceof NameTakenError) return Code.ALREADY_EXISTS;
  if (error instanceof OffsetError) return Code.INVALID_ARGUMENT;
  if (error instanceof InvalidArgumentError) return Code.INVALID_ARGUMENT;
  if (error instanceof NotAllowedError) return Code.PERMISSION_DENIED;
  if (error instanceof ProcessNotFoundError) return Code.NOT_FOUND;
  if (error instanceof ServiceUnknownError) return Code.NOT_FOUND;
  if (error instanceof QuotaError) return Code.RESOURCE_EXHAUSTED;
  if (error instanceof PermissionDeniedError) return Code.PERMISSION_DENIED;
  if (error instanceof TooManyGrantsError) return Code.RESOURCE_EXHAUSTED;
  if (error instanceof WatcherTooSlowError) return Code.UNAVAILABLE;
  if (error instanceof ShuttingDownError) return Code.UNAVAILABLE;
  if (error instanceof DrainingError) return Code.UNAVAILABLE;
  if (error instanceof UnauthenticatedError) return Code.UNAUTHENTICATED;
  return Code.INTERNAL;
}

/**
 * Maps an error to a gRPC status. An unexpected error becomes INTERNAL, with a reference into the daemon's log.
 *
 * @param report Called with an unexpected error and its reference.
 */
export function toRefusal(error: unknown, report: (reference: string, error: unknown) => void): Refusal {
  const code = codeOf(error);
  if (code !== Code.INTERNAL) return { code, details: bounded((error as Error).message) };
  const reference = crypto.randomUUID().slice(0, 8);
  report(reference, error);
  return {
    code,
    details: `Something went wrong in the daemon: its operator finds the cause in its log under ${reference}`,
  };
}

/** Makes details fit to send: short, and without lone surrogates, for which the library throws. */
function bounded(details: string): string {
  const short = details.length > MAX_DETAILS_LENGTH ? `${details.slice(0, MAX_DETAILS_LENGTH)}…` : details;
  return short.toWellFormed();
}
