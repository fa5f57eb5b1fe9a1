/**
 * The limits of logs: the oldest segments are dropped when there is more.
 *
 * @module
 */

/** Number of segments of a log that has a limit, or a few more. One segment is dropped at a time. */
const SEGMENTS_OF_A_LOG = 8;

/** Number of segments of a spool, or of the logs of a group, that has a limit. */
const SEGMENTS_OF_A_SPOOL = 64;

/** Minimum size of a segment, in bytes: the largest chunk. */
const MIN_SEGMENT_BYTES = 64 * 1024;

/** Maximum size of a segment, in bytes: the most that is lost when a byte of it is damaged. */
const MAX_SEGMENT_BYTES = 16 * 1024 * 1024;

/** Minimum of a limit, in bytes: as much may be written in one piece. */
export const MIN_LIMIT_BYTES = 1024 * 1024;

/** The limits of a spool. Logs that exceed them lose their oldest part. */
export interface SpoolLimits {
  /** Maximum size of each log, in bytes, at least 1 MiB; default is no limit. */
  maxLogBytes?: number | undefined;
  /** Maximum size of all logs together, in bytes, at least 1 MiB; default is no limit. */
  maxSpoolBytes?: number | undefined;
  /** Maximum size of the logs of each owner, in bytes, at least 1 MiB; default is no limit. */
  maxGroupBytes?: number | undefined;
}

/** A log that is being written, as far as limits concern it. */
export interface LimitedLog {
  /** The owner, who has a limit too; `undefined` is nobody. */
  readonly group: string | undefined;
  /** Bytes on the disk. */
  readonly bytes: number;
  /** Whether a part of it can be dropped. */
  readonly canDrop: boolean;
  /** Drops the oldest part. */
  dropOldest(): Promise<void>;
}

/** The complete logs of a spool. They are not in memory. */
export interface StoredLogs {
  /** Returns the size of all logs, or of those of a group, in bytes. */
  bytes(group?: string): number;
  /** Returns the largest log of all, or of a group. */
  largest(group?: string): { readonly id: string; readonly bytes: number } | undefined;
  /** Drops the oldest segment of a log; never rejects. */
  drop(id: string): Promise<void>;
}

/** The complete logs where there is no history: none. */
const NONE: StoredLogs = { bytes: () => 0, largest: () => undefined, drop: () => Promise.resolve() };

/** Logs that are being written and share a limit. */
class Share {
  readonly maxBytes: number;
  readonly group: string | undefined;
  readonly logs = new Set<LimitedLog>();
  /** The size of the logs, with the records that are about to be written, in bytes. */
  bytes = 0;

  constructor(maxBytes: number, group?: string) {
    this.maxBytes = maxBytes;
    this.group = group;
  }

  /** The largest log that can be dropped from. */
  get largest(): LimitedLog | undefined {
    let largest: LimitedLog | undefined;
    for (const log of this.logs) if (log.canDrop && log.bytes > (largest?.bytes ?? 0)) largest = log;
    return largest;
  }
}

/** Holds the logs of a spool to their limits. */
export class Retention {
  /** The size of a segment at which the next one begins, in bytes. */
  readonly segmentBytes: number;
  /** The logs that are complete. */
  stored: StoredLogs = NONE;
  readonly #maxLogBytes: number;
  readonly #maxGroupBytes: number;
  readonly #all: Share;
  readonly #groups = new Map<string, Share>();
  /** The dropping of a stored segment that is under way: one at a time, for its size is known only then. */
  #dropping: Promise<void> | undefined;

  /**
   * Makes a retention that keeps everything up to the limits.
   *
   * @throws {RangeError} When a limit is less than 1 MiB.
   */
  constructor({ maxLogBytes = Infinity, maxSpoolBytes = Infinity, maxGroupBytes = Infinity }: SpoolLimits = {}) {
    if (!(Math.min(maxLogBytes, maxSpoolBytes, maxGroupBytes) >= MIN_LIMIT_BYTES)) {
      throw new RangeError(`A limit of the spool must be at least ${MIN_LIMIT_BYTES} bytes`);
    }
    this.#maxLogBytes = maxLogBytes;
    this.#maxGroupBytes = maxGroupBytes;
    this.#all = new Share(maxSpoolBytes);
    const wanted = Math.min(
      maxLogBytes / SEGMENTS_OF_A_LOG,
      Math.min(maxSpoolBytes, maxGroupBytes) / SEGMENTS_OF_A_SPOOL,
    );
    this.segmentBytes = Math.min(Math.max(MIN_SEGMENT_BYTES, wanted), MAX_SEGMENT_BYTES);
  }

  /**
   * Makes room for records that are about to be written to a log. Where all logs of its group, or all together, are too
   * large, the largest of them shrinks: a process that prints a lot must not push out the output of others.
   */
  async reserve(log: LimitedLog, bytes: number): Promise<void> {
    const shares = this.#sharesOf(log);
    for (const share of shares) {
      share.logs.add(log);
      share.bytes += bytes;
    }
    const removals: Promise<void>[] = [];
    while (log.bytes + bytes > this.#maxLogBytes && log.canDrop) removals.push(log.dropOldest());
    for (const share of shares) await this.#makeRoom(share, removals);
    await Promise.all(removals);
  }

  /** Makes room after logs of earlier programs were found. */
  async makeRoom(): Promise<void> {
    const removals: Promise<void>[] = [];
    await this.#makeRoom(this.#all, removals);
    await Promise.all(removals);
  }

  async #makeRoom(share: Share, removals: Promise<void>[]): Promise<void> {
    while (this.#isAbove(share)) {
      const { largest } = share;
      const stored = this.stored.largest(share.group);
      if (stored && stored.bytes >= (largest?.bytes ?? 0)) {
        await (this.#dropping ??= this.stored.drop(stored.id).finally(() => this.#dropping = undefined));
      } else if (largest) {
        removals.push(largest.dropOldest());
      } else return; // all logs are being written right now
    }
  }

  #isAbove(share: Share): boolean {
    return share.maxBytes !== Infinity && share.bytes + this.stored.bytes(share.group) > share.maxBytes;
  }

  /** The size of all logs, in bytes. */
  get bytes(): number {
    return this.#all.bytes + this.stored.bytes();
  }

  /** Gives back bytes of a log that were not written after all, or were dropped. */
  free(log: LimitedLog, bytes: number): void {
    for (const share of this.#sharesOf(log)) if (share.logs.has(log)) share.bytes -= bytes;
  }

  /** Stops counting a log: it is complete, or was removed. */
  forget(log: LimitedLog): void {
    for (const share of this.#sharesOf(log)) if (share.logs.delete(log)) share.bytes -= log.bytes;
    if (log.group !== undefined && this.#groups.get(log.group)?.logs.size === 0) this.#groups.delete(log.group);
  }

  /** Returns whether the logs of a group have reached their limit, and nothing can be dropped now. */
  isFull(group: string): boolean {
    if (this.#maxGroupBytes === Infinity) return false;
    const share = this.#groups.get(group);
    return share !== undefined && share.bytes >= share.maxBytes && !share.largest && !this.stored.largest(group);
  }

  /** Returns the shares that a log counts for: that of all logs, and that of its group. */
  #sharesOf({ group }: LimitedLog): Share[] {
    return group === undefined ? [this.#all] : [this.#all, this.#shareOf(group)];
  }

  #shareOf(group: string): Share {
    const share = this.#groups.get(group) ?? new Share(this.#maxGroupBytes, group);
    this.#groups.set(group, share);
    return share;
  }
}
