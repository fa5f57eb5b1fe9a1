/**
 * Text of others, made safe to print.
 *
 * By itself, for it must load neither grpc-js nor the contract: `paasc` needs it before it connects.
 *
 * @module
 */

/**
 * Shows what is not printable as JSON's escapes, a `\uXXXX` for each UTF-16 unit: control characters (C0, DEL, C1), line
 * and paragraph separators, what has no width or turns the direction of text (category Cf), lone surrogates, and code
 * points that are private or not assigned. So a text neither breaks a line, nor reaches a terminal as a command, nor
 * looks like another one (Unicode Technical Report 36, section 3.5). JSON stays the same value.
 *
 * @example
 * ```ts
 * import { escapeUnprintable } from "@paas/proto/printable";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(escapeUnprintable("a\nb\x1b[31m \u202ecod.exe"), "a\\u000ab\\u001b[31m \\u202ecod.exe");
 * assertEquals(JSON.parse(escapeUnprintable(JSON.stringify("\u{e0001}"))), "\u{e0001}");
 * ```
 */
export function escapeUnprintable(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => {
    let escapes = "";
    for (let at = 0; at < character.length; at++) {
      escapes += `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`;
    }
    return escapes;
  });
}
