/**
 * Creates, changes, removes and renames contexts in the configuration file.
 *
 * The text of the file is edited, so that comments and the order stay. The result is read again and compared with what the
 * change should come to. If they differ, the file is written in a way that this module does not understand, and stays.
 *
 * @module
 */
import { SettingsError } from "../errors.ts";
import { type ConfigFile, contextNamed, readConfigFile } from "./contexts.ts";
import { rewrite } from "./rewrite.ts";
import type { ContextSettings, Given } from "./settings.ts";
import { withCurrent } from "./use_context.ts";

/** Keys of a context, in the order in which they are written. */
const KEYS = ["server", "ca", "cert", "key"] as const;

/**
 * The settings of a context from options. A relative path is made absolute, because paths in the file count from its own
 * directory.
 */
export function settingsGiven(given: Given): ContextSettings {
  const settings: Record<string, string> = {};
  for (const key of KEYS) {
    const value = given[key];
    if (value === undefined) continue;
    settings[key] = key === "server" || value.startsWith("/") ? value : `${Deno.cwd()}/${value}`;
  }
  return settings;
}

/**
 * Creates contexts.
 *
 * @throws {SettingsError} When there is a context of one of these names
 * @throws {PaasError} When the file cannot be changed
 */
export async function createContexts(file: ConfigFile, added: ReadonlyMap<string, ContextSettings>): Promise<void> {
  for (const name of added.keys()) refuseTaken(file, name);
  const tables = [...added].map(([name, settings]) => `[contexts.${header(name)}]\n${lines(settings)}`);
  const { text } = file;
  const gap = text === "" ? "" : text.endsWith("\n") ? "\n" : "\n\n";
  await change(file, text + gap + tables.join("\n"), new Map([...file.contexts, ...added]));
}

/**
 * Changes settings of a context.
 *
 * @throws {SettingsError} When there is no such context
 * @throws {PaasError} When the file cannot be changed
 */
export async function setContext(file: ConfigFile, name: string, settings: ContextSettings): Promise<void> {
  const before = contextNamed(file, name);
  const contexts = new Map(file.contexts).set(name, { ...before, ...settings });
  const { start, end } = tableOf(file.text, name);
  if (start < 0 && name === "default") return await createContexts(file, new Map([[name, settings]]));
  let table = file.text.slice(start, end);
  for (const [key, value] of Object.entries(settings)) {
    const line = new RegExp(`^([ \\t]*${key}[ \\t]*=[ \\t]*)(?:"[^"\\\\\\n]*"|'[^'\\n]*')`, "m");
    table = line.test(table)
      ? table.replace(line, (_, start: string) => start + quoted(value))
      : table.replace(/^.*\n?/, (head) => `${head.trimEnd()}\n${key} = ${quoted(value)}\n`);
  }
  await change(file, file.text.slice(0, start) + table + file.text.slice(end), contexts);
}

/**
 * Removes a context. Its certificate files stay.
 *
 * @throws {SettingsError} When there is no such context, or it is the current one
 * @throws {PaasError} When the file cannot be changed
 */
export async function removeContext(file: ConfigFile, name: string): Promise<void> {
  contextNamed(file, name);
  if (name === file.current) {
    throw new SettingsError(`context '${name}' is the current one: choose another by 'paasc context use' before`);
  }
  const { start, end } = tableOf(file.text, name);
  const contexts = new Map(file.contexts);
  contexts.delete(name);
  await change(file, file.text.slice(0, Math.max(0, start)) + file.text.slice(start < 0 ? 0 : end), contexts);
}

/**
 * Renames a context. If it is the current one, it stays so.
 *
 * @throws {SettingsError} When there is no such context, or one of the new name
 * @throws {PaasError} When the file cannot be changed
 */
export async function renameContext(file: ConfigFile, name: string, to: string): Promise<void> {
  contextNamed(file, name);
  refuseTaken(file, to);
  const { start, end } = tableOf(file.text, name);
  const table = file.text.slice(start, end).replace(/^[^\n]*?\]/, `[contexts.${header(to)}]`);
  const text = file.text.slice(0, Math.max(0, start)) + table + file.text.slice(end);
  const contexts = new Map([...file.contexts].map(([each, settings]) => [each === name ? to : each, settings]));
  if (name !== file.current) return await change(file, text, contexts);
  await change({ ...file, current: to }, withCurrent(text, to), contexts);
}

function refuseTaken({ contexts, text }: ConfigFile, name: string): void {
  if (!/^[\w.-]+$/.test(name)) {
    throw new SettingsError(`'${name}' is no name for a context: it is of letters, digits, '.', '_' and '-'`);
  }
  // The context 'default' exists without the file, and may then be defined.
  if (!contexts.has(name) || name === "default" && tableOf(text, name).start < 0) return;
  throw new SettingsError(`there is a context '${name}' already: 'paasc context set ${name}' changes it`);
}

/** The place of the table of a context in a text: from its heading to the next one. `start` is -1 if there is none. */
function tableOf(text: string, name: string): { start: number; end: number } {
  const key = name.replaceAll(/[.-]/g, "\\$&");
  const heading = new RegExp(`^[ \\t]*\\[[ \\t]*contexts[ \\t]*\\.[ \\t]*(?:${key}|"${key}"|'${key}')[ \\t]*\\]`, "m");
  const start = text.search(heading);
  if (start < 0) return { start, end: -1 };
  const after = text.indexOf("\n", start) + 1 || text.length;
  const next = text.slice(after).search(/^[ \t]*\[/m);
  return { start, end: next < 0 ? text.length : after + next };
}

/** A name in the heading of a table. A dot in it would begin another table. */
function header(name: string): string {
  return name.includes(".") ? `"${name}"` : name;
}

function lines(settings: ContextSettings): string {
  return KEYS.map((key) => settings[key] === undefined ? "" : `${key} = ${quoted(settings[key])}\n`).join("");
}

/** A text as TOML has it: JSON's escapes are TOML's, but for U+007F. */
function quoted(text: string): string {
  return JSON.stringify(text).replaceAll("\x7f", "\\u007f");
}

/** Writes a changed text, if it has the wanted contexts. */
async function change(
  { path, current }: ConfigFile,
  text: string,
  contexts: ReadonlyMap<string, ContextSettings>,
): Promise<void> {
  if (path === undefined) throw new SettingsError("neither HOME nor XDG_CONFIG_HOME says where the file is");
  const home = Deno.env.get("HOME");
  await rewrite(path, text, async (draft) => {
    const file = await readConfigFile(draft, home).catch(() => undefined);
    const wanted = described(contexts);
    if (file?.current === current && described(file.contexts) === wanted) return;
    throw new Error("paasc does not understand how it is written");
  }, "edit it yourself: 'paasc context --help' shows its form");
}

/** All contexts as one text, to compare them. Keys that are not set are left out. */
function described(contexts: ReadonlyMap<string, ContextSettings>): string {
  const all = [...contexts].filter(([name, settings]) => name !== "default" || KEYS.some((key) => settings[key]));
  return JSON.stringify(all.map(([name, settings]) => [name, KEYS.map((key) => settings[key] ?? null)]).sort());
}
