/**
 * Hints for words that were mistyped.
 *
 * @module
 */

/**
 * Returns a hint at the name that is nearest to a word, for the end of a sentence; it is empty when no name is near.
 *
 * @param prefix Text before the name in the hint
 *
 * @example
 * ```ts
 * import { didYouMean } from "./suggestion.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await didYouMean("sttaus", ["stop", "status"]), " (did you mean 'status'?)");
 * assertEquals(await didYouMean("nonsense", ["stop", "status"]), "");
 * ```
 */
export async function didYouMean(word: string, names: readonly string[], prefix = ""): Promise<string> {
  // Imported here, so that only a mistyped command loads it.
  const { closestMatch } = await import("leven");
  // A third of a word may be wrong, but not all of it.
  const maxDistance = Math.min(Math.ceil(word.length / 3), word.length - 1);
  const nearest = closestMatch(word, names, { maxDistance });
  return nearest === undefined ? "" : ` (did you mean '${prefix}${nearest}'?)`;
}
