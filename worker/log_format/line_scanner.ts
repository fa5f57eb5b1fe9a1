/**
 * Searching the lines of a log, over the borders of chunks and slices.
 *
 * @module
 */
import { NEWLINE } from "./newline.ts";
import type { LogChunk, LogStream } from "./record.ts";

/** Maximum part of a line that is searched, in bytes. */
export const MAX_SEARCHED_BYTES = 64 * 1024;

/** Number of empty lines until others should work: a search has no place in an empty line to stop at. */
const MAX_EMPTY_LINES = 1_024;

/** A search for a pattern, one line after the other. A line may come in several pieces. */
export interface LineSearch {
  /** Begins a line. */
  begin(): void;
  /**
   * Searches on in the line. Returns the place up to which it has searched. That is before `to` when the search has worked
   * for so long that the caller should let others work.
   */
  search(bytes: Uint8Array, from: number, to: number): number;
  /** Whether the line matches, whatever follows in it. */
  readonly matched: boolean;
  /** Ends the line, and returns whether it matches. */
  end(): boolean;
}

/** A line of a log. */
export interface Line {
  /** Whether the line matches; `undefined` until that is known. */
  matched: boolean | undefined;
  /** Number of searched bytes. */
  searched: number;
  /** Whether the line is sent on: "later" if it may become context of a later line; `undefined` until that is known. */
  kept: boolean | "later" | undefined;
}

/** A piece of a line: the part of the line that is in one chunk. */
export interface LinePiece {
  /** The line. */
  readonly line: Line;
  /** Whether the line begins with the piece. */
  readonly first: boolean;
  /** The chunk. */
  readonly chunk: LogChunk;
  /** The place of the first byte in the chunk. */
  readonly begin: number;
  /** The place behind the last byte in the chunk. */
  readonly end: number;
}

/** Cuts chunks into lines, and searches them. */
export class LineScanner {
  readonly #searches: Readonly<Record<LogStream, LineSearch>>;
  /** The lines whose newline has not come. */
  readonly #open: { [stream in LogStream]?: Line | undefined } = {};
  #emptyLines = 0;

  /** @param makeSearch Makes a search; called once for each stream. */
  constructor(makeSearch: () => LineSearch) {
    this.#searches = { stdout: makeSearch(), stderr: makeSearch() };
  }

  /**
   * Searches the lines of a chunk. Yields each piece of a line as soon as the piece was searched, and `undefined` when others
   * should work.
   */
  *scan(chunk: LogChunk): Generator<LinePiece | undefined> {
    const { data, stream } = chunk;
    const search = this.#searches[stream];
    for (let begin = 0; begin < data.length;) {
      const newline = data.indexOf(NEWLINE, begin);
      const textEnd = newline < 0 ? data.length : newline;
      const end = newline < 0 ? data.length : newline + 1;
      const begun = this.#open[stream];
      const line = begun ?? { matched: undefined, searched: 0, kept: undefined };
      if (!begun) {
        search.begin();
        if (textEnd === begin && ++this.#emptyLines % MAX_EMPTY_LINES === 0) yield;
      }
      if (line.matched === undefined) {
        const limit = Math.min(textEnd, begin + MAX_SEARCHED_BYTES - line.searched);
        for (let at = begin; (at = search.search(data, at, limit)) < limit;) yield;
        line.searched += limit - begin;
        if (newline >= 0 || line.searched >= MAX_SEARCHED_BYTES) line.matched = search.end();
        else if (search.matched) line.matched = true;
      }
      this.#open[stream] = newline < 0 ? line : undefined;
      yield { line, first: !begun, chunk, begin, end };
      begin = end;
    }
  }

  /**
   * Decides on the lines whose newline has not come, from the bytes that have come. Returns whether one of them matches.
   */
  decide(): boolean {
    let matched = false;
    for (const stream of ["stdout", "stderr"] as const) {
      const line = this.#open[stream];
      if (line) matched = (line.matched ??= this.#searches[stream].end()) || matched;
    }
    return matched;
  }

  /** Ends the lines whose newline has not come: bytes behind them are missing. Returns whether one of them matches. */
  breakOff(): boolean {
    const matched = this.decide();
    this.#open.stdout = this.#open.stderr = undefined;
    return matched;
  }
}
