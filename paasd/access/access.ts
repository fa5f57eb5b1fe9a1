/**
 * Who has which role now. It can change while calls go on: whoever holds a call to a condition is told of each change.
 *
 * @module
 */
import type { Guest } from "../identity/identity.ts";
import { type Policy, type Role, roleByUnit } from "./roles.ts";

/** The roles of all users, and news of what they may do. */
export class Access {
  #policy: Policy | undefined;
  readonly #listeners = new Set<() => void>();

  /** @param policy Without one, the OU of a certificate gives the role. */
  constructor(policy?: Policy) {
    this.#policy = policy;
  }

  /** Puts another policy into force. */
  set policy(policy: Policy | undefined) {
    this.#policy = policy;
    this.changed();
  }

  /**
   * The role of a guest.
   *
   * @throws {UnauthenticatedError} when their certificate gives them two.
   */
  roleOf({ user, certificate }: Pick<Guest, "user" | "certificate">): Role {
    return this.#policy ? this.#policy.roles.get(user.id) ?? this.#policy.default : roleByUnit(certificate);
  }

  /** Has all conditions looked at anew: somebody may do less than before. */
  changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  /** Tells of each change until the signal aborts. */
  onChange(listener: () => void, until: AbortSignal): void {
    this.#listeners.add(listener);
    until.addEventListener("abort", () => this.#listeners.delete(listener), { once: true });
  }
}
