/**
 * How long finished processes are kept, and how many.
 *
 * @module
 */
import type { Removable, Usage, Usages } from "@paas/worker/spool";
import type { Clock } from "@paas/worker/system";

/** How often it is looked whether something is to go, in milliseconds. */
const PAUSE_MS = 1_000;

/** So many are removed at a time: each has files. */
const MOST_AT_A_TIME = 500;

/** After a step of the machine's clock nothing goes by its age for so long, in milliseconds: the clock may be put right. */
const QUIET_MS = 10 * 60 * 1000;

/** How much is kept. */
export interface ExpiryLimits {
  /** How long a process is kept when it has finished, in milliseconds. */
  readonly retain: number;
  /** How many finished processes of each user there may be. */
  readonly retainCount: number;
  /** How many finished processes of all users together. */
  readonly retainTotal: number;
  /** How many bytes the descriptions of a user's processes may have, live ones included. */
  readonly maxDescriptionBytesPerUser: number;
}

/** What is asked of the spool. */
export type FinishedProcesses = Pick<
  Usages,
  "of" | "finishedCount" | "above" | "fullest" | "oldest" | "finishedUntil" | "dropEndedGrants"
>;

/** What there is beside finished processes, and what is done with those that are to go. */
export interface ExpiryHost {
  /** Bytes of the descriptions of a user's live processes. */
  liveBytes(owner: string): number;
  /** Removes a process; must not reject. */
  remove(id: string): Promise<void>;
  /** Called when the machine's clock has stepped, with how far it is ahead, in milliseconds. */
  stepped(milliseconds: number): void;
}

/**
 * Has finished processes removed that are too old or too many: of each user the oldest first, and for all users together
 * those of whoever has most. Live ones are never touched.
 */
export class Expiry implements Disposable {
  readonly #finished: FinishedProcesses;
  readonly #host: ExpiryHost;
  readonly #clock: Pick<Clock, "now" | "sinceStep" | "difference">;
  readonly #timer: ReturnType<typeof setInterval>;
  #quiet = false;
  /** How much is kept. */
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

  /** Has removed what is due. */
  sweep(): void {
    const now = this.#clock.now();
    const finished = this.#finished;
    const { retainCount, maxDescriptionBytesPerUser } = this.limits;
    let left = MOST_AT_A_TIME - this.#sweepOld(now);
    for (const owner of finished.above(retainCount, maxDescriptionBytesPerUser)) {
      if (left <= 0) return;
      left -= this.#remove(this.#excess(owner, 0, left)).length;
    }
    for (let excess = finished.finishedCount - this.limits.retainTotal; excess > 0 && left > 0;) {
      const { fullest } = finished;
      if (fullest === undefined) break;
      const removed = this.#remove(finished.oldest(fullest, Math.min(excess, left, 50))).length;
      if (removed === 0) break;
      excess -= removed;
      left -= removed;
    }
    finished.dropEndedGrants(now, MOST_AT_A_TIME);
  }

  /**
   * Makes room for a process that a user is about to start: their own oldest ones go.
   *
   * @param bytes Of its description.
   */
  makeRoom(owner: string, bytes: number): void {
    this.#remove(this.#excess(owner, bytes, MOST_AT_A_TIME));
  }

  /** Ends the looking. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  /** The oldest of an owner that have to go, at most so many, when so many bytes come. */
  #excess(owner: string, coming: number, most: number): Removable[] {
    const { retainCount, maxDescriptionBytesPerUser } = this.limits;
    const { finished, bytes }: Usage = this.#finished.of(owner);
    let tooMany = finished - retainCount;
    let tooLarge = bytes + coming + this.#host.liveBytes(owner) - maxDescriptionBytesPerUser;
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

  /** By their age, but for when the clock cannot be trusted. */
  #sweepOld(now: number): number {
    const quiet = this.#clock.sinceStep < QUIET_MS;
    if (quiet && !this.#quiet) this.#host.stepped(this.#clock.difference);
    this.#quiet = quiet;
    if (quiet || this.limits.retain === Infinity) return 0;
    return this.#remove(this.#finished.finishedUntil(now - this.limits.retain, MOST_AT_A_TIME)).length;
  }

  #remove(removable: Removable[]): Removable[] {
    for (const { id } of removable) void this.#host.remove(id);
    return removable;
  }

  #trySweep(): void {
    try {
      this.sweep();
    } catch {
      // The spool cannot be read: whoever asks for a process is told.
    }
  }
}
