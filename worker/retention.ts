/**
 * How much of the logs is kept: the oldest segments are dropped when it gets more.
 *
 * @module
 */
import type { Log } from "./log.ts";

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

/** Logs that share a limit. */
class Share {
  readonly logs = new Set<Log>();
  /** What they have, and what is about to be written. */
  bytes = 0;

  constructor(readonly maxBytes: number) {}

  /** The largest log that has something to drop. */
  get largest(): Log | undefined {
    let largest: Log | undefined;
    for (const log of this.logs) if (log.canDrop && log.bytes > (largest?.bytes ?? 0)) largest = log;
    return largest;
  }
}

/** Holds the logs of a spool to their limits. */
export class Retention {
  /** When a segment has so many bytes, the next one begins. */
  readonly segmentBytes: number;
  /** Whether there is any limit. */
  readonly limited: boolean;
  readonly #maxLogBytes: number;
  readonly #maxGroupBytes: number;
  readonly #all: Share;
  readonly #groups = new Map<string, Share>();

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
    this.limited = Math.min(maxLogBytes, maxSpoolBytes, maxGroupBytes) < Infinity;
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
  async reserve(log: Log, bytes: number): Promise<void> {
    const shares = this.#sharesOf(log);
    for (const share of shares) {
      share.logs.add(log);
      share.bytes += bytes;
    }
    const removals: Promise<void>[] = [];
    while (log.bytes + bytes > this.#maxLogBytes && log.canDrop) removals.push(log.dropOldest());
    for (const share of shares) {
      while (share.bytes > share.maxBytes) {
        const { largest } = share;
        if (!largest) break; // all of it is being written right now
        removals.push(largest.dropOldest());
      }
    }
    await Promise.all(removals);
  }

  /** Bytes of all logs. */
  get bytes(): number {
    return this.#all.bytes;
  }

  /** Counts a log that was there before, and makes the room that it takes. */
  async add(log: Log): Promise<void> {
    for (const share of this.#sharesOf(log)) share.bytes += log.bytes;
    await this.reserve(log, 0);
  }

  /** Bytes of a log that were not written after all, or that are gone. */
  free(log: Log, bytes: number): void {
    for (const share of this.#sharesOf(log)) share.bytes -= bytes;
  }

  /** Counts a log no more. */
  forget(log: Log): void {
    for (const share of this.#sharesOf(log)) if (share.logs.delete(log)) share.bytes -= log.bytes;
    if (log.group !== undefined && this.#groups.get(log.group)?.logs.size === 0) this.#groups.delete(log.group);
  }

  /** Whether the logs of a group have all that they may, and nothing of it can be dropped now. */
  isFull(group: string): boolean {
    const share = this.#groups.get(group);
    return share !== undefined && share.bytes >= share.maxBytes && !share.largest;
  }

  /** What a log counts for: all logs, and those of its group. */
  #sharesOf({ group }: Log): Share[] {
    if (group === undefined) return [this.#all];
    const share = this.#groups.get(group) ?? new Share(this.#maxGroupBytes);
    this.#groups.set(group, share);
    return [this.#all, share];
  }
}
