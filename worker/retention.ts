/**
 * How much of the logs is kept: the oldest segments are dropped when it gets more.
 *
 * @module
 */
import type { Log } from "./log.ts";

/** A log is cut in so many segments, or a few more: what is dropped at a time is one of them. */
const SEGMENTS_OF_A_LOG = 8;

/** The whole spool, if that is what has a limit. */
const SEGMENTS_OF_A_SPOOL = 64;

/** A segment is not smaller than the largest chunk. */
const MIN_SEGMENT_BYTES = 64 * 1024;

/** The smallest limit that can be kept: less than that may be written in one piece. */
export const MIN_LIMIT_BYTES = 1024 * 1024;

/** How much is kept. */
export interface SpoolLimits {
  /** Of each log, in bytes of the spool, at least 1 MiB; default is everything. */
  maxLogBytes?: number | undefined;
  /** Of all logs together, in bytes, at least 1 MiB; default is everything. */
  maxSpoolBytes?: number | undefined;
}

/** Holds the logs of a spool to their limits. */
export class Retention {
  /** When a segment has so many bytes, the next one begins. */
  readonly segmentBytes: number;
  readonly #maxLogBytes: number;
  readonly #maxSpoolBytes: number;
  readonly #logs = new Set<Log>();
  /** What all logs have, and what is about to be written. */
  #bytes = 0;

  /**
   * Without limits, everything is kept.
   *
   * @throws {RangeError} when a limit is less than 1 MiB.
   */
  constructor({ maxLogBytes = Infinity, maxSpoolBytes = Infinity }: SpoolLimits = {}) {
    if (!(maxLogBytes >= MIN_LIMIT_BYTES && maxSpoolBytes >= MIN_LIMIT_BYTES)) {
      throw new RangeError(`A limit of the spool must be at least ${MIN_LIMIT_BYTES} bytes`);
    }
    this.#maxLogBytes = maxLogBytes;
    this.#maxSpoolBytes = maxSpoolBytes;
    const wanted = Math.min(maxLogBytes / SEGMENTS_OF_A_LOG, maxSpoolBytes / SEGMENTS_OF_A_SPOOL);
    this.segmentBytes = Math.max(MIN_SEGMENT_BYTES, wanted);
  }

  /**
   * Makes room for what is about to be written to a log. Where all logs together are too large, the largest one gives:
   * who prints a lot must not push out what others have.
   */
  async reserve(log: Log, bytes: number): Promise<void> {
    this.#logs.add(log);
    this.#bytes += bytes;
    const removals: Promise<void>[] = [];
    while (log.bytes + bytes > this.#maxLogBytes && log.canDrop) removals.push(log.dropOldest());
    while (this.#bytes > this.#maxSpoolBytes) {
      const largest = this.#largest();
      if (!largest) break; // all of it is being written right now
      removals.push(largest.dropOldest());
    }
    await Promise.all(removals);
  }

  /** Bytes of all logs. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes that were not written after all, or that are gone. */
  free(bytes: number): void {
    this.#bytes -= bytes;
  }

  /** Counts a log no more. */
  forget(log: Log): void {
    if (this.#logs.delete(log)) this.free(log.bytes);
  }

  #largest(): Log | undefined {
    let largest: Log | undefined;
    for (const log of this.#logs) if (log.canDrop && log.bytes > (largest?.bytes ?? 0)) largest = log;
    return largest;
  }
}
