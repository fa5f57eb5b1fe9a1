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
 * import { signalName } from "./signals.ts";
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

/**
 * The number of the signal that a text names: with or without `SIG`, in any case, or a number from 1 to 31. Undefined
 * when it names none.
 *
 * @example
 * ```ts
 * import { signalNumber } from "./signals.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(["SIGTERM", "term", "15", "0", "TREM"].map(signalNumber), [15, 15, 15, undefined, undefined]);
 * ```
 */
export function signalNumber(text: string): number | undefined {
  const number = /^\d+$/.test(text) ? Number(text) : names.indexOf(text.toUpperCase().replace(/^SIG/, "")) + 1;
  return number >= 1 && number <= names.length ? number : undefined;
}
