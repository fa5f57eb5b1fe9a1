/**
 * What somebody may have meant who mistyped a word.
 *
 * @module
 */

/**
 * A hint at the name that is nearest to a word, to stand behind it in a sentence; empty when none is near.
 *
 * @param prefix What stands before each of the names in the hint
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
  // Only who mistypes waits for it to load.
  const { levenshteinDistance } = await import("@std/text/levenshtein-distance");
  // A third of a word may be wrong, but not all of it.
  let least = Math.min(Math.ceil(word.length / 3), word.length - 1);
  let nearest: string | undefined;
  for (const name of names) {
    const distance = levenshteinDistance(word, name);
    if (distance > least || distance === least && nearest !== undefined) continue;
    least = distance;
    nearest = name;
  }
  return nearest === undefined ? "" : ` (did you mean '${prefix}${nearest}'?)`;
}
