/**
 * The limits of a process, as options give them.
 *
 * @module
 */
import type { Limits } from "@paas/proto";
import { parseDuration } from "../words/time.ts";
import { wholeNumber } from "./value.ts";

/** What each limit is of. */
const kinds = {
  as: "bytes",
  core: "bytes",
  cpu: "seconds",
  fsize: "bytes",
  nofile: "number",
  nproc: "number",
} as const;

/** The names of the limits. */
export const limitNames: readonly string[] = Object.keys(kinds);

/** What an option takes whose value is limits. */
export const limitsForm = `NAME=VALUE such as nofile=100, fsize=10G or cpu=1h (${limitNames.join(", ")})`;

/** Limits, with a comma between them; undefined when the text is none. */
export function parseLimits(text: string): Limits | undefined {
  const limits: Limits = {};
  for (const part of text.split(",")) {
    const [, name = "", value = ""] = /^(\w+)=(.+)$/.exec(part) ?? [];
    if (!Object.hasOwn(kinds, name)) return undefined;
    const limit = parsers[kinds[name as keyof typeof kinds]](value);
    if (limit === undefined) return undefined;
    limits[name as keyof typeof kinds] = limit;
  }
  return limits;
}

const parsers: Record<(typeof kinds)[keyof typeof kinds], (text: string) => number | undefined> = {
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
