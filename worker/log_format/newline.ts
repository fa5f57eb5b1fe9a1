/**
 * The end of a line.
 *
 * @module
 */

/** The byte that ends a line. */
export const NEWLINE = 0x0a;

/** Returns the number of newlines. */
export function countNewlines(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) count++;
  return count;
}
