/**
 * A sparse index of a log: where to begin to look for an offset, a line or a time, without reading the log through.
 *
 * @module
 */

/** There is a mark about each so many bytes of the file. */
const MARK_DISTANCE_BYTES = 64 * 1024;

/** A place between two records of a log, and what stands before it. */
export interface Mark {
  /** Bytes of the file. */
  readonly position: number;
  /** Payload bytes. */
  readonly offset: number;
  /** Newlines. */
  readonly newlines: number;
  /** Lines that have begun and whose newline has not come: none, one, or one of each stream. */
  readonly unfinished: number;
  /** When the last chunk before it was read, in milliseconds since the Unix epoch. */
  readonly time: number;
}

/** The start of every log. */
export const START: Mark = { position: 0, offset: 0, newlines: 0, unfinished: 0, time: -Infinity };

/** Lines up to a mark, with those that are not finished. */
export function linesAt({ newlines, unfinished }: Mark): number {
  return newlines + unfinished;
}

/** Marks of one log, in their order. */
export class LogIndex {
  readonly #marks = [START];

  /** Notes a place, if it is far enough from the last one. */
  add(mark: Mark): void {
    if (mark.position - this.#marks.at(-1)!.position >= MARK_DISTANCE_BYTES) this.#marks.push(mark);
  }

  /** The last mark that a condition holds for, which holds up to some place and not behind it; else the start. */
  last(holds: (mark: Mark) => boolean): Mark {
    let low = 0;
    let high = this.#marks.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (holds(this.#marks[middle]!)) low = middle;
      else high = middle;
    }
    return this.#marks[low]!;
  }
}
