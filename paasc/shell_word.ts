/**
 * Commands as one would type them.
 *
 * @module
 */
import { plain } from "./errors.ts";

/**
 * A command so that a shell (bash, zsh, or any of POSIX.1-2024) takes it for the same words. Control characters are
 * escaped: they neither break a line nor reach a terminal.
 *
 * @example
 * ```ts
 * import { shellCommand } from "./shell_word.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(shellCommand(["sh", "-c", "echo it's $1"]), `sh -c 'echo it'\\''s $1'`);
 * assertEquals(shellCommand(["echo", "a\n\x1b[31m"]), String.raw`echo $'a\n\u001b[31m'`);
 * ```
 */
export function shellCommand(words: readonly string[]): string {
  return words.map(shellWord).join(" ");
}

/** A word, quoted if need be. */
export function shellWord(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  if (plain(word) === word) return `'${word.replaceAll("'", `'\\''`)}'`;
  return `$'${plain(word.replace(/[\\']/g, "\\$&").replaceAll("\n", "\\n").replaceAll("\t", "\\t"))}'`;
}
