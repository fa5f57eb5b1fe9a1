/**
 * A log that another program has written.
 *
 * @module
 */
import type { Mark } from "../log_format/mark.ts";
import type { LogGap } from "../log_format/record.ts";
import { type Log, type LogSummary, lostEndOf } from "./log.ts";
import type { Retention } from "./retention.ts";
import { Segments } from "./segments.ts";

/**
 * A complete log, read from the spool.
 *
 * The log is checked against its summary. Bytes that the summary promises and the disk does not have are damaged; without
 * a summary, the log ends behind the last whole record.
 */
export class RestoredLog implements Log {
  readonly segments: Segments;
  readonly ended = true;
  readonly #summary: LogSummary | undefined;
  #recovery: Promise<void> | undefined;
  #indexing: Promise<void> | undefined;

  /**
   * Makes the log; nothing is read yet.
   *
   * @param directory The directory of its segments.
   * @param summary The facts about the log, as {@linkcode Log.summary} gave them; `undefined` if they were never noted.
   * @param group The owner of the log, for the limits of the spool.
   * @param damaged Called with the number of bytes, when more of them are found to be damaged.
   */
  constructor(
    directory: string,
    retention: Retention,
    summary: LogSummary | undefined,
    group?: string,
    damaged?: (bytes: number) => void,
  ) {
    this.#summary = summary && fromJson(summary);
    const end = this.#summary?.lost?.from ?? this.#summary?.written;
    this.segments = new Segments(directory, retention, { end, group, damaged });
  }

  get summary(): LogSummary {
    return this.#summary ?? { written: this.written, mayBeCut: true };
  }

  get written(): Mark {
    return this.#summary?.written ?? this.segments.end;
  }

  get mayBeCut(): boolean {
    return this.#summary ? this.#summary.mayBeCut ?? false : true;
  }

  get lostEnd(): { from: Mark; gap: LogGap } | undefined {
    const lost = this.#summary?.lost;
    return lost && lostEndOf(lost.from, this.written, lost.reason);
  }

  recover(signal?: AbortSignal): Promise<void> {
    return this.#recovery ??= this.segments.restore(this.#summary !== undefined, signal).catch((error) => {
      this.#recovery = undefined; // the next reader tries again
      throw error;
    });
  }

  fillIndex(): Promise<void> {
    return this.#indexing ??= this.segments.fillIndex().catch((error) => {
      this.#indexing = undefined;
      throw error;
    });
  }

  /** Resolves at once: a restored log does not grow. */
  growth(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
}

/** Mends a summary that was JSON: JSON has no infinity, and the start of a log has no time. */
function fromJson({ written, lost, mayBeCut }: LogSummary): LogSummary {
  const mended = (mark: Mark): Mark => ({ ...mark, time: mark.time ?? -Infinity });
  return { written: mended(written), lost: lost && { from: mended(lost.from), reason: lost.reason }, mayBeCut };
}
