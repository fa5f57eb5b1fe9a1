/**
 * Who has which role: by the OU of the certificate, or by a policy file.
 *
 * @module
 */
import type { ClientCertificate } from "../identity/certificate.ts";
import { StartError, UnauthenticatedError } from "../errors.ts";

/** What somebody is to the daemon. */
export type Role = "none" | "user" | "viewer" | "operator";

const ROLES: readonly Role[] = ["none", "user", "viewer", "operator"];

/** The OUs that give a role. */
const UNITS = new Map<string, Role>([["paas-viewer", "viewer"], ["paas-operator", "operator"]]);

/** What a policy file says. */
export interface Policy {
  /** The role of everybody else. */
  readonly default: Role;
  /** By user id. */
  readonly roles: ReadonlyMap<string, Role>;
}

/**
 * The role that the OUs of a certificate give.
 *
 * @throws {UnauthenticatedError} when they give two: which one was meant nobody can tell, and neither holds less than the
 * other.
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
 * Reads a policy file: TOML with `default`, a role, and a table `roles` with a role for each user id. Without `default`
 * it is `none`.
 *
 * @throws {StartError} when it is not so.
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
  if (odd !== undefined) throw fail(`it has ${JSON.stringify(odd)}, where there can be default and [roles]`);
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

/** Whether a text can be the id of a user. */
export function isUserId(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

function isRole(value: unknown): value is Role {
  return ROLES.includes(value as Role);
}
