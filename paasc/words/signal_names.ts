/**
 * The signals of Linux by name and by number.
 *
 * @module
 */

/** Their names, from the number 1 on (signal(7)). */
const names = [
  ...["HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM"],
  ...["TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF"],
  ...["WINCH", "IO", "PWR", "SYS"],
];

/** The first and the last real-time signal that programs use. */
const realTime = { first: 34, last: 64 };

/**
 * The name of a signal, as a shell's `kill -l` has it.
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
  if (number >= realTime.first && number <= realTime.last) {
    return number === realTime.first ? "SIGRTMIN" : `SIGRTMIN+${number - realTime.first}`;
  }
  return `SIG${names[number - 1] ?? number}`;
}

/** What there is, in words for who has named a signal that there is not. */
export const knownSignals = "there are HUP, INT, TERM and so on, RTMIN+3, and 1 to 64";

/**
 * The number of the signal that a text names: with or without `SIG`, in any case, or a number from 1 to 64; a real-time
 * signal counts from `RTMIN` or back from `RTMAX`. Undefined when it names none.
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
  if (from === undefined) return within(names.indexOf(name) + 1, 1);
  const start = from === "MIN" ? realTime.first : realTime.last;
  return within(start + Number(distance ?? 0) * (sign === "-" ? -1 : 1), realTime.first);
}

function within(number: number, first: number): number | undefined {
  return number >= first && number <= realTime.last ? number : undefined;
}
