/**
 * Durations and points in time on the command line and in output.
 *
 * @module
 */
import { DURATION_UNITS, parseDuration } from "@paas/proto/units";

/** A point in time, in the form of `google.protobuf.Timestamp`. */
export interface Time {
  readonly seconds: number;
  readonly nanos: number;
}

/**
 * Converts milliseconds to the form of `google.protobuf.Duration`.
 *
 * @example
 * ```ts
 * import { toDuration } from "./time.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toDuration(1_500), { seconds: 1, nanos: 500_000_000 });
 * ```
 */
export function toDuration(milliseconds: number): Time {
  return { seconds: Math.floor(milliseconds / 1000), nanos: Math.floor(milliseconds % 1000 * 1e6) };
}

/**
 * Returns the time between two points in time, in milliseconds.
 *
 * @example
 * ```ts
 * import { between } from "./time.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(between({ seconds: 1, nanos: 500_000_000 }, { seconds: 3, nanos: 0 }), 1_500);
 * ```
 */
export function between(start: Time, end: Time): number {
  return (end.seconds - start.seconds) * 1000 + (end.nanos - start.nanos) / 1e6;
}

/**
 * Formats a duration for people: to the millisecond if it is short, and to the second if it is long.
 *
 * @example
 * ```ts
 * import { durationText } from "./time.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([340, 1_500, 90_400, 90_061_000].map(durationText), ["340ms", "1.5s", "1m30s", "1d1h1m1s"]);
 * ```
 */
export function durationText(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)}ms`;
  if (milliseconds < 60_000) return `${Math.floor(milliseconds) / 1000}s`;
  let text = "";
  let rest = milliseconds;
  for (const unit of ["d", "h", "m", "s"] as const) {
    const amount = Math.floor(rest / DURATION_UNITS[unit]);
    if (amount > 0) text += `${amount}${unit}`;
    rest -= amount * DURATION_UNITS[unit];
  }
  return text;
}

/**
 * Formats a duration by its two largest units.
 *
 * @example
 * ```ts
 * import { roughDuration } from "./time.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([340, 59_900, 90_400, 90_061_000].map(roughDuration), ["0s", "59s", "1m30s", "1d1h"]);
 * ```
 */
export function roughDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000)) * 1000;
  return durationText(seconds).replace("0ms", "0s").match(/^(?:\d+[dhms]){1,2}/)![0];
}

/**
 * Formats the time since an event, roughly.
 *
 * @example
 * ```ts
 * import { age } from "./time.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([900, 90_000, 90_000_000].map(age), ["0s ago", "1m ago", "1d ago"]);
 * ```
 */
export function age(milliseconds: number): string {
  const unit = (["d", "h", "m"] as const).find((unit) => milliseconds >= DURATION_UNITS[unit]) ?? "s";
  // The daemon's clock may be ahead.
  return `${Math.max(0, Math.floor(milliseconds / DURATION_UNITS[unit]))}${unit} ago`;
}

/**
 * Parses a point in time. A duration means that long before `now`, in milliseconds since the Unix epoch. Any other text
 * must be an RFC 3339 time, of which every digit counts. The result is undefined for other texts.
 *
 * @example
 * ```ts
 * import { parseWhen } from "./time.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseWhen("1m", 90_500), { seconds: 30, nanos: 500_000_000 });
 * assertEquals(parseWhen("1970-01-01T01:00:01.000000001+01:00", 0), { seconds: 1, nanos: 1 });
 * ```
 */
export function parseWhen(text: string, now: number): Time | undefined {
  const ago = parseDuration(text);
  if (ago !== undefined) {
    return toDuration(Math.max(0, now - ago));
  }
  const [, day, time, fraction = "", zone] =
    /^(\d{4}-\d\d-\d\d)[Tt ]((?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60))(?:\.(\d{1,9}))?([Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/
      .exec(text) ?? [];
  if (day === undefined || !exists(day)) return undefined;
  // A leap second is the last second of a day (RFC 3339, section 5.7). In Unix time it is the first of the next day.
  const leap = time!.endsWith(":60");
  const milliseconds = Date.parse(`${day}T${time!.replace(/60$/, "59")}${zone!.toUpperCase()}`) + (leap ? 1_000 : 0);
  if (leap && milliseconds % DURATION_UNITS.d !== 0) return undefined;
  return milliseconds >= 0 ? { seconds: milliseconds / 1000, nanos: Number(fraction.padEnd(9, "0")) } : undefined;
}

/** Tells whether a day exists. `Date` takes February 30 for March 2. */
function exists(day: string): boolean {
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}
