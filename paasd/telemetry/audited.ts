/**
 * What the audit log is told.
 *
 * @module
 */
import type { Guest } from "../identity/identity.ts";

/** A call that has ended. */
export interface AuditedCall {
  /** The caller; `undefined` if it is not known. */
  readonly guest: Guest | undefined;
  readonly role: string | undefined;
  readonly method: string | undefined;
  readonly process?: string | undefined;
  readonly program?: string | undefined;
  readonly owner?: string | undefined;
  readonly ownerSubject?: string | undefined;
  readonly argv?: readonly string[] | undefined;
  readonly code: string;
  readonly ms: number;
}

/** A restart that the daemon has made or tried by itself. */
export interface AuditedRestart extends Pick<Guest, "user" | "certificate"> {
  readonly program: string | undefined;
  readonly argv: readonly string[];
  /** The new process, if there is one. */
  readonly process?: string | undefined;
  readonly againOf: string;
  readonly attempt: number;
  readonly code: string;
}
