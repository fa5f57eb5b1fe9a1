/**
 * The part of a log that is on the disk: a row of segments, with its index and its known damage.
 *
 * @module
 */
import { SpoolError } from "../errors.ts";
import { wholeRecords } from "../log_format/decode.ts";
import { LogIndex } from "../log_format/index.ts";
import { type Mark, START } from "../log_format/mark.ts";
import type { LogSlice } from "../log_format/record.ts";
import { Damages, type LogDamage } from "./damage.ts";
import { readThrough, restoreSegments } from "./recovery.ts";
import type { LimitedLog, Retention } from "./retention.ts";
import { noteFirst, Segment } from "./segment.ts";

/** The segments of one log. */
export class Segments implements LimitedLog {
  /** The owner of the log, for the limits of the spool. */
  readonly group: string | undefined;
  readonly #directory: string;
  readonly #retention: Retention;
  /** All segments, in their order. A log that is being written appends to the last one. */
  readonly #all: Segment[];
  readonly #damages: Damages;
  #bytes = 0;
  #first: Mark = START;
  /** The place that is noted on the disk as the first one. */
  #notedFirst: Mark = START;
  #noting = Promise.resolve();
  #index = new LogIndex();
  #end: Mark;
  #writing = false;

  /**
   * Makes the object; nothing is read or written yet.
   *
   * @param directory The directory of the log; it has to exist.
   * @param end The end of what the files have.
   * @param group The owner of the log, for the limits of the spool.
   * @param damaged Called with the number of bytes, when more of them are found to be damaged.
   */
  constructor(
    directory: string,
    retention: Retention,
    { segments = [], end = START, group, damaged = () => {} }: {
      segments?: Segment[] | undefined;
      end?: Mark | undefined;
      group?: string | undefined;
      damaged?: ((bytes: number) => void) | undefined;
    } = {},
  ) {
    this.#directory = directory;
    this.#retention = retention;
    this.#all = segments;
    this.#end = end;
    this.group = group;
    this.#damages = new Damages(damaged);
  }

  /** Places in the log, for a search. Some may lie behind {@linkcode Segments.end} while the log is written. */
  get index(): LogIndex {
    return this.#index;
  }

  /** The start of what is there: what stood before it was dropped. */
  get first(): Mark {
    return this.#first;
  }

  /** The end of what is there. */
  get end(): Mark {
    return this.#end;
  }

  /** Bytes on the disk. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether a segment can be dropped. */
  get canDrop(): boolean {
    return this.#all.length > 1 || this.bytes > 0 && !this.#writing;
  }

  /** Returns the known damage that a position lies in. */
  damageAt(position: number): LogDamage | undefined {
    return this.#damages.at(position);
  }

  /** Returns the segment that holds a position. */
  at(position: number): Segment | undefined {
    return this.#all[this.#indexAt(position)];
  }

  /**
   * Reads the next records from a place between two records on, at most `length` bytes of them. Returns `undefined` when
   * they were dropped, or are found to be damaged.
   *
   * @throws {SpoolError} When they cannot be read for a reason that may pass.
   */
  async readAt(
    { position, offset }: Pick<Mark, "position" | "offset">,
    length: number,
  ): Promise<LogSlice | undefined> {
    const segment = this.at(position);
    if (!segment) return undefined;
    const next = this.#damages.next(position);
    let end = this.#endOf(segment);
    if (next && next.position < end.position) end = next;
    let bytes: Uint8Array | undefined;
    await segment.hold();
    try {
      bytes = await segment.read(position, Math.min(length, end.position - position));
    } finally {
      segment.release();
    }
    const slice = bytes && wholeRecords(bytes, offset, end.offset);
    if (bytes && !slice) {
      await this.#findDamage(segment);
      if (position >= this.#first.position && !this.damageAt(position)) {
        throw new SpoolError("Cannot read a log in the spool", { cause: new Error("its file has changed meanwhile") });
      }
    }
    return slice;
  }

  /**
   * Writes whole records at the end: all of them, or, when it throws, none. Older segments are dropped to make room.
   *
   * @param end The end of the log after these records.
   */
  async write(records: Uint8Array, end: Mark): Promise<void> {
    try {
      await this.#retention.reserve(this, records.length);
      this.#writing = true;
      await (await this.#writable()).write(records);
      this.#bytes += records.length;
    } catch (error) {
      this.#retention.free(this, records.length);
      throw error;
    } finally {
      this.#writing = false;
    }
    this.#end = end;
  }

  /** Ends the writing. */
  endWriting(): void {
    this.#all.at(-1)?.endWriting();
  }

  /** Resolves when all is on the disk, as far as the disk takes it. */
  async sync(): Promise<void> {
    if (this.#end.position === 0) return;
    // Bytes that do not reach the disk will be found to be damaged.
    for (const segment of [...this.#all]) await segment.sync().catch(() => {});
  }

  /** Removes the oldest segment, to make room. Only where {@linkcode Segments.canDrop}. */
  async dropOldest(): Promise<void> {
    const oldest = this.#all.shift()!;
    this.#bytes -= oldest.size;
    this.#retention.free(this, oldest.size);
    const first = this.#first = this.#all[0]?.start ?? this.#end;
    this.#damages.dropBefore(first);
    this.#index.dropBefore(first);
    // On a disk that is too full for a note the dropped part counts as damaged, which is not silent either.
    await (this.#noting = this.#noting.then(() => this.#noteFirst(first)).catch(() => {}));
    await oldest.remove();
  }

  /**
   * Finds the segments that another program has written. Nothing is changed on the disk, except that segments which the
   * other program had dropped are removed.
   *
   * @param endKnown Whether {@linkcode Segments.end} is known. Otherwise the last whole record that is found is the end.
   * @throws {SpoolError} When they cannot be read.
   */
  async restore(endKnown: boolean, signal?: AbortSignal): Promise<void> {
    const { segments, first } = await restoreSegments(this.#directory);
    const dropped = segments.filter(({ start }) => start.position < first.position); // its daemon died meanwhile
    const kept = segments.slice(dropped.length);
    this.#all.splice(0, Infinity, ...kept);
    this.#first = this.#notedFirst = first;
    this.#damages.clear();
    if (!endKnown) {
      const last = kept.at(-1);
      const fileEnd = { position: last?.end ?? 0, offset: Infinity };
      this.#end = last ? await readThrough(last, fileEnd, undefined, signal) : first;
      await this.sync();
    }
    const begin = kept[0]?.start ?? this.#end;
    if (begin.position > first.position) this.#damages.add(first, begin);
    for (const segment of kept) {
      const size = this.#endOf(segment).position - segment.start.position;
      if (segment.size < size) await this.#findDamage(segment, signal);
      else segment.size = size;
    }
    this.#bytes = kept.reduce((sum, { size }) => sum + size, 0);
    this.#index.dropBefore(first);
    await Promise.allSettled(dropped.map((segment) => segment.remove()));
  }

  /**
   * Fills the index by reading all segments.
   *
   * @throws {SpoolError} When they cannot be read.
   */
  async fillIndex(): Promise<void> {
    const index = new LogIndex();
    index.dropBefore(this.first);
    for (const segment of [...this.#all]) {
      await readThrough(segment, this.#endOf(segment), (mark) => index.add(mark));
    }
    this.#index = index;
    index.dropBefore(this.first); // segments may have been dropped meanwhile
  }

  async #noteFirst(first: Mark): Promise<void> {
    await noteFirst(this.#directory, first, this.#notedFirst);
    this.#notedFirst = first;
  }

  async #writable(): Promise<Segment> {
    const last = this.#all.at(-1);
    if (last?.takesMore(this.#retention.segmentBytes)) return last;
    const next = await Segment.create(this.#directory, this.#end);
    this.#all.push(next);
    last?.endWriting();
    return next;
  }

  /** Returns the index of the segment that holds a position; -1 before all of them. */
  #indexAt(position: number): number {
    let low = -1;
    for (let high = this.#all.length; high - low > 1;) {
      const middle = (low + high) >> 1;
      if (this.#all[middle]!.start.position <= position) low = middle;
      else high = middle;
    }
    return low;
  }

  /** Returns the place where a segment has to end. */
  #endOf({ start }: Segment): Mark {
    return this.#all[this.#indexAt(start.position) + 1]?.start ?? this.#end;
  }

  /** Reads a segment through, and notes the place from which on it is damaged. */
  async #findDamage(segment: Segment, signal?: AbortSignal): Promise<void> {
    const end = this.#endOf(segment);
    const from = await readThrough(segment, end, undefined, signal);
    if (from.position >= end.position || from.position < this.#first.position) return; // or it was dropped meanwhile
    segment.giveUp();
    this.#damages.add(from, end);
  }
}
