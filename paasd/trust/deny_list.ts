/**
 * A deny list: certificates that may not come in, by their fingerprints.
 *
 * @module
 */
import { StartError } from "../errors.ts";

/**
 * Reads a deny list: a SHA-256 of a certificate (DER) a line, in hexadecimal, with or without colons. `#` begins a
 * comment.
 *
 * @returns The fingerprints, in lower-case hexadecimal.
 * @throws {StartError} When a line is something else.
 *
 * @example
 * ```ts
 * import { parseDenyList } from "./deny_list.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const colons = Array(32).fill("AB").join(":");
 * assertEquals([...parseDenyList(`# lost in May\n${colons} # alice\n`, "denied")], ["ab".repeat(32)]);
 * ```
 */
export function parseDenyList(text: string, path: string): ReadonlySet<string> {
  const denied = new Set<string>();
  for (const [index, line] of text.split("\n").entries()) {
    const word = line.replace(/#.*/, "").trim();
    if (word === "") continue;
    const fingerprint = word.replaceAll(":", "").toLowerCase();
    if (!/^[0-9a-f]{64}$/.test(fingerprint)) {
      throw new StartError(
        `Cannot use line ${
          index + 1
        } of ${path} (--deny-list): it must be the SHA-256 of a certificate, in hexadecimal`,
      );
    }
    denied.add(fingerprint);
  }
  return denied;
}
