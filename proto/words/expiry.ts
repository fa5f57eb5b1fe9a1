/**
 * Warns before a certificate or a revocation list ends: 14 days, 7 days and 1 day before. This module imports nothing,
 * so that daemon, client and tool can use it.
 *
 * ```ts
 * import { expiryWarnings } from "@paas/proto/expiry";
 *
 * const endings = [{ what: "server certificate", ends: Date.parse("2027-01-15T00:00:00Z") }];
 * for (const { text } of expiryWarnings(endings, { now: Date.now() })) console.warn(text);
 * ```
 *
 * @module
 */

/** A day, in milliseconds. */
export const DAY_MS = 86_400_000;

/** The days before an end at which a warning is due. */
export const WARNING_DAYS = [14, 7, 1] as const;

/** Something that ends. Times are in milliseconds since the Unix epoch. */
export interface Ending {
  /** What ends, for people: `server certificate`. */
  readonly what: string;
  /** The end of a certificate, or the next update of a revocation list. */
  readonly ends: number;
  /**
   * The begin of what is renewed as a habit, such as a revocation list. Then a warning is due only in the second half of
   * its time, so that a list for a week is not warned of from its first day on.
   */
  readonly begins?: number | undefined;
}

/** A warning that is due. */
export interface ExpiryWarning extends Ending {
  /** The number of days that the warning is for: the closest threshold that has been passed. */
  readonly threshold: typeof WARNING_DAYS[number];
  /** The whole days that are left; negative after the end. */
  readonly daysLeft: number;
  /** The warning as a sentence without a full stop. */
  readonly text: string;
}

/** A span of time, in milliseconds since the Unix epoch. */
export interface Span {
  /** The time of the previous look, which is not part of the span. Default: there was none. */
  readonly since?: number | undefined;
  readonly now: number;
}

/**
 * The warnings that became due after `since` and until `now`, one at most for each ending. A caller who goes from look
 * to look gets each threshold once. Without `since`, as at a start or for a new certificate, an ending is reported if
 * it has passed any threshold.
 */
export function expiryWarnings(endings: Iterable<Ending>, { since = -Infinity, now }: Span): ExpiryWarning[] {
  return [...endings].flatMap((ending) => {
    const threshold = daysOf(ending).findLast((days) => passed(ending, days) <= now);
    if (threshold === undefined || passed(ending, threshold) <= since) return [];
    const { what, ends } = ending;
    return [{ what, ends, threshold, daysLeft: daysLeft(ends, now), text: `the ${what} ${describeEnd(ends, now)}` }];
  });
}

/** When the next warning becomes due, for a timer; undefined when there will be none. */
export function nextWarning(endings: Iterable<Ending>, now: number): number | undefined {
  const times = [...endings].flatMap((ending) => daysOf(ending).map((days) => passed(ending, days)));
  const next = Math.min(...times.filter((time) => time > now));
  return Number.isFinite(next) ? next : undefined;
}

/** The whole days until an end; negative after it. */
export function daysLeft(ends: number, now: number): number {
  return Math.floor((ends - now) / DAY_MS);
}

/** An end in words, as in `ends in 3 days, on 2027-01-15`. */
export function describeEnd(ends: number, now: number): string {
  const day = new Date(ends).toISOString().slice(0, 10);
  if (ends <= now) return `ended on ${day}`;
  const days = daysLeft(ends, now);
  const left = days === 0 ? "less than a day" : days === 1 ? "1 day" : `${days} days`;
  return `ends in ${left}, on ${day}`;
}

/** The thresholds that count for an ending, in days. */
function daysOf({ begins = -Infinity, ends }: Ending): (typeof WARNING_DAYS[number])[] {
  return WARNING_DAYS.filter((days) => 2 * days * DAY_MS <= ends - begins);
}

function passed({ ends }: Ending, days: number): number {
  return ends - days * DAY_MS;
}
