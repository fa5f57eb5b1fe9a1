/**
 * A sparse index of a log. A search for an offset, a line or a time begins at one of its marks, and need not read the whole
 * log.
 *
 * @module
 */
import { type Mark, START } from "./mark.ts";

/** Distance between two marks at first, in bytes of the file. */
const MARK_DISTANCE_BYTES = 64 * 1024;

/** Maximum number of marks. Then every other one goes, and the distance doubles. */
const MAX_MARKS = 16 * 1024;

/** The marks of one log, in their order. */
export class LogIndex {
  #marks = [START];
  #distance = MARK_DISTANCE_BYTES;

  /** Adds a mark, if it is far enough from the last one. */
  add(mark: Mark): void {
    if (mark.position - this.#marks.at(-1)!.position < this.#distance) return;
    this.#marks.push(mark);
    if (this.#marks.length < MAX_MARKS) return;
    this.#marks = this.#marks.filter((_, index) => index % 2 === 0);
    this.#distance *= 2;
  }

  /** Lets the log begin at a mark: all before it was dropped. */
  dropBefore(first: Mark): void {
    this.#marks = [first, ...this.#marks.filter(({ position }) => position > first.position)];
  }

  /** Forgets the marks behind a position: the records there were not written. */
  dropBehind(position: number): void {
    while (this.#marks.length > 1 && this.#marks.at(-1)!.position > position) this.#marks.pop();
  }

  /**
   * Returns the last mark for which a condition holds, or the first mark if it holds for none. The condition must hold up to
   * some place, and not behind it.
   */
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
