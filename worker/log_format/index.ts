/**
 * A sparse index of a log: where to begin to look for an offset, a line or a time, without reading the log through.
 *
 * @module
 */
import { type Mark, START } from "./mark.ts";

/** There is a mark about each so many bytes of the file, at first. */
const MARK_DISTANCE_BYTES = 64 * 1024;

/** So many marks at most: then every other one goes, and they are twice as far apart from there on. */
const MAX_MARKS = 16 * 1024;

/** Marks of one log, in their order. */
export class LogIndex {
  #marks = [START];
  #distance = MARK_DISTANCE_BYTES;

  /** Notes a place, if it is far enough from the last one. */
  add(mark: Mark): void {
    if (mark.position - this.#marks.at(-1)!.position < this.#distance) return;
    this.#marks.push(mark);
    if (this.#marks.length < MAX_MARKS) return;
    this.#marks = this.#marks.filter((_, index) => index % 2 === 0);
    this.#distance *= 2;
  }

  /** Lets the log begin at a mark: what is before it was dropped. */
  dropBefore(first: Mark): void {
    this.#marks = [first, ...this.#marks.filter(({ position }) => position > first.position)];
  }

  /** Forgets what lies behind a position: it was not written. */
  dropBehind(position: number): void {
    while (this.#marks.length > 1 && this.#marks.at(-1)!.position > position) this.#marks.pop();
  }

  /** The last mark that a condition holds for, which holds up to some place and not behind it; else the first one. */
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
