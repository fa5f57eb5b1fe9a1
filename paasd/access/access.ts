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
  /** By the id of the user. One user who shares processes all the time does not occupy the daemon with the calls of others. */
  readonly #listeners = new Map<string, Set<() => void>>();

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

  /** Calls the listeners of a user, or of all users, because they may do less than before. */
  changed(user?: string): void {
    const listeners = user === undefined ? [...this.#listeners.values()] : [this.#listeners.get(user) ?? []];
    for (const listener of listeners.flatMap((all) => [...all])) listener();
  }

  /** Has a listener called after each change of what a user may do, until the signal aborts. */
  onChange(user: string, listener: () => void, until: AbortSignal): void {
    const listeners = this.#listeners.get(user) ?? new Set();
    this.#listeners.set(user, listeners.add(listener));
    until.addEventListener("abort", () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(user);
    }, { once: true });
  }
}
