/**
 * Names and numbers of the signals of Linux.
 *
 * @module
 */

/** Names of the signals from number 1 upwards (signal(7)). */
const NAMES = [
  ...["HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM"],
  ...["TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF"],
  ...["WINCH", "IO", "PWR", "SYS"],
];

/** Numbers of the first and the last real-time signal that programs use. */
const REAL_TIME = { first: 34, last: 64 };

/**
 * Gives the name of a signal, as `kill -l` of a shell does.
 *
 * @example
 * ```ts
 * import { signalName } from "./signal_names.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([signalName(15), signalName(37), signalName(99)], ["SIGTERM", "SIGRTMIN+3", "SIG99"]);
 * ```
 */
export function signalName(number: number): string {
  if (number >= REAL_TIME.first && number <= REAL_TIME.last) {
    return number === REAL_TIME.first ? "SIGRTMIN" : `SIGRTMIN+${number - REAL_TIME.first}`;
  }
  return `SIG${NAMES[number - 1] ?? number}`;
}

/** Lists the names of signals in a few words, for an error about a signal that does not exist. */
export const KNOWN_SIGNALS = "there are HUP, INT, TERM and so on, RTMIN+3, and 1 to 64";

/**
 * Parses a signal: a name with or without `SIG`, in upper or lower case, or a number from 1 to 64. Real-time signals
 * count up from `RTMIN` or down from `RTMAX`. Returns undefined if the text names no signal.
 *
 * @example
 * ```ts
 * import { signalNumber } from "./signal_names.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(["SIGTERM", "term", "15", "0", "TREM"].map(signalNumber), [15, 15, 15, undefined, undefined]);
 * assertEquals(["RTMIN", "SIGRTMIN+3", "RTMAX-1", "RTMIN+31"].map(signalNumber), [34, 37, 63, undefined]);
 * ```
 */
export function signalNumber(text: string): number | undefined {
  if (/^\d+$/.test(text)) return within(Number(text), 1);
  const name = text.toUpperCase().replace(/^SIG/, "");
  const [, from, sign, distance] = /^RT(MIN|MAX)(?:([+-])(\d+))?$/.exec(name) ?? [];
  if (from === undefined) return within(NAMES.indexOf(name) + 1, 1);
  const start = from === "MIN" ? REAL_TIME.first : REAL_TIME.last;
  return within(start + Number(distance ?? 0) * (sign === "-" ? -1 : 1), REAL_TIME.first);
}

function within(number: number, first: number): number | undefined {
  return number >= first && number <= REAL_TIME.last ? number : undefined;
}
