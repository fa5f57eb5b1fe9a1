/**
 * Changes the current context in the configuration file.
 *
 * @module
 */
import { type ConfigFile, contextNamed, readConfigFile } from "./contexts.ts";
import { rewrite } from "./rewrite.ts";

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
  const changed = withCurrent(text, name);
  await rewrite(path, changed, async (draft) => {
    if (!await matches(draft, name, file)) throw new Error("paasc does not understand how its 'current' is written");
  }, `write current = "${name}" at its head yourself`);
}

/** Whether a draft has this current context and otherwise the same contexts as the file. */
async function matches(draft: string, name: string, { contexts }: ConfigFile): Promise<boolean> {
  const file = await readConfigFile(draft, "/"); // any HOME will do: only names are compared
  return file.current === name && [...file.contexts.keys()].join() === [...contexts.keys()].join();
}
