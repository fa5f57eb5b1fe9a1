/**
 * Kinds of values that several flags have, and parsers of values. Each parser returns `undefined` for a text that it does
 * not accept.
 *
 * @module
 */
import { DURATION_UNITS, parseDuration, parseSize } from "@paas/proto/units";
import { MIN_LIMIT_BYTES } from "@paas/worker/spool";
import { isAbsolute, join } from "node:path";
import { type Address, isLoopback, parseAddress } from "../address.ts";
import type { IdentityMode } from "../identity/certificate.ts";
import type { LogFormat } from "../telemetry/daemon_log.ts";

export const PATH = { parse: parsePath, expected: "a path" };
export const SIZE = {
  value: "SIZE",
  parse: parseLimitSize,
  expected: "a size of at least 1M such as 500M, 2GiB or 1000000000, or unlimited",
};

export const DURATION = {
  value: "DURATION",
  parse: parseShortDuration,
  expected: "a duration of at most 24h such as 500ms, 10s, 5m or 1h30m",
};

export const COUNT = { value: "NUMBER", parse: parseCount, expected: "a whole number from 1 to 1000000" };

/** A flag that is off unless it is given. */
export const SWITCH = { default: "false", parse: parseSwitch, expected: "true or false" };

/** A number of finished processes. */
export const KEPT = { value: "NUMBER", parse: parseKept, expected: "a whole number, or unlimited" };

/** Parses a path. Control characters are refused, so that a path fits on one line of output. */
function parsePath(text: string, directory: string): string | undefined {
  if (!/^\P{Cc}+$/u.test(text)) return undefined;
  return directory === "" || isAbsolute(text) ? text : join(directory, text);
}

/** Parses an address that only this machine reaches. */
export function parseLoopback(text: string): Address | undefined {
  const address = parseAddress(text);
  return address && isLoopback(address.host) ? address : undefined;
}

/** Parses a duration of at most a day, into milliseconds. */
function parseShortDuration(text: string): number | undefined {
  const milliseconds = parseDuration(text);
  return milliseconds !== undefined && milliseconds <= DURATION_UNITS.d ? milliseconds : undefined;
}

export function parseAge(text: string): number | undefined {
  return text === "unlimited" ? Infinity : parseDuration(text);
}

/** Parses the time of a drain, into milliseconds: at most as long as a timer waits. */
export function parseDrainTimeout(text: string): number | undefined {
  const milliseconds = parseAge(text);
  if (milliseconds === undefined || milliseconds === Infinity) return milliseconds;
  return milliseconds <= 24 * DURATION_UNITS.d ? milliseconds : undefined;
}

function parseKept(text: string): number | undefined {
  if (text === "unlimited") return Infinity;
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** Parses a size into bytes: at least the minimum that the worker accepts for a limit. */
function parseLimitSize(text: string): number | undefined {
  if (text === "unlimited") return Infinity;
  const bytes = parseSize(text);
  return bytes !== undefined && bytes >= MIN_LIMIT_BYTES ? bytes : undefined;
}

function parseCount(text: string): number | undefined {
  const count = Number(text);
  return /^\d+$/.test(text) && count >= 1 && count <= 1_000_000 ? count : undefined;
}

export function parseIdentity(text: string): IdentityMode | undefined {
  return text === "certificate" || text === "public-key" || text === "subject" ? text : undefined;
}

function parseSwitch(text: string): boolean | undefined {
  return text === "true" ? true : text === "false" ? false : undefined;
}

export function parseLogFormat(text: string): LogFormat | undefined {
  return text === "text" || text === "json" ? text : undefined;
}

/** Parses absolute paths with commas between them. A path with a comma cannot be a permission of Deno either. */
export function parsePrograms(text: string): string[] | undefined {
  const paths = text.split(",");
  return paths.every((path) => /^\/\P{Cc}*[^/\p{Cc}]$/u.test(path)) ? paths : undefined;
}

/** Parses names of variables. A `*` at the end of a name stands for any rest. */
export function parseVariables(text: string): string[] | undefined {
  const names = text.split(",");
  return names.every((name) => /^[A-Za-z_]\w*\*?$/.test(name)) ? names : undefined;
}

/** Parses the directories of a PATH. A relative one would depend on the working directory of each command. */
export function parseSearchPath(text: string): string | undefined {
  return text.split(":").every((directory) => /^\/\P{Cc}*$/u.test(directory)) ? text : undefined;
}

/** Parses the bits of umask(2). The leading zero tells an octal text from a plain number of the configuration file. */
export function parseUmask(text: string): number | undefined {
  return /^0[0-7]{2,3}$/.test(text) ? Number.parseInt(text, 8) : undefined;
}
