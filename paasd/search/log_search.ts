/**
 * Searching the log of a process for one call.
 *
 * @module
 */
import { OffsetError } from "@paas/worker";
import { LineFilter, type LineSelection, type LogReader, UntilFilter } from "@paas/worker/records";
import { compilePattern } from "./pattern.ts";
import type { Turns } from "./turns.ts";

/**
 * Maximum number of bytes before the first byte to send that are searched too, so that a reader that continues in the middle
 * of a line gets the same as one that has read from its beginning.
 */
const LOOK_BACK_BYTES = 256 * 1024;

/** A pattern of a request. */
export interface PatternText {
  readonly pattern: string;
  readonly ignoreCase: boolean;
}

/** The part of a log to send. */
export interface LogSelection {
  /** The lines to send; all if it is not given. */
  readonly grep?: PatternText & Pick<LineSelection, "invert" | "before" | "after"> | undefined;
  /** The line behind which the log ends for the reader. */
  readonly untilMatch?: PatternText | undefined;
  /** The offset of the first byte to send. */
  readonly from: number;
}

/** A search in a log, which works when it is its turn. */
export class LogSearch implements Disposable {
  readonly #turn: () => Promise<void>;
  readonly #counted: Disposable;
  readonly #filter: LineFilter | undefined;
  readonly #until: UntilFilter | undefined;

  private constructor(
    turn: () => Promise<void>,
    counted: Disposable,
    filter: LineFilter | undefined,
    until: UntilFilter | undefined,
  ) {
    this.#turn = turn;
    this.#counted = counted;
    this.#filter = filter;
    this.#until = until;
  }

  /**
   * Begins a search for a user.
   *
   * @throws {InvalidArgumentError} When a pattern is no regular expression, or is too large.
   * @throws {QuotaError} When the user has too many searches, or all users together.
   * @throws The reason of the signal, here and from {@linkcode select}.
   */
  static async begin(
    turns: Turns,
    { user, signal }: { readonly user: string; readonly signal: AbortSignal },
    { grep, untilMatch, from }: LogSelection,
  ): Promise<LogSearch> {
    const turn = async () => {
      await turns.next(user);
      signal.throwIfAborted();
    };
    const counted = turns.begin(user);
    try {
      const makeSearch = async (pattern: PatternText) => {
        await turn();
        return (await compilePattern(pattern.pattern, pattern)).search;
      };
      const filter = grep && new LineFilter({ ...grep, makeSearch: await makeSearch(grep), from });
      const until = untilMatch && new UntilFilter(await makeSearch(untilMatch), filter ? 0 : from);
      return new LogSearch(turn, counted, filter, until);
    } catch (error) {
      counted[Symbol.dispose]();
      throw error;
    }
  }

  /**
   * The offset at which to begin to read a log.
   *
   * @param end The end of the log.
   * @throws {OffsetError} When the log ends before the first byte to send.
   */
  static readFrom(end: number, { from }: LogSelection): number {
    if (from > end) throw new OffsetError(from, end);
    return Math.max(0, from - LOOK_BACK_BYTES);
  }

  /** The offset behind the line at which the log ends for the reader; `undefined` if there is none. */
  get matchEnd(): number | undefined {
    return this.#until?.matchEnd;
  }

  /** Yields the part of a log to send. Chunks and gaps account for every byte of it. */
  async *select(log: LogReader): AsyncGenerator<Uint8Array, void, void> {
    for await (const slice of log) {
      await this.#turn();
      for (const part of this.#until?.push(slice) ?? [slice]) {
        if (!part) await this.#turn();
        else if (!this.#filter) yield part;
        else {
          for (const selected of this.#filter.push(part)) {
            if (selected) yield selected;
            else await this.#turn();
          }
        }
      }
      if (this.matchEnd !== undefined) break;
    }
    this.#until?.end(log.offset);
    if (this.#filter) yield* this.#filter.end(this.matchEnd ?? log.offset);
  }

  [Symbol.dispose](): void {
    this.#counted[Symbol.dispose]();
  }
}
