/**
 * How much of the logs is kept: the oldest segments are dropped when it gets more.
 *
 * @module
 */
/** A log is cut in so many segments, or a few more: what is dropped at a time is one of them. */
const SEGMENTS_OF_A_LOG = 8;

/** The whole spool, or what a group has of it, if that is what has a limit. */
const SEGMENTS_OF_A_SPOOL = 64;

/** A segment is not smaller than the largest chunk, and not larger than what may be lost when a byte of it is damaged. */
const MIN_SEGMENT_BYTES = 64 * 1024;
const MAX_SEGMENT_BYTES = 16 * 1024 * 1024;

/** The smallest limit that can be kept: less than that may be written in one piece. */
export const MIN_LIMIT_BYTES = 1024 * 1024;

/** How much is kept. */
export interface SpoolLimits {
  /** Of each log, in bytes of the spool, at least 1 MiB; default is everything. */
  maxLogBytes?: number | undefined;
  /** Of all logs together, in bytes, at least 1 MiB; default is everything. */
  maxSpoolBytes?: number | undefined;
  /** Of the logs of each group, in bytes, at least 1 MiB; default is everything. */
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

/** The complete logs of a spool, which are not in memory. */
export interface StoredLogs {
  /** Bytes of all, or of those of a group. */
  bytes(group?: string): number;
  /** The largest of all, or of a group. */
  largest(group?: string): { readonly id: string; readonly bytes: number } | undefined;
  /** Drops the oldest segment of one; never rejects. */
  drop(id: string): Promise<void>;
}

/** Without a history, there are none. */
const NONE: StoredLogs = { bytes: () => 0, largest: () => undefined, drop: () => Promise.resolve() };

/** Logs that are being written and share a limit. */
class Share {
  readonly logs = new Set<LimitedLog>();
  /** What they have, and what is about to be written. */
  bytes = 0;

  constructor(readonly maxBytes: number, readonly group?: string) {}

  /** The largest log that has something to drop. */
  get largest(): LimitedLog | undefined {
    let largest: LimitedLog | undefined;
    for (const log of this.logs) if (log.canDrop && log.bytes > (largest?.bytes ?? 0)) largest = log;
    return largest;
  }
}

/** Holds the logs of a spool to their limits. */
export class Retention {
  /** When a segment has so many bytes, the next one begins. */
  readonly segmentBytes: number;
  /** The logs that are complete. */
  stored: StoredLogs = NONE;
  readonly #maxLogBytes: number;
  readonly #maxGroupBytes: number;
  readonly #all: Share;
  readonly #groups = new Map<string, Share>();
  /** A stored log is dropped from: one at a time, for what it gives is known only then. */
  #dropping: Promise<void> | undefined;

  /**
   * Without limits, everything is kept.
   *
   * @throws {RangeError} when a limit is less than 1 MiB.
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
   * Makes room for what is about to be written to a log. Where all logs of its group, or all together, are too large, the
   * largest of them gives: who prints a lot must not push out what others have.
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

  /** Makes the room that a log needs which has become complete, or was found. */
  async makeRoom(group?: string): Promise<void> {
    const removals: Promise<void>[] = [];
    await this.#makeRoom(this.#all, removals);
    if (group !== undefined) {
      await this.#makeRoom(this.#groups.get(group) ?? new Share(this.#maxGroupBytes, group), removals);
    }
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
      } else return; // all of it is being written right now
    }
  }

  #isAbove(share: Share): boolean {
    return share.maxBytes !== Infinity && share.bytes + this.stored.bytes(share.group) > share.maxBytes;
  }

  /** Bytes of all logs. */
  get bytes(): number {
    return this.#all.bytes + this.stored.bytes();
  }

  /** Bytes of a log that were not written after all, or that are gone. */
  free(log: LimitedLog, bytes: number): void {
    for (const share of this.#sharesOf(log)) if (share.logs.has(log)) share.bytes -= bytes;
  }

  /** Counts a log no more: it is complete, or was removed. */
  forget(log: LimitedLog): void {
    for (const share of this.#sharesOf(log)) if (share.logs.delete(log)) share.bytes -= log.bytes;
    if (log.group !== undefined && this.#groups.get(log.group)?.logs.size === 0) this.#groups.delete(log.group);
  }

  /** Whether the logs of a group have all that they may, and nothing of it can be dropped now. */
  isFull(group: string): boolean {
    if (this.#maxGroupBytes === Infinity) return false;
    const share = this.#groups.get(group);
    return share !== undefined && share.bytes >= share.maxBytes && !share.largest && !this.stored.largest(group);
  }

  /** What a log counts for: all logs, and those of its group. */
  #sharesOf({ group }: LimitedLog): Share[] {
    return group === undefined ? [this.#all] : [this.#all, this.#shareOf(group)];
  }

  #shareOf(group: string): Share {
    const share = this.#groups.get(group) ?? new Share(this.#maxGroupBytes, group);
    this.#groups.set(group, share);
    return share;
  }
}
