/**
 * Changes which context is the current one, in the configuration file.
 *
 * @module
 */
import { type ConfigFile, contextNamed, readConfigFile } from "./contexts.ts";
import { PaasError } from "../errors.ts";

/**
 * The text of a configuration file with another `current`; all else stays, comments too.
 *
 * @example
 * ```ts
 * import { withCurrent } from "./use_context.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(withCurrent(`current = "dev" # mine\n`, "prod"), `current = "prod" # mine\n`);
 * assertEquals(withCurrent("[contexts.prod]\n", "prod"), `current = "prod"\n[contexts.prod]\n`);
 * ```
 */
export function withCurrent(text: string, name: string): string {
  // The key is one of the document's own, so it stands before the first table.
  const end = text.search(/^[ \t]*\[/m);
  const head = end < 0 ? text : text.slice(0, end);
  const line = /^([ \t]*current[ \t]*=[ \t]*)(?:"[^"\\\n]*"|'[^'\n]*')/m;
  const changed = line.test(head)
    ? head.replace(line, (_, before: string) => `${before}"${name}"`)
    : `current = "${name}"\n${head}`;
  return changed + text.slice(head.length);
}

/**
 * Makes a context the current one.
 *
 * @throws {PaasError} When there is no such context, or the file cannot be changed; the message says what to write then
 */
export async function useContext(file: ConfigFile, name: string): Promise<void> {
  contextNamed(file, name);
  const { path, text, current } = file;
  if (path === undefined || name === current) return;
  const byHand = `write current = "${name}" at its head yourself`;
  const changed = withCurrent(text, name);
  try {
    // Where somebody keeps it elsewhere, it stays there.
    const place = (await Deno.lstat(path)).isSymlink ? await Deno.realPath(path) : path;
    // Renamed into place, so that a paasc that starts meanwhile reads the old file or the new one. Of mode 0600.
    const draft = await Deno.makeTempFile({ dir: place.slice(0, place.lastIndexOf("/")), prefix: ".paasc-" });
    try {
      await Deno.writeTextFile(draft, changed);
      if (!await says(draft, name, file)) throw new Error("it is written in a way that is not understood");
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

/** Whether a file says what the other one does, but for this name of the current context. */
async function says(draft: string, name: string, { contexts }: ConfigFile): Promise<boolean> {
  const file = await readConfigFile(draft, "/"); // whatever is at home: it is about names
  return file.current === name && [...file.contexts.keys()].join() === [...contexts.keys()].join();
}
