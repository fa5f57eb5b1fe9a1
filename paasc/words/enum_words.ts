/**
 * How values of the contract look in JSON.
 *
 * @module
 */
import { escapeUnprintable } from "@paas/proto/printable";

/**
 * A line of JSON, with its newline: what is not printable is escaped in it, which is the same value to who parses it and
 * does nothing to a terminal.
 *
 * @example
 * ```ts
 * import { jsonLine } from "./enum_words.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(jsonLine({ name: "\u202e\x9b" }), '{"name":"\\u202e\\u009b"}\n');
 * ```
 */
export function jsonLine(value: unknown): string {
  return `${escapeUnprintable(JSON.stringify(value))}\n`;
}

/**
 * A value of an enum as a word, without the prefix that all values of its enum share. A newer daemon may send one that
 * is not known here: it comes as a number and stays one.
 *
 * @example
 * ```ts
 * import { word } from "./enum_words.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(word("END_REASON_TIMED_OUT", "END_REASON_"), "timed-out");
 * ```
 */
export function word(value: string | number, prefix: string): string {
  return String(value).replace(prefix, "").toLowerCase().replaceAll("_", "-");
}

/**
 * The value of an enum for a word: the reverse of {@linkcode word}.
 *
 * @example
 * ```ts
 * import { enumValue } from "./enum_words.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(enumValue("PROCESS_STATE_", "running"), "PROCESS_STATE_RUNNING");
 * ```
 */
export function enumValue<Prefix extends string, Word extends string>(
  prefix: Prefix,
  word: Word,
): `${Prefix}${Uppercase<Word>}` {
  return `${prefix}${word.toUpperCase() as Uppercase<Word>}`;
}

/**
 * A `google.protobuf.Timestamp` in RFC 3339, exactly: with 3, 6 or 9 digits of the second, as protobuf's own JSON has
 * it. (`fromTimestamp` of `@paas/proto` keeps milliseconds only, and would load grpc-js.)
 *
 * @example
 * ```ts
 * import { rfc3339 } from "./enum_words.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(rfc3339({ seconds: 1, nanos: 250_000_000 }), "1970-01-01T00:00:01.250Z");
 * assertEquals(rfc3339({ seconds: 1, nanos: 250_001_000 }), "1970-01-01T00:00:01.250001Z");
 * ```
 */
export function rfc3339({ seconds, nanos }: { readonly seconds: number; readonly nanos: number }): string {
  const fraction = String(nanos).padStart(9, "0").replace(/(?:000){1,2}$/, "");
  return new Date(seconds * 1000).toISOString().replace(".000Z", `.${fraction}Z`);
}
