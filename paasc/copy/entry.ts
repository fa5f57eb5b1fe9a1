/**
 * Checks of the entries of a tar stream from the daemon's machine, before anything is made of them. Whoever holds that
 * machine may send any stream, and must not be able to write outside the destination.
 *
 * @module
 */

/** An entry that is not copied; the message is a clause that says why. */
export class Refusal extends Error {}

/**
 * The path of an entry below the source, in parts; the source itself has none.
 *
 * @param source The name of the source in the stream; `.` is the top of the stream
 * @throws {Refusal} When the name leads elsewhere
 *
 * @example
 * ```ts
 * import { partsOf } from "./entry.ts";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * assertEquals(partsOf("./app/src/main.ts", "app"), ["src", "main.ts"]);
 * assertEquals(partsOf("./", "."), []);
 * for (const name of ["/etc/passwd", "app/../../x", "other"]) assertThrows(() => partsOf(name, "app"));
 * ```
 */
export function partsOf(name: string, source: string): string[] {
  if (name.startsWith("/")) throw new Refusal("its name is absolute");
  const parts = name.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) throw new Refusal("its name leads out of the destination");
  if (name.includes("\0")) throw new Refusal("its name has a NUL");
  if (name.includes("\ufffd")) throw new Refusal("its name is not UTF-8");
  if (source === ".") return parts;
  if (parts[0] !== source) throw new Refusal(`it was not asked for: '${source}' was`);
  return parts.slice(1);
}

/**
 * Checks the target of a symbolic link: the link may lead to any place in the copy, and nowhere else. A `..` is allowed at
 * the beginning alone. Behind a name that is a link itself it would lead elsewhere than it seems to.
 *
 * @param depth The number of directories below the source that the link lies in
 * @throws {Refusal} When the link leads out of the copy
 */
export function checkLink(target: string, depth: number): void {
  const parts = target.split("/").filter((part) => part !== "" && part !== ".");
  const ups = parts.findIndex((part) => part !== "..");
  const leading = ups < 0 ? parts.length : ups;
  const out = target.startsWith("/") || leading > depth || parts.slice(leading).includes("..");
  if (out) throw new Refusal(`it is a link that leads, or may lead, out of the copy: to ${target}`);
  if (target === "" || /[\0\ufffd]/.test(target)) throw new Refusal("it is a link to no possible name");
}
