/**
 * Sentences about missing bytes of a log.
 *
 * @module
 */
import type { LogMessage } from "@paas/proto/log_wire";
import type { LogGapReason__Output } from "@paas/proto";
import { word } from "../words/enum_words.ts";

/** A run of bytes that the daemon did not send. */
export type LogGap = NonNullable<LogMessage["gap"]>;

/** Sentence for each reason why requested bytes are missing. */
const REASONS: Record<Exclude<LogGapReason__Output, "LOG_GAP_REASON_NOT_REQUESTED">, string> = {
  LOG_GAP_REASON_UNSPECIFIED: "the daemon does not say why",
  LOG_GAP_REASON_DROPPED: "the daemon keeps only the newest part of a log",
  LOG_GAP_REASON_NO_SPACE: "the daemon's disk or quota was full",
  LOG_GAP_REASON_WRITE_FAILED: "the daemon could not write to its disk",
  LOG_GAP_REASON_DAMAGED: "they are damaged on the daemon's disk",
  LOG_GAP_REASON_SKIPPED: "this reader was more than 4 MiB behind, and --on-slow is skip",
};

/** Whether a gap has bytes that were requested. */
export function isMissing({ reason }: LogGap): boolean {
  return reason !== "LOG_GAP_REASON_NOT_REQUESTED";
}

/**
 * Describes a gap in a sentence.
 *
 * @example
 * ```ts
 * import { gapSentence } from "./log_gap.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(
 *   gapSentence({ from: 0, to: 5_242_880, reason: "LOG_GAP_REASON_NO_SPACE", lines: 1_234 }),
 *   "1,234 lines (5.2 MB, bytes 0 to 5242880) are missing: the daemon's disk or quota was full",
 * );
 * ```
 */
export function gapSentence({ from, to, reason, lines = 0 }: LogGap): string {
  const size = to - from;
  const where = `bytes ${from} to ${to}`;
  // A gap within a line has no newline, and is described by its bytes.
  const what = lines > 0 ? `${count(lines, "line")} (${volume(size)}, ${where})` : `${volume(size)} (${where})`;
  const verb = (lines || size) === 1 ? "is" : "are";
  // A newer daemon may have a reason that this client does not know: it arrives as a number.
  const why = (REASONS as Record<string, string>)[reason] ?? `the daemon's reason ${reason} is not known to this paasc`;
  return `${what} ${verb} missing: ${why}`;
}

/** Collects the reasons why a log that was read to its end is, or may be, less than what the process wrote. */
export class Shortfall {
  #damagedBytes = 0;
  #mayBeCut = false;

  /** Takes a message. */
  take({ gap, end }: Pick<LogMessage, "gap" | "end">): void {
    if (gap?.reason === "LOG_GAP_REASON_DAMAGED") this.#damagedBytes += gap.to - gap.from;
    if (end?.mayBeCut) this.#mayBeCut = true;
  }

  /** Sentence with the reasons; undefined if there is none. */
  get sentence(): string | undefined {
    const reasons: string[] = [];
    if (this.#damagedBytes > 0) {
      reasons.push(`the log is incomplete: ${volume(this.#damagedBytes)} of it are damaged on the daemon's disk`);
    }
    if (this.#mayBeCut) reasons.push(CUT);
    return reasons.length > 0 ? reasons.join("; and ") : undefined;
  }
}

/** Sentence about a log whose end may be missing. */
export const CUT = "the end of the log may be missing: the daemon was killed before it had noted that this was all";

/** Converts a gap to the object that `-o json` prints. */
export function gapJson({ from, to, reason, lines }: LogGap) {
  return { gap: { from, to, reason: word(reason, "LOG_GAP_REASON_"), lines } };
}

function count(number: number, noun: string): string {
  return `${number.toLocaleString("en-US")} ${noun}${number === 1 ? "" : "s"}`;
}

/** Formats a number of bytes for a person. */
function volume(bytes: number): string {
  let size = bytes;
  for (const unit of ["", "kB", "MB", "GB", "TB"]) {
    if (size < 999.95) return unit ? `${size.toFixed(1)} ${unit}` : count(size, "byte");
    size /= 1000;
  }
  return `${size.toFixed(1)} PB`;
}
