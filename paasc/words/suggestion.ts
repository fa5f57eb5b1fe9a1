/**
 * Hints for words that were mistyped. Only such a word loads this module.
 *
 * @module
 */
import { closestMatch } from "leven";

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
 * assertEquals(didYouMean("sttaus", ["stop", "status"]), " (did you mean 'status'?)");
 * assertEquals(didYouMean("prun", ["run", "prune"]), " (did you mean 'prune'?)");
 * assertEquals(didYouMean("nonsense", ["stop", "status"]), "");
 * ```
 */
export function didYouMean(word: string, names: readonly string[], prefix = ""): string {
  const begun = word.length > 1 ? names.find((name) => name.startsWith(word)) : undefined;
  // A third of a word may be wrong, but not all of it.
  const maxDistance = Math.min(Math.ceil(word.length / 3), word.length - 1);
  const nearest = begun ?? closestMatch(word, names, { maxDistance });
  return nearest === undefined ? "" : ` (did you mean '${prefix}${nearest}'?)`;
}
