/**
 * Commands as one would type them.
 *
 * @module
 */
import { escapeUnprintable } from "@paas/proto/printable";

/**
 * A command so that a shell (bash, zsh, or any of POSIX.1-2024) takes it for the same words. What is not
 * printable is escaped: it neither breaks a line nor reaches a terminal.
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
  if (escapeUnprintable(word) === word) return `'${word.replaceAll("'", `'\\''`)}'`;
  const escaped = word.replace(/[\\']/g, "\\$&").replaceAll("\n", "\\n").replaceAll("\t", "\\t")
    // A shell knows no surrogate pairs.
    .replace(/(?=\p{C})[\u{10000}-\u{10ffff}]/gu, (character) => {
      return `\\U${character.codePointAt(0)!.toString(16).padStart(8, "0")}`;
    });
  return `$'${escapeUnprintable(escaped)}'`;
}
