/**
 * Removal of finished processes: by age, by number, and by the size of their descriptions.
 *
 * @module
 */
import type { Removable, Usage, Usages } from "@paas/worker/spool";
import type { Clock } from "@paas/worker/system";

/** Time between two sweeps, in milliseconds. */
const PAUSE_MS = 1_000;

/** Maximum number of processes that a sweep removes. Each has files. */
const MAX_REMOVED = 500;

/** Maximum number of one user's processes that a sweep removes for the limit of all users, before it looks again. */
const TOTAL_PORTION = 50;

/** Time after a step of the machine's clock without removals by age, in milliseconds: the step may be undone. */
const QUIET_MS = 10 * 60 * 1000;

/** Limits on finished processes. */
export interface ExpiryLimits {
  /** Maximum age of a finished process, in milliseconds. */
  readonly retain: number;
  /** Maximum number of finished processes of each user. */
  readonly retainCount: number;
  /** Maximum number of finished processes of all users. */
  readonly retainTotal: number;
  /** Maximum size of the descriptions of a user's processes, in bytes, live processes included. */
  readonly maxDescriptionBytesPerUser: number;
}

/** The finished processes in the spool. */
export type FinishedProcesses = Pick<
  Usages,
  "of" | "finishedCount" | "above" | "fullest" | "oldest" | "finishedUntil" | "dropEndedGrants"
>;

/** The owner of an {@linkcode Expiry}. */
export interface ExpiryHost {
  /** Returns the size of the descriptions of a user's live processes, in bytes. */
  liveBytes(owner: string): number;
  /** Removes a process; must not reject. */
  remove(id: string): Promise<void>;
  /** Called after a step of the machine's clock, with its lead over the steady clock, in milliseconds. */
  stepped(milliseconds: number): void;
}

/**
 * Removes finished processes above the limits. The oldest processes of a user go first; for the limit of all users, those
 * of the user with the most processes. Live processes stay.
 */
export class Expiry implements Disposable {
  readonly #finished: FinishedProcesses;
  readonly #host: ExpiryHost;
  readonly #clock: Pick<Clock, "now" | "sinceStep" | "difference">;
  readonly #timer: ReturnType<typeof setInterval>;
  #quiet = false;
  /** The limits; they may change at any time. */
  limits: ExpiryLimits;

  constructor(
    finished: FinishedProcesses,
    limits: ExpiryLimits,
    host: ExpiryHost,
    clock: Pick<Clock, "now" | "sinceStep" | "difference">,
  ) {
    this.#finished = finished;
    this.limits = limits;
    this.#host = host;
    this.#clock = clock;
    this.#timer = setInterval(() => this.#trySweep(), PAUSE_MS);
  }

  /** Removes processes above the limits, at most {@linkcode MAX_REMOVED}. */
  sweep(): void {
    const now = this.#clock.now();
    const finished = this.#finished;
    const { retainCount, maxDescriptionBytesPerUser } = this.limits;
    let left = MAX_REMOVED - this.#sweepOld(now);
    for (const owner of finished.above(retainCount, maxDescriptionBytesPerUser)) {
      if (left <= 0) return;
      left -= this.#remove(this.#excess(owner, left)).length;
    }
    for (let excess = finished.finishedCount - this.limits.retainTotal; excess > 0 && left > 0;) {
      const { fullest } = finished;
      if (fullest === undefined) break;
      const removed = this.#remove(finished.oldest(fullest, Math.min(excess, left, TOTAL_PORTION))).length;
      if (removed === 0) break;
      excess -= removed;
      left -= removed;
    }
    finished.dropEndedGrants(now, MAX_REMOVED);
  }

  /** Makes room for a live process of a user that was just counted, by removing the user's oldest finished processes. */
  makeRoom(owner: string): void {
    this.#remove(this.#excess(owner, MAX_REMOVED));
  }

  /** Ends the sweeps. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  /** The oldest processes of an owner that exceed the limits. */
  #excess(owner: string, most: number): Removable[] {
    const { retainCount, maxDescriptionBytesPerUser } = this.limits;
    const { finished, bytes }: Usage = this.#finished.of(owner);
    let tooMany = finished - retainCount;
    let tooLarge = bytes + this.#host.liveBytes(owner) - maxDescriptionBytesPerUser;
    if (tooMany <= 0 && tooLarge <= 0) return [];
    const excess: Removable[] = [];
    for (const one of this.#finished.oldest(owner, most)) {
      if (tooMany <= 0 && tooLarge <= 0) break;
      tooMany--;
      tooLarge -= one.bytes;
      excess.push(one);
    }
    return excess;
  }

  /** Removes processes by age, unless the clock may be wrong. Returns their number. */
  #sweepOld(now: number): number {
    const quiet = this.#clock.sinceStep < QUIET_MS;
    if (quiet && !this.#quiet) this.#host.stepped(this.#clock.difference);
    this.#quiet = quiet;
    if (quiet || this.limits.retain === Infinity) return 0;
    return this.#remove(this.#finished.finishedUntil(now - this.limits.retain, MAX_REMOVED)).length;
  }

  #remove(removable: Removable[]): Removable[] {
    for (const { id } of removable) void this.#host.remove(id);
    return removable;
  }

  #trySweep(): void {
    try {
      this.sweep();
    } catch {
      // The spool cannot be read. The next call that asks for a process reports that.
    }
  }
}
