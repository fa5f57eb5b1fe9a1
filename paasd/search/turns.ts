/**
 * Turns of searches on the one thread of the daemon.
 *
 * @module
 */
import { setImmediate } from "node:timers";
import { QuotaError } from "../errors.ts";
import { Counter } from "../quotas/counter.ts";

/** Maximum number of searches at a time, of one user and of all. Each may take about 2 MiB. */
const MAX_SEARCHES_PER_USER = 64;
const MAX_SEARCHES = 256;

/** Number of searches, of those of all users, that are left to users who have none: a few users never take them all. */
const LEFT_TO_OTHERS = 64;

/**
 * Number of rounds of the event loop between two turns. A call takes several of them, from its bytes to its answer, and
 * should not wait for a turn in each.
 */
const ROUNDS = 4;

/**
 * Lets searches work one after the other, a short time each, and the users in rotation. Between two turns the daemon does
 * all else that waits.
 *
 * @example
 * ```ts
 * import { Turns } from "./turns.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const turns = new Turns();
 * const order: string[] = [];
 * const work = async (user: string) => {
 *   await turns.next(user);
 *   order.push(user);
 * };
 * await Promise.all(["alice", "alice", "bob"].map(work));
 * assertEquals(order, ["alice", "bob", "alice"]);
 * ```
 */
export class Turns {
  /** The searches of each user that wait, the next user first. */
  readonly #waiting = new Map<string, (() => void)[]>();
  readonly #searches = new Counter();
  #passing = false;

  /**
   * Counts a search of a user until the returned object is disposed of.
   *
   * @throws {QuotaError} When the user has too many, or all users together.
   */
  begin(user: string): Disposable {
    const count = this.#searches.of(user);
    const limit = "limit of searches";
    if (count >= MAX_SEARCHES_PER_USER) {
      throw new QuotaError(limit, `You have ${count} searches in logs open`, "end some of them first");
    }
    const { total } = this.#searches;
    if (total >= (count === 0 ? MAX_SEARCHES : MAX_SEARCHES - LEFT_TO_OTHERS)) {
      throw new QuotaError(limit, `All users have ${total} searches in logs open`, "try again in a moment");
    }
    return this.#searches.add(user);
  }

  /** Resolves when it is the turn of a search of the user. The search then works before it awaits anything. */
  next(user: string): Promise<void> {
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(user);
      if (waiting) waiting.push(resolve);
      else this.#waiting.set(user, [resolve]);
      if (!this.#passing) this.#pass();
    });
  }

  #pass(): void {
    this.#passing = this.#waiting.size > 0;
    if (this.#passing) this.#afterRounds(ROUNDS, () => this.#turn());
  }

  #afterRounds(rounds: number, then: () => void): void {
    setImmediate(() => rounds > 1 ? this.#afterRounds(rounds - 1, then) : then());
  }

  #turn(): void {
    for (const [user, waiting] of this.#waiting) {
      this.#waiting.delete(user);
      const [first, ...others] = waiting;
      if (others.length > 0) this.#waiting.set(user, others);
      first!();
      break;
    }
    this.#pass();
  }
}
