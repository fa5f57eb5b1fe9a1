/**
 * How large a command may be: the contract's limits, which are those of execve(2), so that what is too large is named
 * before it is sent.
 *
 * @module
 */
import { PaascError } from "../errors.ts";

/** The longest argument, and the longest variable with its name, in bytes: MAX_ARG_STRLEN without the NUL. */
const mostOfOne = 131_071;

/** The most of arguments and variables together, in bytes. */
const mostOfAll = 2 * 1024 * 1024;

/** So many bytes each of them counts more: its NUL, and a pointer to it. */
const each = 9;

/**
 * Holds a command to what it may have.
 *
 * @param args The program and its arguments
 * @param env Its variables
 * @throws {PaascError} When something is too large; the message says what, how large it is, and how large it may be
 */
export function checkCommandSize(args: readonly string[], env: Readonly<Record<string, string>>): void {
  const sizes: [what: string, bytes: number][] = [
    ...args.map((
      arg,
      index,
    ): [string, number] => [index === 0 ? "the program's name" : `argument ${index}`, bytesOf(arg)]),
    ...Object.entries(env).map(([name, value]): [string, number] => {
      return [`the variable ${shortened(name)} with its name`, bytesOf(name) + 1 + bytesOf(value)];
    }),
  ];
  const large = sizes.find(([, bytes]) => bytes > mostOfOne);
  if (large) throw tooLarge(large[0], large[1], mostOfOne);
  const all = sizes.reduce((sum, [, bytes]) => sum + bytes + each, 0);
  if (all <= mostOfAll) return;
  const [what, bytes] = sizes.reduce((largest, size) => size[1] > largest[1] ? size : largest);
  throw tooLarge("all arguments and variables together", all, mostOfAll, `; most of it is ${what}, ${written(bytes)}`);
}

function tooLarge(what: string, has: number, may: number, more = ""): PaascError {
  return new PaascError("usage", `${what}: ${written(has)} bytes, and at most ${written(may)} are possible${more}`);
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

function shortened(name: string): string {
  return name.length > 40 ? `${name.slice(0, 40)}…` : name;
}

function written(number: number): string {
  return number.toLocaleString("en-US");
}
