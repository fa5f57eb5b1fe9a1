/**
 * How many columns of a terminal a text takes.
 *
 * @module
 */

/** Gives the columns that a text takes. */
export type TextWidth = (text: string) => number;

/** No script needs so many UTF-16 units for what is shown as one character: marks without end would be one column. */
const longestCluster = 64;

/** What measures these texts. The library that knows East Asian and combining characters is loaded only where some are. */
export async function widthFor(texts: Iterable<string>): Promise<TextWidth> {
  for (const text of texts) if (!isAscii(text)) return (await import("string-width")).default;
  return ({ length }) => length;
}

/**
 * A text, cut where it would take more columns than these. Of a long text no more is looked at than is shown.
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
  let [taken, kept] = [0, 0]; // columns, and how much of the text fits beside the sign for what was cut
  for (const { segment, index } of new Intl.Segmenter().segment(text)) {
    taken += segment.length > longestCluster ? columns + 1 : width(segment);
    if (taken > columns) return `${text.slice(0, kept)}…`;
    if (taken < columns) kept = index + segment.length;
  }
  return text;
}

/** A text, with spaces behind it up to so many columns. */
export function padded(text: string, columns: number, width: TextWidth): string {
  return text + " ".repeat(Math.max(0, columns - width(text)));
}

function isAscii(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}
