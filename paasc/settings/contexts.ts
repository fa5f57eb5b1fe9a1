/**
 * Contexts: servers and certificates by name, in the configuration file `paasc.toml`.
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
 * Where there is no such file, looking for it is all that it costs: the parser is loaded when there is something to
 * parse.
 *
 * @module
 */
import { SettingsError } from "../errors.ts";
import { fileFault, withoutMark } from "../words/file_fault.ts";
import type { ContextSettings } from "./settings.ts";
import { didYouMean } from "../words/suggestion.ts";

/** The name of the context that sets nothing, unless the file has one of that name. */
export const defaultContext = "default";

/** What the configuration file says; one that does not exist says nothing. */
export interface ConfigFile {
  /** Where it is; undefined when the environment does not tell. */
  readonly path: string | undefined;
  readonly text: string;
  /** The name of the context that is used where no option or variable names another. */
  readonly current: string;
  /** The contexts by name, with paths that are absolute. */
  readonly contexts: ReadonlyMap<string, ContextSettings>;
}

/** Where the configuration file is looked for. A relative XDG_CONFIG_HOME does not count, says its specification. */
export function configPath(environment: (name: string) => string | undefined): string | undefined {
  const [directory, home] = ["XDG_CONFIG_HOME", "HOME"].map(environment);
  if (directory?.startsWith("/")) return `${directory}/paas/paasc.toml`;
  return home?.startsWith("/") ? `${home}/.config/paas/paasc.toml` : undefined;
}

/**
 * Reads the configuration file.
 *
 * @param home What `~/` stands for at the beginning of a path
 * @throws {SettingsError} When it cannot be read, or says what it cannot say
 */
export async function readConfigFile(path: string | undefined, home?: string): Promise<ConfigFile> {
  const text = path === undefined ? undefined : await read(path);
  const nothing: ContextSettings = {};
  const contexts = new Map([[defaultContext, nothing]]);
  if (path === undefined || text === undefined) return { path, text: "", current: defaultContext, contexts };

  const document = await parseToml(path, text);
  await refuseUnknown(path, document, ["current", "contexts"], "");
  const { current = defaultContext, contexts: tables = {} } = document;
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
 * What the context sets that is chosen by the option, the variable PAASC_CONTEXT or the configuration file.
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

/** The name of the context that is chosen by the option, the variable or the file. */
export function chosenName(
  { current }: ConfigFile,
  option: string | undefined,
  environment: (name: string) => string | undefined,
): string {
  return option ?? (environment("PAASC_CONTEXT") || current);
}

/**
 * A context of the file.
 *
 * @throws {SettingsError} When it has none of that name
 */
export function contextNamed({ path, text, contexts }: ConfigFile, name: string): ContextSettings {
  const context = contexts.get(name);
  if (context) return context;
  const why = path === undefined
    ? "neither HOME nor XDG_CONFIG_HOME tells where to look for it"
    : text === ""
    ? `${path} is empty or does not exist`
    : `${path} has ${[...contexts.keys()].sort().join(", ")}`;
  throw new SettingsError(`there is no context '${name}' (${why}): see 'paasc context --help'`);
}

async function read(path: string): Promise<string | undefined> {
  try {
    return withoutMark(await Deno.readTextFile(path));
  } catch (cause) {
    // ENOTDIR: a file stands where a directory would be.
    if (cause instanceof Deno.errors.NotFound || cause instanceof Deno.errors.NotADirectory) return undefined;
    throw new SettingsError(`cannot read the configuration file ${path}: ${fileFault(cause)}`, { cause });
  }
}

/** What a text says in TOML. */
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

/** The first table that a text defines a second time, for parsers name that in words of their own. */
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

/** What one of the tables of contexts says. */
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

/** A value that must be a table. */
function tableOf(path: string, name: string, value: unknown): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date)) {
    return value as Record<string, unknown>;
  }
  throw wrong(path, `'${name}' must be a table`);
}

/** Refuses what nobody would read: most often it is misspelt. */
async function refuseUnknown(path: string, table: object, known: readonly string[], prefix: string): Promise<void> {
  const key = Object.keys(table).find((key) => !known.includes(key));
  if (key === undefined) return;
  const hint = await didYouMean(key, known) || ` (there are ${known.join(", ")})`;
  throw wrong(path, `unknown key '${prefix}${key}'${hint}`);
}

function wrong(path: string, what: string): SettingsError {
  return new SettingsError(`${path}: ${what}`);
}
