/**
 * Parses the resource limits of a process.
 *
 * @module
 */
import type { LimitOptions } from "../client/options.ts";
import { parseDuration } from "../words/time.ts";
import { wholeNumber } from "./value.ts";

/** The unit of each limit. */
const UNITS = {
  as: "bytes",
  core: "bytes",
  cpu: "seconds",
  fsize: "bytes",
  nofile: "number",
  nproc: "number",
} as const;

/** The names of the limits. */
export const LIMIT_NAMES: readonly string[] = Object.keys(UNITS);

/** The value of an option for limits, in words. */
export const LIMITS_FORM = `NAME=VALUE such as nofile=100, fsize=10G or cpu=1h (${LIMIT_NAMES.join(", ")})`;

/** Limits with commas between them; undefined when the text has another form. */
export function parseLimits(text: string): LimitOptions | undefined {
  const limits: Record<string, number> = {};
  for (const part of text.split(",")) {
    const [, name = "", value = ""] = /^(\w+)=(.+)$/.exec(part) ?? [];
    if (!Object.hasOwn(UNITS, name)) return undefined;
    const limit = PARSERS[UNITS[name as keyof typeof UNITS]](value);
    if (limit === undefined) return undefined;
    limits[name] = limit;
  }
  return limits;
}

const PARSERS: Record<(typeof UNITS)[keyof typeof UNITS], (text: string) => number | undefined> = {
  number: wholeNumber,
  bytes(text) {
    const [, amount = "", unit = ""] = /^(\d+)([KMG]?)$/.exec(text.toUpperCase()) ?? [];
    return wholeNumber(amount && String(Number(amount) * 1024 ** ["", "K", "M", "G"].indexOf(unit)));
  },
  seconds(text) {
    const milliseconds = wholeNumber(text) === undefined ? parseDuration(text) : Number(text) * 1_000;
    return milliseconds === undefined ? undefined : Math.ceil(milliseconds / 1_000);
  },
};
