/**
 * Forms that values of the contract take in text and JSON.
 *
 * @module
 */
import { escapeUnprintable } from "@paas/proto/printable";

/**
 * Formats a value as one line of JSON, newline included. Unprintable characters are escaped: a parser reads the same
 * value, and a terminal is not affected.
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
 * Formats an enum value as a word, without the prefix that all values of its enum share. A newer daemon may send a value
 * that this client does not know: such a value arrives as a number and stays a number.
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
 * Gives the value of an enum for a word: the reverse of {@linkcode word}.
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
 * Formats a `google.protobuf.Timestamp` in RFC 3339 without rounding: the seconds have 3, 6 or 9 decimals, as in
 * protobuf's own JSON. (`fromTimestamp` of `@paas/proto` keeps only milliseconds, and would load grpc-js.)
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
