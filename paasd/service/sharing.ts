/**
 * Checks `Share` and `Unshare` requests, and converts them to grants.
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

/** Maximum number of users that a process is shared with at a time. */
const MAX_GRANTS = 100;

const PERMISSIONS: Record<string, Permission> = {
  SHARE_PERMISSION_UNSPECIFIED: "view",
  SHARE_PERMISSION_VIEW: "view",
  SHARE_PERMISSION_STOP: "stop",
};

/**
 * Converts a request to a grant.
 *
 * @throws {InvalidArgumentError} When a field is malformed, or the grant would have no effect.
 */
export function toGrant(request: Omit<ShareRequest__Output, "processId">, owner: Pick<User, "id">): Grant {
  const user = toUserId(request.user);
  if (user === owner.id) throw new InvalidArgumentError("The user is yourself: the owner has all rights already");
  const permission = PERMISSIONS[request.permission];
  if (!permission) throw new InvalidArgumentError("The permission must be view or stop, or unset to view");
  const until = request.until ? toTime("The time when the share ends", request.until) : undefined;
  const grant = { user, permission, until };
  if (!isInForce(grant)) throw new InvalidArgumentError("The time when the share ends must be in the future");
  return grant;
}

/**
 * Checks the id of a user, and converts it to lower case.
 *
 * @throws {InvalidArgumentError} When the text is not a user id.
 */
export function toUserId(text: string): string {
  const id = text.toLowerCase();
  if (isUserId(id)) return id;
  throw new InvalidArgumentError(
    "The user must be a user id of 64 hexadecimal digits: paasc doctor shows users their own id",
  );
}

/**
 * Checks that a process can get one more grant.
 *
 * @throws {TooManyGrantsError} When the process has the maximum number of grants.
 */
export function checkRoom({ grants }: Pick<Entry, "grants">, { user }: Grant): void {
  const others = grants.filter((grant) => isInForce(grant) && grant.user !== user);
  if (others.length >= MAX_GRANTS) throw new TooManyGrantsError(MAX_GRANTS);
}
