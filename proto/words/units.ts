/**
 * Durations, sizes and limits as text: what `paasd` and `paasc` both accept in their options.
 *
 * The parsers return `undefined` for a text that they do not accept; the caller words the error. This module loads
 * neither grpc-js nor protobufjs, because `paasc` needs it before it connects.
 *
 * @module
 */

/** Milliseconds per unit of a duration. */
export const DURATION_UNITS: Readonly<Record<"ms" | "s" | "m" | "h" | "d", number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** The prefixes of sizes: each is 1,024 times the one before it. */
const SIZE_PREFIXES = ["", "K", "M", "G", "T"];

/**
 * Parses a duration into milliseconds. A duration is one or more numbers, each with its unit: `ms`, `s`, `m`, `h` or `d`.
 *
 * @returns The milliseconds, or `undefined` if the text is not a duration
 *
 * @example
 * ```ts
 * import { parseDuration } from "@paas/proto/units";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseDuration("1h30m"), 5_400_000);
 * assertEquals(parseDuration("0.5s"), 500);
 * assertEquals(parseDuration("2d"), 172_800_000);
 * assertEquals(parseDuration("10"), undefined); // has no unit
 * ```
 */
export function parseDuration(text: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|[smhd]))+$/.test(text)) return undefined;
  let milliseconds = 0;
  for (const [, amount, unit] of text.matchAll(/([\d.]+)([a-z]+)/g)) {
    milliseconds += Number(amount) * DURATION_UNITS[unit as keyof typeof DURATION_UNITS];
  }
  return milliseconds;
}

/**
 * Parses a size into bytes. A size is a whole number, alone or with a unit: `K`, `M`, `G` or `T`, in either case, with or
 * without `iB`. The units are powers of 1,024, as in systemd and Docker.
 *
 * @returns The bytes, or `undefined` if the text is not a size or is too large for an exact number
 *
 * @example
 * ```ts
 * import { parseSize } from "@paas/proto/units";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseSize("4096"), 4_096);
 * assertEquals(parseSize("64KiB"), 65_536);
 * assertEquals(parseSize("1t"), 1_099_511_627_776);
 * assertEquals(parseSize("1.5G"), undefined);
 * ```
 */
export function parseSize(text: string): number | undefined {
  const [, amount, prefix = ""] = /^(\d+)(?:([KMGT])(?:iB)?)?$/i.exec(text) ?? [];
  const bytes = Number(amount) * 1024 ** SIZE_PREFIXES.indexOf(prefix.toUpperCase());
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** Parses a time in whole seconds: a plain number of seconds, or a duration, which is rounded up. */
function parseSeconds(text: string): number | undefined {
  const milliseconds = parseDuration(/^\d+$/.test(text) ? `${text}s` : text);
  const seconds = milliseconds === undefined ? NaN : Math.ceil(milliseconds / 1_000);
  return Number.isSafeInteger(seconds) ? seconds : undefined;
}

/** Parses a plain whole number. */
function parseNumber(text: string): number | undefined {
  return /^\d+$/.test(text) ? parseSize(text) : undefined;
}

/** The name of a limit of a process, as in prlimit(1). */
export type LimitName = "as" | "core" | "cpu" | "fsize" | "nofile" | "nproc";

/** The parsers of limits. */
const LIMITS: Readonly<Record<LimitName, (text: string) => number | undefined>> = {
  as: parseSize,
  core: parseSize,
  cpu: parseSeconds,
  fsize: parseSize,
  nofile: parseNumber,
  nproc: parseNumber,
};

/** The names of all limits. */
export const LIMIT_NAMES: readonly LimitName[] = Object.keys(LIMITS) as LimitName[];

/**
 * Parses the limits of a process: `NAME=VALUE` with commas between them. Memory and files are sizes, processor time is in
 * seconds or a duration, and the rest are whole numbers.
 *
 * @returns The limits by name, or `undefined` if one of them is wrong
 *
 * @example
 * ```ts
 * import { parseLimits } from "@paas/proto/units";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseLimits("nofile=100,fsize=10GiB,cpu=1h30m"), { nofile: 100, fsize: 10_737_418_240, cpu: 5_400 });
 * assertEquals(parseLimits("files=1"), undefined);
 * ```
 */
export function parseLimits(text: string): Partial<Record<LimitName, number>> | undefined {
  const limits: Partial<Record<LimitName, number>> = {};
  for (const part of text.split(",")) {
    const [, name = "", value = ""] = /^(\w+)=(.+)$/.exec(part) ?? [];
    const limit = LIMIT_NAMES.find((known) => known === name);
    const parsed = limit && LIMITS[limit](value);
    if (!limit || parsed === undefined) return undefined;
    limits[limit] = parsed;
  }
  return limits;
}
