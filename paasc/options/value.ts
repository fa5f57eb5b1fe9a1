/**
 * Values of options, parsed or refused with one sentence.
 *
 * @module
 */
import { LIMIT_NAMES } from "@paas/proto/units";
import { ExitError } from "../exit.ts";
import type { Given, Repeated } from "../settings/settings.ts";

/** The value of an option for a duration, in words. */
export const DURATION = "a duration such as 30s or 1h30m";

/** The value of an option for limits, in words. */
export const LIMITS = `NAME=VALUE such as nofile=100, fsize=10G or cpu=1h (${LIMIT_NAMES.join(", ")})`;

/** The value of an option for a point in time, in words. */
export const TIME = "a duration such as 10m or 1h30m, or an RFC 3339 time such as 2026-01-31T23:59:59Z";

/**
 * The value of an option of a command; undefined when the option was not given.
 *
 * @param what The value that the option takes, in words
 * @throws {ExitError} When the text is not such a value
 */
export function optionValue<Value>(
  command: string,
  given: Given,
  name: string,
  what: string,
  parse: (text: string) => Value | undefined,
): Value | undefined {
  const text = given[name];
  return text === undefined ? undefined : parsed(command, name, text, what, parse);
}

/**
 * The values of a repeatable option of a command.
 *
 * @throws {ExitError} When one of the texts is not such a value
 */
export function optionValues<Value>(
  command: string,
  repeated: Repeated,
  name: string,
  what: string,
  parse: (text: string) => Value | undefined,
): Value[] {
  return (repeated[name] ?? []).map((text) => parsed(command, name, text, what, parse));
}

function parsed<Value>(
  command: string,
  name: string,
  text: string,
  what: string,
  parse: (text: string) => Value | undefined,
): Value {
  const value = parse(text);
  if (value !== undefined) return value;
  throw usageError(command, `option '--${name}' takes ${what}, not '${text}'`);
}

/** An error in the command line, with a reference to the help of the command. */
export function usageError(command: string, sentence: string, options?: ErrorOptions): ExitError {
  return new ExitError("usage", `${sentence}: see 'paasc ${command} --help'`, options);
}

/** The error for two options that cannot be given together. */
export function exclusive(command: string, one: string, other: string): ExitError {
  return usageError(command, `options '${one}' and '${other}' exclude each other`);
}

/** A whole number; undefined when the text is none. */
export function wholeNumber(text: string): number | undefined {
  const number = Number(text);
  return /^\d+$/.test(text) && Number.isSafeInteger(number) ? number : undefined;
}

/** The two sides of `K=V`; undefined when the text has no such form. */
export function pair(text: string): [key: string, value: string] | undefined {
  const at = text.indexOf("=");
  return at > 0 ? [text.slice(0, at), text.slice(at + 1)] : undefined;
}
