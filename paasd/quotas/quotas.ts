/**
 * How much each user may have of the daemon, so that nobody can use it up for all others.
 *
 * @module
 */
import { Counter } from "./counter.ts";
import { QuotaError } from "../errors.ts";
import { Rate } from "./rate.ts";

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
  /** Calls that change or signal a process; so many may come at once. */
  readonly maxChangesPerMinute: number;
  /** Bytes of the descriptions of all processes. */
  readonly maxDescriptionBytesPerUser: number;
  /** Users that processes are shared with, counted for each process. */
  readonly maxGrantsPerUser: number;
}

/** What has to be known of a process: when it does not count any more. */
interface Started {
  /** Never rejects. */
  readonly finished: Promise<unknown>;
}

/**
 * What each user has at the moment, held to the limits.
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

  /** @param now Tells the time, in milliseconds from any beginning. */
  constructor(limits: QuotaLimits, now: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#starts = new Rate(limits.maxStartsPerMinute, now);
    this.#changes = new Rate(limits.maxChangesPerMinute, now);
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

  /** Bytes of the descriptions of a user's live processes. */
  liveDescriptions(user: string): number {
    return this.#descriptions.of(user);
  }

  /**
   * Takes a call that changes or signals a process.
   *
   * @throws {QuotaError} when there are too many.
   */
  change(user: string): void {
    const wait = this.#changes.take(user);
    if (wait === undefined) return;
    const what =
      `You have made ${this.#limits.maxChangesPerMinute} calls that change or signal a process within a minute`;
    throw new QuotaError("--max-changes-per-minute", what, tryAgainIn(wait));
  }

  /**
   * Sees that a user may have one more grant.
   *
   * @param grants How many they have.
   * @throws {QuotaError} when there are too many.
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
   * @param bytes Of its description.
   * @throws {QuotaError} when there are too many, or the user starts them too fast.
   * @throws whatever `spawn` throws; the process does not count then, the start does.
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
        `With this one the arguments, names and labels of your live processes take more than ${maxDescriptionBytesPerUser} bytes`,
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
