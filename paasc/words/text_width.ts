/**
 * Widths of texts on a terminal.
 *
 * @module
 */

/** Measures how many columns a text takes. */
export type TextWidth = (text: string) => number;

/**
 * Maximum length of one visible character, in UTF-16 units. No script needs as many. A longer run of combining marks would
 * count as one column.
 */
const LONGEST_CLUSTER = 64;

/**
 * Chooses the function that measures these texts. The library that knows East Asian and combining characters is loaded
 * only if a text is not ASCII.
 */
export async function widthFor(texts: Iterable<string>): Promise<TextWidth> {
  for (const text of texts) if (!isAscii(text)) return (await import("string-width")).default;
  return ({ length }) => length;
}

/**
 * Cuts a text so that it takes at most this many columns. Only the part that is shown is examined, however long the text
 * is.
 *
 * @example
 * ```ts
 * import { cut, widthFor } from "./text_width.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const text = "日本語";
 * const width = await widthFor([text]);
 * assertEquals([cut(text, 6, width), cut(text, 5, width), cut(text, 4, width)], [text, "日本…", "日…"]);
 * ```
 */
export function cut(text: string, columns: number, width: TextWidth): string {
  let [taken, kept] = [0, 0]; // columns so far; UTF-16 units that fit in front of the "…"
  for (const { segment, index } of new Intl.Segmenter().segment(text)) {
    taken += segment.length > LONGEST_CLUSTER ? columns + 1 : width(segment);
    if (taken > columns) return `${text.slice(0, kept)}…`;
    if (taken < columns) kept = index + segment.length;
  }
  return text;
}

/** Pads a text with spaces on the right to this many columns. */
export function padded(text: string, columns: number, width: TextWidth): string {
  return text + " ".repeat(Math.max(0, columns - width(text)));
}

function isAscii(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}
