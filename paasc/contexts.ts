/**
 * Contexts: servers and certificates by name, in the configuration file `paasc.toml`.
 *
 * ```toml
 * current = "prod"
 * [contexts.prod]
 * server = "paas.example.com:50051"
 * ca = "prod/server-ca.crt"     # relative paths count from the file's directory
 * cert = "prod/alice.crt"
 * key = "prod/alice.key"
 * ```
 *
 * Where there is no such file, looking for it is all that it costs: the parser is loaded when there is something to
 * parse.
 *
 * @module
 */
import { PaascError } from "./errors.ts";
import type { ContextSettings } from "./settings.ts";
import { didYouMean } from "./suggestion.ts";

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
 * @throws {PaascError} When it cannot be read, or says what it cannot say
 */
export async function readConfigFile(path: string | undefined): Promise<ConfigFile> {
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
    contexts.set(name, await contextFrom(path, name, tableOf(path, `contexts.${name}`, table)));
  }
  return { path, text, current, contexts };
}

/**
 * What the context sets that is chosen by the option, the variable PAASC_CONTEXT or the configuration file.
 *
 * @throws {PaascError} When there is no such context, or the file is wrong
 */
export async function chosenContext(
  option: string | undefined,
  environment: (name: string) => string | undefined,
): Promise<ContextSettings> {
  const file = await readConfigFile(configPath(environment));
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
 * @throws {PaascError} When it has none of that name
 */
export function contextNamed({ path, text, contexts }: ConfigFile, name: string): ContextSettings {
  const context = contexts.get(name);
  if (context) return context;
  const why = path === undefined
    ? "neither HOME nor XDG_CONFIG_HOME tells where to look for it"
    : text === ""
    ? `${path} is empty or does not exist`
    : `${path} has ${[...contexts.keys()].sort().join(", ")}`;
  throw new PaascError("usage", `there is no context '${name}' (${why}): see 'paasc context --help'`);
}

async function read(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (cause) {
    // ENOTDIR: a file stands where a directory would be.
    if (cause instanceof Deno.errors.NotFound || cause instanceof Deno.errors.NotADirectory) return undefined;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new PaascError("usage", `cannot read the configuration file ${path}: ${why}`, { cause });
  }
}

/** What a text says in TOML. */
async function parseToml(path: string, text: string): Promise<Record<string, unknown>> {
  const { parse, TomlError } = await import("smol-toml");
  try {
    return parse(text);
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const [why] = cause.message.replace(/^Invalid TOML document: /, "").split("\n");
    throw new PaascError("usage", `${path}:${cause.line} is no TOML: ${why}`, { cause });
  }
}

/** What one of the tables of contexts says. */
async function contextFrom(path: string, name: string, table: Record<string, unknown>): Promise<ContextSettings> {
  await refuseUnknown(path, table, ["server", "ca", "cert", "key"], `contexts.${name}.`);
  const directory = path.slice(0, path.lastIndexOf("/"));
  const context: Record<string, string> = {};
  for (const [key, value] of Object.entries(table)) {
    if (typeof value !== "string" || value === "") {
      throw wrong(path, `'contexts.${name}.${key}' must be text in quotes`);
    }
    context[key] = key === "server" || value.startsWith("/") ? value : `${directory}/${value}`;
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

function wrong(path: string, what: string): PaascError {
  return new PaascError("usage", `${path}: ${what}`);
}
