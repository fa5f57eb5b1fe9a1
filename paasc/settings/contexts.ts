/**
 * Contexts, which are named servers with their certificates, from the configuration file `paasc.toml`.
 *
 * ```toml
 * current = "prod"
 * [contexts.prod]
 * server = "paas.example.com:50051"
 * ca = "prod/server-ca.crt"     # relative paths count from the file's directory, and "~/" from HOME
 * cert = "prod/alice.crt"
 * key = "prod/alice.key"
 * ```
 *
 * A user without such a file pays only for looking for it: the parser is loaded when there is a file to parse.
 *
 * @module
 */
import { SettingsError } from "../errors.ts";
import { fileFault, withoutMark } from "../words/file_fault.ts";
import { faultOf, readTextFile } from "../words/platform.ts";
import type { ContextSettings } from "./settings.ts";

/** Name of the context that sets nothing, unless the file defines a context of that name. */
const DEFAULT_CONTEXT = "default";

/** Contents of the configuration file. A file that does not exist has none. */
export interface ConfigFile {
  /** Path of the file; undefined if neither HOME nor XDG_CONFIG_HOME gives one. */
  readonly path: string | undefined;
  /** Text of the file; empty if there is no file. */
  readonly text: string;
  /** Name of the context that applies unless an option or a variable names another. */
  readonly current: string;
  /** Contexts by name; their paths are absolute. */
  readonly contexts: ReadonlyMap<string, ContextSettings>;
}

/** Finds the path of the configuration file. A relative XDG_CONFIG_HOME is ignored, as its specification demands. */
export function configPath(environment: (name: string) => string | undefined): string | undefined {
  const [directory, home] = ["XDG_CONFIG_HOME", "HOME"].map(environment);
  if (directory?.startsWith("/")) return `${directory}/paas/paasc.toml`;
  return home?.startsWith("/") ? `${home}/.config/paas/paasc.toml` : undefined;
}

/**
 * Reads the configuration file.
 *
 * @param home Replaces `~` in paths that begin with `~/`
 * @throws {SettingsError} When the file cannot be read or is wrong
 */
export async function readConfigFile(path: string | undefined, home?: string): Promise<ConfigFile> {
  const text = path === undefined ? undefined : await read(path);
  const nothing: ContextSettings = {};
  const contexts = new Map([[DEFAULT_CONTEXT, nothing]]);
  if (path === undefined || text === undefined) return { path, text: "", current: DEFAULT_CONTEXT, contexts };

  const document = await parseToml(path, text);
  await refuseUnknown(path, document, ["current", "contexts"], "");
  const { current = DEFAULT_CONTEXT, contexts: tables = {} } = document;
  if (typeof current !== "string") throw wrong(path, "'current' must be the name of a context, in quotes");
  for (const [name, table] of Object.entries(tableOf(path, "contexts", tables))) {
    if (!/^[\w.-]+$/.test(name)) {
      throw wrong(path, `'${name}' is no name for a context: it is of letters, digits, '.', '_' and '-'`);
    }
    contexts.set(name, await contextFrom(path, name, tableOf(path, `contexts.${name}`, table), home));
  }
  return { path, text, current, contexts };
}

/**
 * Reads the context that the option, the variable PAASC_CONTEXT or the configuration file chooses.
 *
 * @throws {SettingsError} When there is no such context, or the file is wrong
 */
export async function chosenContext(
  option: string | undefined,
  environment: (name: string) => string | undefined,
): Promise<ContextSettings> {
  const file = await readConfigFile(configPath(environment), environment("HOME"));
  return contextNamed(file, chosenName(file, option, environment));
}

/** Name of the context that the option, the variable PAASC_CONTEXT or the configuration file chooses. */
export function chosenName(
  { current }: ConfigFile,
  option: string | undefined,
  environment: (name: string) => string | undefined,
): string {
  return option ?? (environment("PAASC_CONTEXT") || current);
}

/**
 * Gives the context of this name.
 *
 * @throws {SettingsError} When the file has no context of this name
 */
export function contextNamed({ path, text, contexts }: ConfigFile, name: string): ContextSettings {
  const context = contexts.get(name);
  if (context) return context;
  const why = path === undefined
    ? "neither HOME nor XDG_CONFIG_HOME says where the file is"
    : text === ""
    ? `${path} is empty or does not exist`
    : `${path} has ${[...contexts.keys()].sort().join(", ")}`;
  throw new SettingsError(`there is no context '${name}' (${why}): see 'paasc context --help'`);
}

async function read(path: string): Promise<string | undefined> {
  try {
    return withoutMark(await readTextFile(path));
  } catch (cause) {
    if (["missing", "not-a-directory"].includes(faultOf(cause)!)) return undefined;
    throw new SettingsError(`cannot read the configuration file ${path}: ${fileFault(cause)}`, { cause });
  }
}

/** Parses TOML. */
async function parseToml(path: string, text: string): Promise<Record<string, unknown>> {
  const { parse, TomlError } = await import("smol-toml");
  try {
    return parse(text);
  } catch (cause) {
    const twice = tableTwice(text);
    if (twice) {
      throw new SettingsError(`${path}:${twice.line} is no TOML: [${twice.name}] is defined twice`, { cause });
    }
    if (!(cause instanceof TomlError)) throw cause;
    const [why] = cause.message.replace(/^Invalid TOML document: /, "").split("\n");
    throw new SettingsError(`${path}:${cause.line} is no TOML: ${why}`, { cause });
  }
}

/** Finds the first table that a text defines twice: the parser's own message for that is hard to understand. */
function tableTwice(text: string): { name: string; line: number } | undefined {
  const seen = new Set<string>();
  for (const [index, line] of text.split("\n").entries()) {
    const name = /^\s*\[([^[\]]+)\]\s*(?:#.*)?$/.exec(line)?.[1]?.replace(/[\s"']/g, "");
    if (name === undefined) continue;
    if (seen.has(name)) return { name, line: index + 1 };
    seen.add(name);
  }
  return undefined;
}

/** Reads one table of the contexts. */
async function contextFrom(
  path: string,
  name: string,
  table: Record<string, unknown>,
  home: string | undefined,
): Promise<ContextSettings> {
  await refuseUnknown(path, table, ["server", "ca", "cert", "key"], `contexts.${name}.`);
  const directory = path.slice(0, path.lastIndexOf("/"));
  const context: Record<string, string> = {};
  for (const [key, value] of Object.entries(table)) {
    if (typeof value !== "string" || value === "") {
      throw wrong(path, `'contexts.${name}.${key}' must be text in quotes`);
    }
    if (key === "server" || value.startsWith("/")) context[key] = value;
    else if (!value.startsWith("~/")) context[key] = `${directory}/${value}`;
    else if (home) context[key] = home + value.slice(1);
    else throw wrong(path, `'contexts.${name}.${key}' begins with '~/', and HOME is not set: give the whole path`);
  }
  return context;
}

/** Checks that a value is a table. */
function tableOf(path: string, name: string, value: unknown): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date)) {
    return value as Record<string, unknown>;
  }
  throw wrong(path, `'${name}' must be a table`);
}

/** Refuses a key that nothing reads: most often it is misspelt. */
async function refuseUnknown(path: string, table: object, known: readonly string[], prefix: string): Promise<void> {
  const key = Object.keys(table).find((key) => !known.includes(key));
  if (key === undefined) return;
  const { didYouMean } = await import("../words/suggestion.ts");
  const hint = didYouMean(key, known) || ` (there are ${known.join(", ")})`;
  throw wrong(path, `unknown key '${prefix}${key}'${hint}`);
}

function wrong(path: string, what: string): SettingsError {
  return new SettingsError(`${path}: ${what}`);
}
