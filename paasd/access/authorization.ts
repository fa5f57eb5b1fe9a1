/**
 * Authorization: one table that denies by default, and the one function that applies it to a process.
 *
 * @module
 */
import { clock } from "@paas/worker/system";
import { PermissionDeniedError, ProcessNotFoundError } from "../errors.ts";
import type { User } from "../identity/identity.ts";
import type { Role } from "./roles.ts";

/** The processes on which a call may be made: none, the caller's own, or those of all users. */
export type Scope = "none" | "own" | "all";

/** A permission that an owner gives another user on a process. */
export type Permission = "view" | "stop";

/** A permission of another user on one process, until some time. Plain data. */
export interface Grant {
  /** The id of the other user. */
  readonly user: string;
  readonly permission: Permission;
  /** Time when the grant ends, in milliseconds since the Unix epoch; `undefined` is when it is taken back. */
  readonly until: number | undefined;
}

/** The rule for one call: the scope of each role, and the permission that opens the call to users with a grant. */
type Rule = Readonly<Record<Exclude<Role, "none">, Scope>> & {
  /** What a user does by the call, for the sentence of a refusal; follows "does not let you". */
  readonly does: string;
  /** The scope of users without a role. */
  readonly none?: Scope;
  readonly shared?: Permission;
};

const OWN_ONLY = { user: "own", viewer: "none", operator: "own" } as const;
const SEE = { user: "own", viewer: "all", operator: "all" } as const;
const END = { user: "own", viewer: "none", operator: "all" } as const;

/** The rule of each call. A call without a row is denied to everybody; a test finds such calls. */
export const RULES: Readonly<Record<string, Rule>> = {
  Exec: { ...OWN_ONLY, does: "start processes" },
  GetLogs: { ...SEE, does: "read logs", shared: "view" },
  GetStatus: { ...SEE, does: "see processes", shared: "view" },
  Stop: { ...END, does: "stop processes", shared: "stop" },
  Wait: { ...SEE, does: "wait for processes", shared: "view" },
  Signal: { ...END, does: "send signals to processes" },
  List: { ...SEE, does: "list processes" },
  Remove: { ...END, does: "remove processes" },
  Attach: { ...OWN_ONLY, does: "attach to processes" },
  Watch: { ...SEE, does: "watch processes" },
  Share: { ...OWN_ONLY, does: "share processes" },
  Unshare: { ...OWN_ONLY, does: "take shares back" },
  WhoAmI: { none: "own", user: "own", viewer: "own", operator: "own", does: "ask who you are" },
  Drain: { user: "none", viewer: "none", operator: "all", does: "drain the daemon" },
};

/** Services besides Paas's own, which every guest may use, whatever the role. */
const OPEN_SERVICES = [
  "grpc.health.v1.Health",
  "grpc.reflection.v1.ServerReflection",
  "grpc.reflection.v1alpha.ServerReflection",
];

/** The right of a user to one call. */
export interface Right {
  readonly role: Role;
  readonly scope: Exclude<Scope, "none">;
  /** The processes that the user may see. */
  readonly sees: Scope;
  /** The permission that opens the call to users with a grant. */
  readonly shared: Permission | undefined;
}

/**
 * Gives the right of a role to a call.
 *
 * @param path The path of the call, such as `/paas.v1.ProcessService/Exec`.
 * @throws {PermissionDeniedError} When there is none.
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
        : `Your role, ${role}, does not let you ${
          rule?.does ?? "make this call"
        }: ask the daemon's operator for another one`,
    );
  }
  return { role, scope, sees: RULES["GetStatus"]?.[role] ?? "none", shared: rule?.shared };
}

/**
 * Gives the time until which a user may make a call on a process, in milliseconds since the Unix epoch. This is the one
 * place that decides who may touch which process.
 *
 * @throws {ProcessNotFoundError} When there is no process, or the user must not know of it.
 * @throws {PermissionDeniedError} When the user may see the process, but may not make the call.
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

/** Tells whether a grant has not ended. */
export function isInForce({ until = Infinity }: Grant): boolean {
  return until > clock.now();
}
