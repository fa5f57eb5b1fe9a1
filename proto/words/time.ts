/**
 * Times of the contract (`google.protobuf.Timestamp`) from and to JavaScript's.
 *
 * @module
 */
import type { Timestamp, Timestamp__Output } from "../gen/google/protobuf/Timestamp.ts";

/**
 * A `google.protobuf.Timestamp` for a number of milliseconds since the Unix epoch; fractions are kept to the
 * nanosecond, as far as the number holds them.
 *
 * @example
 * ```ts
 * import { toTimestamp } from "@paas/proto/time";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toTimestamp(1500), { seconds: 1, nanos: 500_000_000 });
 * ```
 */
export function toTimestamp(milliseconds: number): Timestamp & { seconds: number; nanos: number } {
  const seconds = Math.floor(milliseconds / 1000);
  return { seconds, nanos: Math.floor((milliseconds - seconds * 1000) * 1e6) };
}

/**
 * The `Date` of a `google.protobuf.Timestamp`.
 *
 * @example
 * ```ts
 * import { fromTimestamp } from "@paas/proto/time";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(fromTimestamp({ seconds: 1, nanos: 500_000_000 }).toISOString(), "1970-01-01T00:00:01.500Z");
 * ```
 */
export function fromTimestamp({ seconds, nanos }: Timestamp__Output): Date {
  return new Date(seconds * 1000 + nanos / 1e6);
}
