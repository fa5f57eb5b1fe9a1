/**
 * Replaces the configuration file.
 *
 * @module
 */
import { PaasError } from "../errors.ts";

/**
 * Replaces a file by a new text, all at once: a paasc that starts meanwhile reads either the old file or the new one. The
 * new file has mode 0600. A link to a file elsewhere stays a link. A directory that does not exist is made, with mode 0700.
 *
 * @param check Called with the path of the new file before it takes the place of the old one; throws when it is wrong
 * @param byHand A clause that says what to write by hand
 * @throws {PaasError} When the file cannot be changed
 */
export async function rewrite(
  path: string,
  text: string,
  check: (draft: string) => Promise<void>,
  byHand: string,
): Promise<void> {
  try {
    const place = await isLink(path) ? await Deno.realPath(path) : path;
    const directory = place.slice(0, place.lastIndexOf("/"));
    await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
    const draft = await Deno.makeTempFile({ dir: directory, prefix: ".paasc-" });
    try {
      await Deno.writeTextFile(draft, text);
      await check(draft);
      await Deno.rename(draft, place);
    } catch (error) {
      await Deno.remove(draft);
      throw error;
    }
  } catch (cause) {
    const why = cause instanceof Deno.errors.NotCapable
      ? "this paasc is not permitted to"
      : cause instanceof Error
      ? cause.message
      : cause;
    throw new PaasError("failed-precondition", `cannot change ${path}: ${why}; ${byHand}`, { cause });
  }
}

async function isLink(path: string): Promise<boolean> {
  try {
    return (await Deno.lstat(path)).isSymlink;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
