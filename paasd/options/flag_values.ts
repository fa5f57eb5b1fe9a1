/**
 * The values of flags: what a text may be, and what it means.
 *
 * @module
 */
import { LIMIT_NAMES, type LimitName, type Limits, MIN_LIMIT_BYTES } from "@paas/worker";
import { isAbsolute, join } from "node:path";
import { type Address, isLoopback, parseAddress } from "../address.ts";
import type { IdentityMode } from "../identity/certificate.ts";
import type { LogFormat } from "../telemetry/daemon_log.ts";

/** Milliseconds of the units of a duration. */
const UNITS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Bytes of the units of a size. */
const SIZES: Record<string, number> = { "": 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

export const PATH = { parse: parsePath, expected: "a path" };
export const SIZE = {
  value: "SIZE",
  parse: parseSize,
  expected: "a size of at least 1M such as 500M, 2G or 1000000000, or unlimited",
};

export const DURATION = {
  value: "DURATION",
  parse: parseDuration,
  expected: "a duration of at most 24h such as 500ms, 10s, 5m or 1h",
};
export const COUNT = { value: "NUMBER", parse: parseCount, expected: "a whole number from 1 to 1000000" };

/** A path; one with a control character cannot be told on a line of its own. */
export function parsePath(text: string, directory: string): string | undefined {
  if (!/^\P{Cc}+$/u.test(text)) return undefined;
  return directory === "" || isAbsolute(text) ? text : join(directory, text);
}

/** An address that only this machine reaches. */
export function parseLoopback(text: string): Address | undefined {
  const address = parseAddress(text);
  return address && isLoopback(address.host) ? address : undefined;
}

export function parseDuration(text: string): number | undefined {
  const [, amount, unit = ""] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
  const milliseconds = Number(amount) * (UNITS[unit] ?? NaN);
  return milliseconds <= 24 * 3_600_000 ? milliseconds : undefined;
}

export function parseAge(text: string): number | undefined {
  if (text === "unlimited") return Infinity;
  const [, amount, unit = ""] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? [];
  const milliseconds = Number(amount) * (unit === "d" ? 24 * UNITS["h"]! : UNITS[unit] ?? NaN);
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}

export function parseKept(text: string): number | undefined {
  if (text === "unlimited") return Infinity;
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** Bytes; the units are powers of 1024, as those of systemd and Docker are. */
export function parseSize(text: string): number | undefined {
  if (text === "unlimited") return Infinity;
  const [, amount, unit = ""] = /^(\d+)(?:([KMGT])(?:iB)?)?$/i.exec(text) ?? [];
  const bytes = Number(amount) * SIZES[unit.toUpperCase()]!;
  return bytes >= MIN_LIMIT_BYTES && bytes <= Number.MAX_SAFE_INTEGER ? bytes : undefined;
}

export function parseCount(text: string): number | undefined {
  const count = Number(text);
  return /^\d+$/.test(text) && count >= 1 && count <= 1_000_000 ? count : undefined;
}

export function parseIdentity(text: string): IdentityMode | undefined {
  return text === "certificate" || text === "public-key" || text === "subject" ? text : undefined;
}

export function parseSwitch(text: string): boolean | undefined {
  return text === "true" ? true : text === "false" ? false : undefined;
}

export function parseLogFormat(text: string): LogFormat | undefined {
  return text === "text" || text === "json" ? text : undefined;
}

/** Absolute paths. A permission cannot have a comma in one, so neither can a text of several. */
export function parsePrograms(text: string): string[] | undefined {
  const paths = text.split(",");
  return paths.every((path) => /^\/\P{Cc}*[^/\p{Cc}]$/u.test(path)) ? paths : undefined;
}

/** Names of variables; a `*` at the end stands for any rest. */
export function parseVariables(text: string): string[] | undefined {
  const names = text.split(",");
  return names.every((name) => /^[A-Za-z_]\w*\*?$/.test(name)) ? names : undefined;
}

/** Directories in which programs are looked up, as PATH has them. One that is not absolute would be that of each command. */
export function parseSearchPath(text: string): string | undefined {
  return text.split(":").every((directory) => /^\/\P{Cc}*$/u.test(directory)) ? text : undefined;
}

/** The bits of umask(2). The zero in front tells it from a plain number of the configuration file. */
export function parseUmask(text: string): number | undefined {
  return /^0[0-7]{2,3}$/.test(text) ? Number.parseInt(text, 8) : undefined;
}

/** Limits by name: bytes, seconds or a number, with the units of sizes and durations. */
export function parseLimits(text: string): Limits | undefined {
  const limits: Partial<Record<LimitName, number>> = {};
  for (const part of text.split(",")) {
    const [, name, value = ""] = /^(\w+)=(.+)$/.exec(part) ?? [];
    const [, amount, unit = ""] = /^(\d+)([a-z]*)$/i.exec(value) ?? [];
    const units: Record<string, number> = name === "cpu"
      ? { "": 1, s: 1, m: 60, h: 3_600 }
      : name === "nofile" || name === "nproc"
      ? { "": 1 }
      : SIZES;
    const limit = Number(amount) * (units[name === "cpu" ? unit : unit.toUpperCase()] ?? NaN);
    if (!LIMIT_NAMES.includes(name as LimitName) || !Number.isSafeInteger(limit)) return undefined;
    limits[name as LimitName] = limit;
  }
  return limits;
}
