/**
 * What an owner asks for who shares a process, checked and in the daemon's terms.
 *
 * @module
 */
import type { ShareRequest__Output } from "@paas/proto";
import { type Grant, isInForce, type Permission } from "../access/authorization.ts";
import { InvalidArgumentError, TooManyGrantsError } from "../errors.ts";
import type { User } from "../identity/identity.ts";
import type { Entry } from "../processes/entries.ts";
import { toTime } from "./fields.ts";
import { isUserId } from "../access/roles.ts";

/** With so many users a process can be shared at a time. */
const MAX_GRANTS = 100;

const PERMISSIONS: Record<string, Permission> = {
  SHARE_PERMISSION_UNSPECIFIED: "view",
  SHARE_PERMISSION_VIEW: "view",
  SHARE_PERMISSION_STOP: "stop",
};

/**
 * What a request lets whom do until when.
 *
 * @throws {InvalidArgumentError} when a field is not what it must be.
 */
export function toGrant(request: Omit<ShareRequest__Output, "processId">, owner: Pick<User, "id">): Grant {
  const user = toUserId(request.user);
  if (user === owner.id) throw new InvalidArgumentError("The user is yourself: you may do everything with it already");
  const permission = PERMISSIONS[request.permission];
  if (!permission) throw new InvalidArgumentError("The permission must be view or stop, or unset to view");
  const until = request.until ? toTime("until which it is shared", request.until) : undefined;
  const grant = { user, permission, until };
  if (!isInForce(grant)) throw new InvalidArgumentError("The time until which it is shared must be in the future");
  return grant;
}

/**
 * The id of a user.
 *
 * @throws {InvalidArgumentError} when the text is none.
 */
export function toUserId(text: string): string {
  const id = text.toLowerCase();
  if (isUserId(id)) return id;
  throw new InvalidArgumentError(
    "The user must be a user id of 64 hexadecimal digits: whoever it is learns theirs from paasc doctor",
  );
}

/**
 * Sees that a process can be shared with one more.
 *
 * @throws {TooManyGrantsError} when it cannot.
 */
export function makeRoom({ grants }: Pick<Entry, "grants">, { user }: Grant): void {
  const others = grants.filter((grant) => isInForce(grant) && grant.user !== user);
  if (others.length >= MAX_GRANTS) throw new TooManyGrantsError(MAX_GRANTS);
}
