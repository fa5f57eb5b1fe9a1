/**
 * The two places of a copy, as they stand on the command line.
 *
 * @module
 */
import { basename, dirname } from "node:path/posix";

/** A place on this machine or on the daemon's. */
export interface Place {
  readonly remote: boolean;
  readonly path: string;
}

/**
 * Reads a place. A word that begins with a colon is a path on the daemon's machine; `:` alone is the working directory that
 * commands have there. Any other word is a path on this machine, so `./:a` is a file here.
 *
 * @example
 * ```ts
 * import { placeOf } from "./place.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(placeOf(":/srv/app"), { remote: true, path: "/srv/app" });
 * assertEquals(placeOf(":"), { remote: true, path: "." });
 * assertEquals(placeOf("./a:b"), { remote: false, path: "./a:b" });
 * ```
 */
export function placeOf(word: string): Place {
  return word.startsWith(":") ? { remote: true, path: word.slice(1) || "." } : { remote: false, path: word };
}

/** What a copy begins with. */
export interface Source {
  /** The directory in which the source lies. */
  readonly directory: string;
  /** The name of the source in that directory; `.` is the directory itself. */
  readonly name: string;
  /** The name of the copy in a directory; undefined when what is in the source goes into the directory itself. */
  readonly base: string | undefined;
}

/**
 * Takes the path of a source apart.
 *
 * @example
 * ```ts
 * import { sourceOf } from "./place.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(sourceOf("a/b"), { directory: "a", name: "b", base: "b" });
 * assertEquals(sourceOf("a/b/"), { directory: "a/b/", name: ".", base: "b" });
 * assertEquals(sourceOf("a/."), { directory: "a/.", name: ".", base: undefined });
 * ```
 */
export function sourceOf(path: string): Source {
  const name = basename(path);
  if (["", ".", ".."].includes(name)) return { directory: path, name: ".", base: undefined };
  if (path.endsWith("/")) return { directory: path, name: ".", base: name };
  return { directory: dirname(path), name, base: name };
}
