/**
 * Commands quoted for a shell.
 *
 * @module
 */
import { escapeUnprintable } from "@paas/proto/printable";

/**
 * Quotes a command so that a shell (bash, zsh, or any shell of POSIX.1-2024) reads the same words. Unprintable characters
 * are escaped: they neither break a line nor reach a terminal.
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

/** Quotes a word if it needs quotes. */
export function shellWord(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  if (escapeUnprintable(word) === word) return `'${word.replaceAll("'", `'\\''`)}'`;
  const escaped = word.replace(/[\\']/g, "\\$&").replaceAll("\n", "\\n").replaceAll("\t", "\\t")
    // Shells do not know surrogate pairs.
    .replace(/(?=\p{C})[\u{10000}-\u{10ffff}]/gu, (character) => {
      return `\\U${character.codePointAt(0)!.toString(16).padStart(8, "0")}`;
    });
  return `$'${escapeUnprintable(escaped)}'`;
}
