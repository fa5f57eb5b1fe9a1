/**
 * How much each user may have of the daemon, so that nobody can use it up for all others.
 *
 * @module
 */
import { Counter } from "./counter.ts";
import { QuotaError } from "./errors.ts";

const MINUTE_MS = 60_000;

/** The limits. */
export interface QuotaLimits {
  /** Processes of all users together that have not finished: what the daemon's file descriptors are enough for. */
  readonly maxProcesses: number;
  /** Processes that have not finished. */
  readonly maxProcessesPerUser: number;
  /** Processes that are started, in any row of them; so many may come at once. */
  readonly maxStartsPerMinute: number;
  /** Calls that are open, of all connections of the user. */
  readonly maxStreamsPerUser: number;
}

/** What has to be known of a process: when it does not count any more. */
interface Started {
  /** Never rejects. */
  readonly finished: Promise<unknown>;
}

/** The starts that a user has left, as of some time. */
interface Allowance {
  readonly left: number;
  readonly time: number;
}

/**
 * What each user has at the moment, held to the limits.
 *
 * @example
 * ```ts
 * import { Quotas } from "./quotas.ts";
 * import { assertThrows } from "@std/assert";
 *
 * const quotas = new Quotas({ maxProcesses: 9, maxProcessesPerUser: 9, maxStartsPerMinute: 9, maxStreamsPerUser: 1 });
 * {
 *   using _stream = quotas.stream("alice");
 *   assertThrows(() => quotas.stream("alice"), Error, "--max-streams-per-user");
 * }
 * using _next = quotas.stream("alice");
 * ```
 */
export class Quotas {
  readonly #limits: QuotaLimits;
  readonly #now: () => number;
  readonly #processes = new Counter();
  readonly #streams = new Counter();
  /** Of the users that have started something lately. */
  readonly #starts = new Map<string, Allowance>();

  /** @param now Tells the time, in milliseconds from any beginning. */
  constructor(limits: QuotaLimits, now: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#now = now;
  }

  /** What all users have together. */
  get used(): { processes: number; streams: number } {
    return { processes: this.#processes.total, streams: this.#streams.total };
  }

  /**
   * Counts an open call of a user until it is disposed of.
   *
   * @throws {QuotaError} when there are too many.
   */
  stream(user: string): Disposable {
    const { maxStreamsPerUser: limit } = this.#limits;
    if (this.#streams.of(user) >= limit) {
      throw new QuotaError("--max-streams-per-user", `You have ${limit} calls open`, "end some of them first");
    }
    return this.#streams.add(user);
  }

  /**
   * Starts a process of a user, and counts it until it has finished.
   *
   * @throws {QuotaError} when there are too many, or the user starts them too fast.
   * @throws whatever `spawn` throws; the process does not count then, the start does.
   */
  async start<Process extends Started>(user: string, spawn: () => Promise<Process>): Promise<Process> {
    const { maxProcessesPerUser: limit, maxProcesses } = this.#limits;
    if (this.#processes.of(user) >= limit) {
      throw new QuotaError(
        "--max-processes-per-user",
        `You have ${limit} processes that have not finished`,
        "stop one first, or wait until one has finished",
      );
    }
    if (this.#processes.total >= maxProcesses) {
      throw new QuotaError(
        "limit of open files (ulimit -n)",
        `The users of this daemon have ${maxProcesses} processes that have not finished`,
        "try again when some have",
      );
    }
    this.#takeStart(user);
    const counted = this.#processes.add(user);
    try {
      const process = await spawn();
      process.finished.then(() => counted[Symbol.dispose]());
      return process;
    } catch (error) {
      counted[Symbol.dispose]();
      throw error;
    }
  }

  /** A bucket that fills up steadily, from which each start takes one. */
  #takeStart(user: string): void {
    const { maxStartsPerMinute: limit } = this.#limits;
    if (limit === Infinity) return;
    const time = this.#now();
    const perMillisecond = limit / MINUTE_MS;
    const last = this.#starts.get(user) ?? { left: limit, time };
    const left = Math.min(limit, last.left + (time - last.time) * perMillisecond);
    if (left < 1) {
      const seconds = Math.ceil((1 - left) / perMillisecond / 1_000);
      throw new QuotaError(
        "--max-starts-per-minute",
        `You have started ${limit} processes within a minute`,
        `try again in ${seconds} s`,
      );
    }
    this.#starts.set(user, { left: left - 1, time });
  }
}
