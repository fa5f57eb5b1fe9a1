/**
 * Values of options, read or refused in one sentence.
 *
 * @module
 */
import { ExitError } from "../exit.ts";

/** What an option takes whose value is a duration. */
export const durations = "a duration such as 30s or 1h30m";

/** What an option takes whose value is a point in time. */
export const times = "a duration such as 10m or 1h30m, or an RFC 3339 time such as 2026-01-31T23:59:59Z";

/**
 * The value of an option of a command, unless it was not given.
 *
 * @param what What the option takes, in words
 * @throws {ExitError} When the text is none of that
 */
export function optionValue<Value>(
  command: string,
  name: string,
  text: string | undefined,
  what: string,
  parse: (text: string) => Value | undefined,
): Value | undefined {
  const value = text === undefined ? undefined : parse(text);
  if (text === undefined || value !== undefined) return value;
  throw new ExitError("usage", `option '--${name}' takes ${what}, not '${text}': see 'paasc ${command} --help'`);
}

/**
 * The values of a repeatable option of a command.
 *
 * @throws {ExitError} When one is not what the option takes
 */
export function optionValues<Value>(
  command: string,
  name: string,
  texts: readonly string[] = [],
  what: string,
  parse: (text: string) => Value | undefined,
): Value[] {
  return texts.map((text) => optionValue(command, name, text, what, parse)!);
}

/** A number of things; undefined when the text is none. */
export function wholeNumber(text: string): number | undefined {
  const number = Number(text);
  return /^\d+$/.test(text) && Number.isSafeInteger(number) ? number : undefined;
}

/** The two sides of `K=V`; undefined when the text is not so. */
export function pair(text: string): [key: string, value: string] | undefined {
  const at = text.indexOf("=");
  return at > 0 ? [text.slice(0, at), text.slice(at + 1)] : undefined;
}
