/**
 * The options of `paasc logs`.
 *
 * @module
 */
import type { LogOptions } from "../client/options.ts";
import { DEFAULT_PATIENCE } from "../connection/outage.ts";
import type { LogForm } from "../print/log_printer.ts";
import type { Given, Option } from "../settings/settings.ts";
import { parseDuration } from "@paas/proto/units";
import { between, parseWhen } from "../words/time.ts";
import { DURATION, exclusive, optionValue, TIME, usageError, wholeNumber } from "./value.ts";

/** The options of `paasc logs`. */
export const LOG_OPTIONS: readonly Option[] = [
  { name: "tail", letter: "n", value: "N", help: "begin with the last N lines" },
  { name: "since", value: "WHEN", help: "only output written at that time or later" },
  { name: "until", value: "WHEN", help: "only output written before that time" },
  { name: "follow", letter: "f", help: "has no effect: logs follows by itself" },
  { name: "no-follow", help: "end at the present, though the process runs" },
  { name: "stdout-only", help: "only output written to stdout" },
  { name: "stderr-only", help: "only output written to stderr" },
  { name: "timestamps", letter: "t", help: "begin each line with the time (UTC) it was written" },
  { name: "split", help: "print the stderr of the process to stderr" },
  { name: "reconnect", value: "DURATION", help: "how long to try to reconnect (default 1m)" },
  { name: "on-slow", value: "wait|skip", help: "get all, later, or skip what is old (default wait)" },
  { name: "compress", help: "compress the output on its way" },
  { name: "label", value: "K=V", repeatable: true, help: "the processes with this label" },
  { name: "grep", value: "RE", help: "only lines that match" },
  { name: "ignore-case", letter: "i", help: "upper and lower case are the same" },
  { name: "invert-match", letter: "v", help: "only lines that do not match" },
  { name: "after", letter: "A", value: "N", help: "and N lines after each" },
  { name: "before", letter: "B", value: "N", help: "and N lines before each" },
  { name: "around", letter: "C", value: "N", help: "and N lines before and after each" },
  { name: "until-match", value: "RE", help: "end at the first line that matches" },
  { name: "timeout", value: "DURATION", help: "end after this time, with exit code 124" },
];

/** Maximum number of lines before and after a line that matches. */
const MAX_CONTEXT = 200;

/** The choice that the options of `paasc logs` make. */
export interface LogChoice {
  /** The part of the log to read. */
  readonly options: LogOptions;
  /** The form of the output. */
  readonly form: LogForm;
  /** Maximum time to get a lost connection back, in milliseconds. */
  readonly patience: number;
  /** Maximum time for all, in milliseconds. */
  readonly timeout?: number;
}

/**
 * The choice that the given options make.
 *
 * @param now The time from which durations count back, in milliseconds since the Unix epoch
 * @throws {ExitError} When a value is invalid, or two options exclude each other
 */
export function logChoice(given: Given, output: "text" | "json", now: number): LogChoice {
  const has = (name: string) => given[name] !== undefined;
  const value = <Value>(name: string, what: string, parse: (text: string) => Value | undefined) =>
    optionValue("logs", given, name, what, parse);
  if (has("stdout-only") && has("stderr-only")) throw exclusive("logs", "--stdout-only", "--stderr-only");
  if (has("follow") && has("no-follow")) throw exclusive("logs", "--follow", "--no-follow");
  const onSlow = value("on-slow", "wait or skip", (text) => (["wait", "skip"] as const).find((word) => word === text));
  // Without following there is no present to go on at.
  if (onSlow === "skip" && has("no-follow")) throw exclusive("logs", "--on-slow skip", "--no-follow");
  const textOnly = output === "json" && ["timestamps", "split"].find(has);
  if (textOnly) throw usageError("logs", `option '--${textOnly}' is for text, not for '-o json'`);
  const pattern = (name: string) =>
    given[name] === undefined ? undefined : { pattern: given[name], ignoreCase: has("ignore-case") };
  const grep = pattern("grep");
  const untilMatch = pattern("until-match");
  const forGrep = grep ? undefined : ["invert-match", "after", "before", "around"].find(has);
  if (forGrep) throw usageError("logs", `option '--${forGrep}' needs '--grep'`);
  if (has("ignore-case") && !grep && !untilMatch) {
    throw usageError("logs", "option '--ignore-case' needs '--grep' or '--until-match'");
  }
  const lines = (name: string) => value(name, `a number of lines, at most ${MAX_CONTEXT}`, contextLines);
  const around = lines("around");
  const [before, after] = [lines("before") ?? around, lines("after") ?? around];
  const timeout = value("timeout", DURATION, parseDuration);
  const time = (name: string) => value(name, TIME, (text) => parseWhen(text, now));
  const [since, until] = [time("since"), time("until")];
  if (since && until && between(since, until) <= 0) {
    throw usageError("logs", "'--since' is not before '--until', so no output lies between: exchange them");
  }
  return {
    options: {
      follow: !has("no-follow"),
      tail: value("tail", "a number of lines", wholeNumber),
      since,
      until,
      stream: has("stdout-only") ? "stdout" : has("stderr-only") ? "stderr" : undefined,
      onSlow,
      compress: has("compress"),
      ...grep && { grep: { ...grep, invert: has("invert-match"), before, after } },
      ...untilMatch && { untilMatch },
    },
    form: { output, timestamps: has("timestamps"), split: has("split"), ...(before || after) && { groups: true } },
    patience: value("reconnect", DURATION, parseDuration) ?? DEFAULT_PATIENCE,
    ...timeout !== undefined && { timeout },
  };
}

function contextLines(text: string): number | undefined {
  const lines = wholeNumber(text);
  return lines !== undefined && lines <= MAX_CONTEXT ? lines : undefined;
}
