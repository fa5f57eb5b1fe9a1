/**
 * Changes the current context in the configuration file.
 *
 * @module
 */
import { type ConfigFile, contextNamed, readConfigFile } from "./contexts.ts";
import { PaasError } from "../errors.ts";

/**
 * Replaces `current` in the text of a configuration file. Everything else stays, comments included.
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
  // A top-level key stands before the first table.
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
 * @throws {PaasError} When there is no such context, or the file cannot be changed; its message says what to write by
 *   hand
 */
export async function useContext(file: ConfigFile, name: string): Promise<void> {
  contextNamed(file, name);
  const { path, text, current } = file;
  if (path === undefined || name === current) return;
  const byHand = `write current = "${name}" at its head yourself`;
  const changed = withCurrent(text, name);
  try {
    // A link to a file elsewhere stays a link.
    const place = (await Deno.lstat(path)).isSymlink ? await Deno.realPath(path) : path;
    // A rename: a paasc that starts meanwhile reads either the old file or the new one. The draft has mode 0600.
    const draft = await Deno.makeTempFile({ dir: place.slice(0, place.lastIndexOf("/")), prefix: ".paasc-" });
    try {
      await Deno.writeTextFile(draft, changed);
      if (!await matches(draft, name, file)) throw new Error("paasc does not understand how its 'current' is written");
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

/** Whether a draft has this current context and otherwise the same contexts as the file. */
async function matches(draft: string, name: string, { contexts }: ConfigFile): Promise<boolean> {
  const file = await readConfigFile(draft, "/"); // any HOME will do: only names are compared
  return file.current === name && [...file.contexts.keys()].join() === [...contexts.keys()].join();
}
