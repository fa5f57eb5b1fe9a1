/**
 * The parts of a log that were written, and cannot be read any more.
 *
 * @module
 */
import type { Mark } from "../log_format/mark.ts";
import type { LogGap } from "../log_format/record.ts";

/** A part of a log that was written, and cannot be read any more. */
export interface LogDamage {
  /** Where it begins. */
  readonly from: Mark;
  /** Where the next segment begins, or the log ends. */
  readonly to: Mark;
  /** What readers are told. */
  readonly gap: LogGap;
}

/** What is known to be damaged of a log. */
export class Damages {
  /** In their order. */
  #all: LogDamage[] = [];

  /** @param report Called when so many bytes more are found. */
  constructor(private readonly report: (bytes: number) => void) {}

  /** The one that a position lies in. */
  at(position: number): LogDamage | undefined {
    return this.#all.find(({ from, to }) => from.position <= position && position < to.position);
  }

  /** Where the next one begins from a position on. */
  next(position: number): Mark | undefined {
    return this.#all.find(({ from }) => from.position >= position)?.from;
  }

  /** Adds one; what was known of the same part belongs to it. */
  add(from: Mark, to: Mark): void {
    const lines = to.newlines - from.newlines;
    const damage: LogDamage = { from, to, gap: { from: from.offset, to: to.offset, reason: "damaged", lines } };
    const others = this.#all.filter((other) =>
      other.to.position <= from.position || to.position <= other.from.position
    );
    const before = this.#bytes;
    this.#all = [...others, damage].sort((one, other) => one.from.position - other.from.position);
    if (this.#bytes > before) this.report(this.#bytes - before);
  }

  /** Lets the log begin at a place: what is before it was dropped. */
  dropBefore(first: Mark): void {
    this.#all = this.#all.filter(({ to }) => to.position > first.position);
  }

  /** Forgets all. */
  clear(): void {
    this.#all = [];
  }

  get #bytes(): number {
    return this.#all.reduce((sum, { gap }) => sum + gap.to - gap.from, 0);
  }
}
