/**
 * Safe output of text from other people. This module loads neither grpc-js nor protobufjs, because `paasc` needs it before
 * it connects.
 *
 * @module
 */

/**
 * Replaces characters that are not printable by JSON escapes, a `\uXXXX` for each UTF-16 unit. These are control
 * characters (C0, DEL, C1), line and paragraph separators, characters without width or that change the direction of text
 * (category Cf), lone surrogates, and code points that are private or not assigned. The result breaks no line, is no
 * command to a terminal, and does not look like another text (Unicode Technical Report 36, section 3.5). JSON keeps its
 * value.
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
