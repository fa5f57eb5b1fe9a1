/**
 * Damage: the parts of a log that were written, and cannot be read any more.
 *
 * @module
 */
import type { Mark } from "../log_format/mark.ts";
import type { LogGap } from "../log_format/record.ts";

/** A part of a log that was written, and cannot be read any more. */
export interface LogDamage {
  /** The start of the part. */
  readonly from: Mark;
  /** The end of the part: the start of the next segment, or the end of the log. */
  readonly to: Mark;
  /** The gap that readers get. */
  readonly gap: LogGap;
}

/** The known damage of a log. */
export class Damages {
  /** All damage, in its order. */
  #all: LogDamage[] = [];
  readonly #report: (bytes: number) => void;

  /** @param report Called with the number of bytes, when more damage is found. */
  constructor(report: (bytes: number) => void) {
    this.#report = report;
  }

  /** Returns the damage that a position lies in. */
  at(position: number): LogDamage | undefined {
    return this.#all.find(({ from, to }) => from.position <= position && position < to.position);
  }

  /** Returns the start of the next damage, from a position on. */
  next(position: number): Mark | undefined {
    return this.#all.find(({ from }) => from.position >= position)?.from;
  }

  /** Adds damage, which takes the place of known damage of the same part. */
  add(from: Mark, to: Mark): void {
    const lines = to.newlines - from.newlines;
    const damage: LogDamage = { from, to, gap: { from: from.offset, to: to.offset, reason: "damaged", lines } };
    const others = this.#all.filter((other) =>
      other.to.position <= from.position || to.position <= other.from.position
    );
    const before = this.#bytes;
    this.#all = [...others, damage].sort((one, other) => one.from.position - other.from.position);
    if (this.#bytes > before) this.#report(this.#bytes - before);
  }

  /** Forgets the damage before a place: it was dropped. */
  dropBefore(first: Mark): void {
    this.#all = this.#all.filter(({ to }) => to.position > first.position);
  }

  /** Forgets all damage. */
  clear(): void {
    this.#all = [];
  }

  get #bytes(): number {
    return this.#all.reduce((sum, { gap }) => sum + gap.to - gap.from, 0);
  }
}
