/**
 * The roles of users as they are now. Roles can change while calls go on, and listeners are called after each change.
 *
 * @module
 */
import type { Guest } from "../identity/identity.ts";
import { type Policy, type Role, roleByUnit } from "./roles.ts";

/** The roles of all users, and the listeners for changes of what users may do. */
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
   * Gives the role of a guest.
   *
   * @throws {UnauthenticatedError} When the certificate gives two roles.
   */
  roleOf({ user, certificate }: Pick<Guest, "user" | "certificate">): Role {
    return this.#policy ? this.#policy.roles.get(user.id) ?? this.#policy.default : roleByUnit(certificate);
  }

  /** Calls all listeners, because some user may do less than before. */
  changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  /** Has a listener called after each change, until the signal aborts. */
  onChange(listener: () => void, until: AbortSignal): void {
    this.#listeners.add(listener);
    until.addEventListener("abort", () => this.#listeners.delete(listener), { once: true });
  }
}
