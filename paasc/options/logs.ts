/**
 * The options of `paasc logs`.
 *
 * @module
 */
import { ExitError } from "../exit.ts";
import type { LogForm } from "../print/log_printer.ts";
import { defaultPatience } from "../connection/outage.ts";
import type { Given, Option } from "../settings/settings.ts";
import { parseDuration, parseWhen, type Time } from "../words/time.ts";
import { durations, optionValue, times, wholeNumber } from "./value.ts";

/** All of them. */
export const logOptions: readonly Option[] = [
  { name: "tail", value: "N", help: "begin with the last N lines there are" },
  { name: "since", value: "WHEN", help: "only what was written at that time or later" },
  { name: "until", value: "WHEN", help: "only what was written before that time" },
  { name: "no-follow", help: "end with what there is, though the process runs" },
  { name: "stdout-only", help: "only what was written to stdout" },
  { name: "stderr-only", help: "only what was written to stderr" },
  { name: "timestamps", help: "begin each line with the time (UTC) it was written" },
  { name: "split", help: "print to stderr what was written to stderr" },
  { name: "reconnect", value: "DURATION", help: "how long to try to reconnect (default 1m)" },
  { name: "on-slow", value: "wait|skip", help: "get all, later, or skip what is old (default wait)" },
  { name: "compress", help: "have the output compressed on its way" },
];

/** What the options come to. */
export interface LogChoice {
  /** What is asked of the daemon. */
  readonly request: {
    readonly follow: boolean;
    readonly tailLines?: number | undefined;
    readonly since?: Time | undefined;
    readonly until?: Time | undefined;
    readonly stream?: "LOG_STREAM_STDOUT" | "LOG_STREAM_STDERR" | undefined;
    readonly onSlow: "ON_SLOW_WAIT" | "ON_SLOW_SKIP";
    readonly compress: boolean;
  };
  readonly form: LogForm;
  /** How long to try to get a lost connection back, in milliseconds. */
  readonly patience: number;
}

/**
 * The choice that follows from the options given.
 *
 * @param now The time that durations count back from, in milliseconds since the Unix epoch
 * @throws {ExitError} When a value is no good, or two options exclude each other
 */
export function logChoice(given: Given, output: "text" | "json", now: number): LogChoice {
  if (given["stdout-only"] !== undefined && given["stderr-only"] !== undefined) {
    throw exclusive("--stdout-only", "--stderr-only");
  }
  const value = <Value>(name: string, what: string, parse: (text: string) => Value | undefined) =>
    optionValue("logs", name, given[name], what, parse);
  const onSlow = value("on-slow", "wait or skip", (text) => slowness.get(text)) ?? "ON_SLOW_WAIT";
  // What is read then lies in the past: there is no present to go on at.
  if (onSlow === "ON_SLOW_SKIP" && given["no-follow"] !== undefined) throw exclusive("--on-slow skip", "--no-follow");
  for (const name of ["timestamps", "split"]) {
    if (output === "json" && given[name] !== undefined) {
      throw new ExitError("usage", `option '--${name}' is for text, not for '-o json': see 'paasc logs --help'`);
    }
  }
  return {
    request: {
      follow: given["no-follow"] === undefined,
      tailLines: value("tail", "a number of lines", wholeNumber),
      since: value("since", times, (text) => parseWhen(text, now)),
      until: value("until", times, (text) => parseWhen(text, now)),
      stream: given["stdout-only"] !== undefined
        ? "LOG_STREAM_STDOUT"
        : given["stderr-only"] !== undefined
        ? "LOG_STREAM_STDERR"
        : undefined,
      onSlow,
      compress: given.compress !== undefined,
    },
    form: { output, timestamps: given.timestamps !== undefined, split: given.split !== undefined },
    patience: value("reconnect", durations, parseDuration) ?? defaultPatience,
  };
}

/** What becomes of a reader that is too slow, by the words for it. */
const slowness = new Map<string, LogChoice["request"]["onSlow"]>([
  ["wait", "ON_SLOW_WAIT"],
  ["skip", "ON_SLOW_SKIP"],
]);

function exclusive(one: string, other: string): ExitError {
  return new ExitError("usage", `options '${one}' and '${other}' exclude each other: see 'paasc logs --help'`);
}
