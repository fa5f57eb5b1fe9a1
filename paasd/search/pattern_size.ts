/**
 * The size of a pattern once its repetitions are written out, which its text alone shows.
 *
 * @module
 */

/** A Unicode class, or a range that ends beyond ASCII or may do so. */
const SET = /\\[pP]|-(?:[^\0-\x7f]|\\[xQ0-7])/gu;

/** Size of a set of characters that has a {@linkcode SET}: its borders are copied with it. */
const SET_SIZE = 4;

/** Size that a group, an alternative and a repetition without an upper bound add. */
const OPERATOR_SIZE = 2;

/** A part of a pattern, as the engine's parser reads it: quoted text, a repetition with counts, or any other part. */
const PART = new RegExp(
  [
    String.raw`\\Q(?<quoted>.*?)(?:\\E|$)`,
    String.raw`\{(?<least>\d+)(?<range>,(?<most>\d*))?\}`,
    String.raw`\\(?:[pPx]\{[^}]*\}|[pP].|x..|[0-7]{1,3}|.)`, // a character or a class
    String.raw`\[\^?\]?(?:\\.|\[:\^?\w+:\]|[^\]\\])*\]`,
    String.raw`\(\?[A-Za-z-]+\)`, // flags
    String.raw`\((?:\?(?:P?<\w+>|[A-Za-z-]*:))?`,
    ".",
  ].join("|"),
  "gsu",
);

/** Gives the number of Unicode classes and of ranges beyond ASCII in a pattern. */
export function setsIn(text: string): number {
  return text.match(SET)?.length ?? 0;
}

/**
 * Gives about the number of instructions that the engine makes of a pattern, without making any. The number is seldom too
 * small. It is too large for alternatives with common beginnings, which the engine joins.
 *
 * @example
 * ```ts
 * import { expandedSize } from "./pattern_size.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(["abc", "a{50}", "(?:ab{10}){100}"].map(expandedSize), [3, 50, 1_300]);
 * ```
 */
export function expandedSize(text: string): number {
  const outer: number[] = []; // sizes of the groups around the present one
  let size = 0; // of the present group
  let last = 0; // of the part that a repetition repeats
  const add = (part: number) => size += last = part;
  const change = (part: number) => {
    size += part - last;
    last = part;
  };
  for (const { 0: part, groups } of text.matchAll(PART)) {
    const { quoted, least, range, most } = groups!;
    if (quoted !== undefined) {
      size += Math.max(0, quoted.length - 1);
      add(1);
    } else if (least !== undefined) {
      const from = Number(least);
      const to = Number(range === undefined ? least : most || least);
      const endless = range !== undefined && !most;
      change(from * last + Math.max(0, to - from) * (last + 1) + (endless ? last + OPERATOR_SIZE : 0));
    } else if ("*+?".includes(part)) {
      change(last + OPERATOR_SIZE);
    } else if (part === "|") {
      size += OPERATOR_SIZE;
    } else if (part === ")") {
      const group = size + OPERATOR_SIZE;
      size = outer.pop() ?? 0;
      add(group);
    } else if (part.startsWith("(")) {
      if (part.endsWith(")")) continue; // flags
      outer.push(size);
      size = 0;
    } else add(part.length > 1 && setsIn(part) > 0 ? SET_SIZE : 1);
  }
  return outer.reduce((sum, group) => sum + group, size);
}
