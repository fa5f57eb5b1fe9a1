/**
 * Conversion of `google.protobuf.Timestamp`. This module loads neither grpc-js nor protobufjs, because `paasc` needs it
 * before it connects.
 *
 * @module
 */

/** A point in time, in the form of `google.protobuf.Timestamp`. */
export interface Time {
  /** Whole seconds since the Unix epoch. */
  readonly seconds: number;
  /** The rest, in nanoseconds. */
  readonly nanos: number;
}

/**
 * Converts milliseconds since the Unix epoch. Fractions are kept to the nanosecond, as far as the number is exact.
 *
 * @example
 * ```ts
 * import { toTimestamp } from "@paas/proto/time";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toTimestamp(1500), { seconds: 1, nanos: 500_000_000 });
 * ```
 */
export function toTimestamp(milliseconds: number): Time {
  const seconds = Math.floor(milliseconds / 1000);
  return { seconds, nanos: Math.floor((milliseconds - seconds * 1000) * 1e6) };
}

/**
 * Converts to a `Date`, which has milliseconds.
 *
 * @example
 * ```ts
 * import { fromTimestamp } from "@paas/proto/time";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(fromTimestamp({ seconds: 1, nanos: 500_000_000 }).toISOString(), "1970-01-01T00:00:01.500Z");
 * ```
 */
export function fromTimestamp({ seconds, nanos }: Time): Date {
  return new Date(seconds * 1000 + nanos / 1e6);
}
