/**
 * Files of the checkout.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { join } from "node:path";

/** Path of the checkout. */
export const ROOT: string = fileURLToPath(new URL("..", import.meta.url));

/** Reads a file, by its path from the top of the checkout. */
export function read(path: string): string {
  return Deno.readTextFileSync(join(ROOT, path));
}

/** Reads files of a folder, by their paths. */
export function texts(folder: string, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [`${folder}/${name}`, read(`${folder}/${name}`)]));
}
