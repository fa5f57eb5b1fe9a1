/**
 * Who may do what: one table, which denies by default, and the one function that applies it to a process.
 *
 * @module
 */
import { clock } from "@paas/worker/system";
import { PermissionDeniedError, ProcessNotFoundError } from "../errors.ts";
import type { User } from "../identity/identity.ts";
import type { Role } from "./roles.ts";

/** On which processes a call may be made: on none, on the caller's own, or on those of all users. */
export type Scope = "none" | "own" | "all";

/** What an owner lets another user do with a process. */
export type Permission = "view" | "stop";

/** What an owner lets another user do with one process, until when. Plain data. */
export interface Grant {
  /** The id of the other user. */
  readonly user: string;
  readonly permission: Permission;
  /** In milliseconds since the Unix epoch; `undefined` is until it is taken back. */
  readonly until: number | undefined;
}

/** The rule for one call: the scope of each role, and the permission that opens it to whom a process is shared with. */
type Rule = Readonly<Record<Exclude<Role, "none">, Scope>> & {
  /** For who has no role. */
  readonly none?: Scope;
  readonly shared?: Permission;
};

const OWN_ONLY: Rule = { user: "own", viewer: "none", operator: "own" };
const SEE: Rule = { user: "own", viewer: "all", operator: "all" };

/** What each role may do. A call without a row is denied to everybody; a test tells of one. */
export const RULES: Readonly<Record<string, Rule>> = {
  Exec: OWN_ONLY,
  GetLogs: { ...SEE, shared: "view" },
  GetStatus: { ...SEE, shared: "view" },
  Stop: { user: "own", viewer: "none", operator: "all", shared: "stop" },
  Wait: { ...SEE, shared: "view" },
  Signal: OWN_ONLY,
  List: SEE,
  Remove: OWN_ONLY,
  Attach: OWN_ONLY,
  Watch: SEE,
  Share: OWN_ONLY,
  Unshare: OWN_ONLY,
  WhoAmI: { none: "own", user: "own", viewer: "own", operator: "own" },
};

/** Services besides Paas's own: for everybody who may come in, whatever their role. */
const OPEN_SERVICES = [
  "grpc.health.v1.Health",
  "grpc.reflection.v1.ServerReflection",
  "grpc.reflection.v1alpha.ServerReflection",
];

/** What somebody may do with one call. */
export interface Right {
  readonly role: Role;
  readonly scope: Exclude<Scope, "none">;
  /** Which processes they may see. */
  readonly sees: Scope;
  /** The permission that opens the call to whom a process is shared with. */
  readonly shared: Permission | undefined;
}

/**
 * What a role may do with a call.
 *
 * @param path As `/paas.v1.ProcessService/Exec`.
 * @throws {PermissionDeniedError} when that is nothing.
 */
export function rightOf(role: Role, path: string): Right {
  const [, service = "", method = ""] = path.split("/");
  const open = OPEN_SERVICES.includes(service);
  const rule = service === "paas.v1.ProcessService" && Object.hasOwn(RULES, method) ? RULES[method] : undefined;
  const scope = open ? "own" : rule?.[role] ?? "none";
  if (scope === "none") {
    throw new PermissionDeniedError(
      role === "none"
        ? "You have no role here: ask the daemon's operator for one, with your user id (paasc doctor)"
        : `Your role, ${role}, does not allow ${method}: ask the daemon's operator for another one`,
    );
  }
  return { role, scope, sees: RULES["GetStatus"]?.[role] ?? "none", shared: rule?.shared };
}

/**
 * Until when a user may make a call on a process, in milliseconds since the Unix epoch. The one place where it is decided
 * who may touch what.
 *
 * @throws {ProcessNotFoundError} when they must not know of it, as if there were none.
 * @throws {PermissionDeniedError} when they may see it, but not that.
 */
export function allowedUntil(
  id: string,
  entry: { readonly owner: string; readonly grants: readonly Grant[] } | undefined,
  user: Pick<User, "id">,
  { scope, sees, shared }: Pick<Right, "scope" | "sees" | "shared">,
): number {
  if (!entry) throw new ProcessNotFoundError(id);
  if (entry.owner === user.id || scope === "all") return Infinity;
  const grant = entry.grants.find((grant) => grant.user === user.id && isInForce(grant));
  if (grant && (shared === "view" || shared === grant.permission)) return grant.until ?? Infinity;
  if (grant) {
    throw new PermissionDeniedError(
      `The process is shared with you to ${
        grant.permission === "stop" ? "see and stop it" : "see it"
      } only: ask its owner`,
    );
  }
  if (sees === "all") throw new PermissionDeniedError("The process is another user's, and only its owner may do that");
  throw new ProcessNotFoundError(id);
}

/** Whether a grant has not ended. */
export function isInForce({ until = Infinity }: Grant): boolean {
  return until > clock.now();
}
