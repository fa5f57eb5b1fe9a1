/**
 * Names of users, for people. A name comes from a certificate: it is not unique, and proves nothing.
 *
 * @module
 */
import { escapeUnprintable } from "@paas/proto/printable";

/** Number of digits of a user id that are shown where they tell users apart. */
const SHOWN_DIGITS = 8;

/** Maximum length of a name that is shown, in characters. */
const MAX_LENGTH = 64;

/**
 * Gives the common name in the subject of a certificate, or the whole subject if it has none.
 *
 * @example
 * ```ts
 * import { userName } from "./user_names.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(userName("CN=bob, O=Example"), "bob");
 * assertEquals(userName("O=Example, CN=Smith, Bob"), "Smith, Bob");
 * assertEquals(userName("URI:spiffe://example/bob"), "URI:spiffe://example/bob");
 * ```
 */
export function userName(subject: string): string {
  return /(?:^|, )CN=(.+?)(?=, [A-Za-z0-9.]+=|$)/s.exec(subject)?.[1] ?? subject;
}

/**
 * Shows a user by name and by the beginning of the id, which tells users of one name apart.
 *
 * @example
 * ```ts
 * import { userText } from "./user_names.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(userText("8f247e44".padEnd(64, "0"), "CN=bob"), "bob (8f247e44…)");
 * assertEquals(userText("8f247e44".padEnd(64, "0"), "CN=b\nob"), "b\\u000aob (8f247e44…)");
 * ```
 */
export function userText(id: string, subject: string): string {
  const [name, digits] = [nameText(subject), `${id.slice(0, SHOWN_DIGITS)}…`];
  return name ? `${name} (${digits})` : digits;
}

/** Shows the name in a subject: cut, and without anything that a terminal would obey. */
export function nameText(subject: string): string {
  const name = userName(subject);
  return escapeUnprintable(name.length > MAX_LENGTH ? `${name.slice(0, MAX_LENGTH)}…` : name);
}
