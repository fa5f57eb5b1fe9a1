/**
 * Quotas of users, so that no user can use up the daemon for all others.
 *
 * @module
 */
import { Counter } from "./counter.ts";
import { QuotaError } from "../errors.ts";
import { Rate } from "./rate.ts";

/** Limits on what users have. All but the first are for each user. */
export interface QuotaLimits {
  /**
   * Maximum number of unfinished processes of all users together, which the daemon's file descriptors are enough for.
   */
  readonly maxProcesses: number;
  /** Maximum number of unfinished processes. */
  readonly maxProcessesPerUser: number;
  /** Maximum number of starts of processes in a minute; all of them may come at once. */
  readonly maxStartsPerMinute: number;
  /** Maximum number of open calls on all connections. */
  readonly maxStreamsPerUser: number;
  /** Maximum number of calls in a minute that change or signal a process; all of them may come at once. */
  readonly maxChangesPerMinute: number;
  /** Maximum size of the descriptions of all processes, in bytes. */
  readonly maxDescriptionBytesPerUser: number;
  /** Maximum number of users that processes are shared with, counted for each process. */
  readonly maxGrantsPerUser: number;
}

/** The part of a process that tells when it no longer counts. */
interface Started {
  /** Never rejects. */
  readonly finished: Promise<unknown>;
}

/**
 * Counts what each user has at the moment, and holds it to the limits.
 *
 * @example
 * ```ts
 * import { Quotas } from "./quotas.ts";
 * import { assertThrows } from "@std/assert";
 *
 * const quotas = new Quotas({
 *   maxProcesses: 9,
 *   maxProcessesPerUser: 9,
 *   maxStartsPerMinute: 9,
 *   maxStreamsPerUser: 1,
 *   maxChangesPerMinute: 9,
 *   maxDescriptionBytesPerUser: 9_000,
 *   maxGrantsPerUser: 9,
 * });
 * {
 *   using _stream = quotas.stream("alice");
 *   assertThrows(() => quotas.stream("alice"), Error, "--max-streams-per-user");
 * }
 * using _next = quotas.stream("alice");
 * ```
 */
export class Quotas {
  readonly #limits: QuotaLimits;
  readonly #processes = new Counter();
  readonly #descriptions = new Counter();
  readonly #streams = new Counter();
  readonly #starts: Rate;
  readonly #changes: Rate;

  /** @param now Gives the time, in milliseconds from any beginning. */
  constructor(limits: QuotaLimits, now: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#starts = new Rate(limits.maxStartsPerMinute, now);
    this.#changes = new Rate(limits.maxChangesPerMinute, now);
  }

  /** The numbers of unfinished processes and of open calls of all users together. */
  get used(): { processes: number; streams: number } {
    return { processes: this.#processes.total, streams: this.#streams.total };
  }

  /**
   * Counts an open call of a user, until the returned object is disposed of.
   *
   * @throws {QuotaError} When the user has too many.
   */
  stream(user: string): Disposable {
    const { maxStreamsPerUser: limit } = this.#limits;
    if (this.#streams.of(user) >= limit) {
      throw new QuotaError("--max-streams-per-user", `You have ${limit} calls open`, "end some of them first");
    }
    return this.#streams.add(user);
  }

  /** Gives the size of the descriptions of a user's live processes, in bytes. */
  liveDescriptions(user: string): number {
    return this.#descriptions.of(user);
  }

  /**
   * Counts a call that changes or signals a process.
   *
   * @throws {QuotaError} When the user makes too many.
   */
  change(user: string): void {
    const wait = this.#changes.take(user);
    if (wait === undefined) return;
    const what =
      `You have made ${this.#limits.maxChangesPerMinute} calls that change or signal a process within a minute`;
    throw new QuotaError("--max-changes-per-minute", what, tryAgainIn(wait));
  }

  /**
   * Checks that a user may have one more grant.
   *
   * @param grants Number of grants that the user has.
   * @throws {QuotaError} When there are too many.
   */
  grant(grants: number): void {
    const { maxGrantsPerUser: limit } = this.#limits;
    if (grants < limit) return;
    const what = `You share your processes with ${limit} users, counted for each process`;
    throw new QuotaError("--max-grants-per-user", what, "take back some, or remove processes that are shared");
  }

  /**
   * Starts a process of a user, and counts it until it has finished.
   *
   * @param bytes Size of the description of the process, in bytes.
   * @throws {QuotaError} When there are too many processes, or the user starts them too fast.
   * @throws {unknown} When `spawn` rejects, with its error; the process does not count then, but the start does.
   */
  async start<Process extends Started>(user: string, spawn: () => Promise<Process>, bytes = 0): Promise<Process> {
    const { maxProcessesPerUser: limit, maxProcesses, maxDescriptionBytesPerUser } = this.#limits;
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
    if (this.#descriptions.of(user) + bytes > maxDescriptionBytesPerUser) {
      throw new QuotaError(
        "--max-description-bytes-per-user",
        `With this one the arguments, variables, names and labels of your live processes take more than ${maxDescriptionBytesPerUser} bytes`,
        "stop one first, or give shorter ones, or a file",
      );
    }
    const wait = this.#starts.take(user);
    if (wait !== undefined) {
      const what = `You have started ${this.#limits.maxStartsPerMinute} processes within a minute`;
      throw new QuotaError("--max-starts-per-minute", what, tryAgainIn(wait));
    }
    using counted = new DisposableStack();
    counted.use(this.#processes.add(user));
    counted.use(this.#descriptions.add(user, bytes));
    const process = await spawn();
    const untilFinished = counted.move();
    process.finished.then(() => untilFinished.dispose());
    return process;
  }
}

function tryAgainIn(milliseconds: number): string {
  return `try again in ${Math.ceil(milliseconds / 1_000)} s`;
}
