/**
 * Roles of users: by the OU of the certificate, or by a policy file.
 *
 * @module
 */
import type { ClientCertificate } from "../identity/certificate.ts";
import { StartError, UnauthenticatedError } from "../errors.ts";

/** The role of a user. */
export type Role = "none" | "user" | "viewer" | "operator";

const ROLES: readonly Role[] = ["none", "user", "viewer", "operator"];

/** The OUs that give a role. */
const UNITS = new Map<string, Role>([["paas-viewer", "viewer"], ["paas-operator", "operator"]]);

/** The content of a policy file. */
export interface Policy {
  /** The role of users that the file does not name. */
  readonly default: Role;
  /** Roles by user id. */
  readonly roles: ReadonlyMap<string, Role>;
}

/**
 * Gives the role that the OUs of a certificate name.
 *
 * @throws {UnauthenticatedError} When they name two, neither of which may do less than the other.
 */
export function roleByUnit({ units }: Pick<ClientCertificate, "units">): Role {
  const roles = new Set(units.flatMap((unit) => UNITS.get(unit) ?? []));
  if (roles.size > 1) {
    throw new UnauthenticatedError(`its certificate has two roles (OU ${[...UNITS.keys()].join(" and ")})`);
  }
  const [role = "user"] = roles;
  return role;
}

/**
 * Reads a policy file: TOML with a role named `default` (`none` if missing), and a table `roles` with a role for each
 * user id.
 *
 * @throws {StartError} When the text is something else.
 *
 * @example
 * ```ts
 * import { parsePolicy } from "./roles.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const id = "ab".repeat(32);
 * const { roles } = await parsePolicy(`default = "user"\n[roles]\n${id} = "operator"\n`, "policy.toml");
 * assertEquals(roles.get(id), "operator");
 * ```
 */
export async function parsePolicy(text: string, path: string): Promise<Policy> {
  const { parse } = await import("smol-toml"); // not needed without a policy
  const fail = (what: string) => new StartError(`Cannot use the policy ${path}: ${what}`);
  let document: Record<string, unknown>;
  try {
    document = parse(text);
  } catch (error) {
    throw fail(`it is no TOML: ${(error as Error).message.split("\n")[0]}`);
  }
  const { default: other = "none", roles: given = {}, ...unknown } = document;
  const [odd] = Object.keys(unknown);
  if (odd !== undefined) throw fail(`it has ${JSON.stringify(odd)}, but may have only default and [roles]`);
  if (!isRole(other)) throw fail(`default must be one of ${ROLES.join(", ")}`);
  if (typeof given !== "object" || given === null || Array.isArray(given)) throw fail("roles must be a table");
  const roles = new Map<string, Role>();
  for (const [id, role] of Object.entries(given)) {
    if (!isUserId(id)) throw fail(`${JSON.stringify(id)} is no user id of 64 lower-case hexadecimal digits`);
    if (!isRole(role)) throw fail(`the role of ${id} must be one of ${ROLES.join(", ")}`);
    roles.set(id, role);
  }
  return { default: other, roles };
}

/** Tells whether a text can be the id of a user. */
export function isUserId(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

function isRole(value: unknown): value is Role {
  return ROLES.includes(value as Role);
}
