/**
 * The options of the daemon, from flags, environment variables and the configuration file. A flag wins over a variable, and
 * a variable over the file.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { dirname, join, resolve } from "node:path";
import { UsageError } from "../errors.ts";
import { readRegularTextSync } from "../files/regular_file.ts";
import { parseConfig } from "./config_file.ts";
import { type Flag, variableOf } from "./flag.ts";
import { type FlagName, FLAGS } from "./flags.ts";

/** Flags without a value, which cannot stand in the configuration file. */
const SWITCHES = ["help", "version", "print-permissions", "check-config"] as const;

const FLAG_NAMES = Object.keys(FLAGS) as FlagName[];

/** The environment variables that stand for flags. */
export const VARIABLES = ["config", ...FLAG_NAMES].map(variableOf);

/** The name of an option: the flag in camel case. */
type Option<Name extends string> = Name extends `${infer First}-${infer Rest}` ? `${First}${Capitalize<Option<Rest>>}`
  : Name;

/** The value of each flag. */
type Values = {
  readonly [Name in FlagName as Option<Name>]: (typeof FLAGS)[Name] extends Flag<infer Value, infer Default>
    ? Default extends string ? Value : Value | undefined
    : never;
};

/** The options of a daemon. Durations are in milliseconds, sizes in bytes; `Infinity` is unlimited. */
export interface Options extends Values {
  /** The directory for runtime files of this user. */
  readonly temporary: string;
  /** The absolute path of the configuration file. */
  readonly config: string | undefined;
}

/** The action that the command line asks for. */
export type Invocation =
  | { readonly action: "help" | "version" }
  | { readonly action: "print-permissions" | "check-config" | "serve"; readonly options: Options };

/** Environment variables, as `Deno.env` has them. */
interface Environment {
  get(name: string): string | undefined;
}

/** The words of the command line, by flag. */
type Words =
  & Readonly<Record<(typeof SWITCHES)[number], boolean>>
  & Readonly<Record<string, string | string[] | boolean | undefined>>;

/** A configuration file. */
interface ConfigFile {
  /** The absolute path. */
  readonly path: string;
  readonly texts: ReadonlyMap<string, string>;
}

/** The text of a flag's value, and its origin. */
interface Found {
  /** The text; `undefined` if the flag has neither a value nor a default. */
  readonly text: string | undefined;
  /** The origin, for errors. */
  readonly source: string;
  /** The directory that relative paths start from; empty is the current one. */
  readonly directory: string;
}

/**
 * Parses the command line, and reads the rest of the options from the environment and the configuration file.
 *
 * @param readFile Reads the configuration file.
 * @throws {UsageError} When a flag, a variable or the configuration file is wrong.
 *
 * @example
 * ```ts
 * import { parseOptions } from "./options.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const invocation = parseOptions(["--listen", "[::1]:0"], new Map());
 * assertEquals(invocation.action === "serve" && invocation.options.listen, { host: "::1", port: 0 });
 * ```
 */
export function parseOptions(
  args: string[],
  environment: Environment,
  readFile: (path: string) => string = readRegularTextSync,
): Invocation {
  const words = parseWords(args);
  if (!words["print-permissions"]) { // start.sh adds --print-permissions to its own flags, so it wins over the others
    if (words.help) return { action: "help" };
    if (words.version) return { action: "version" };
  }
  const file = configFile(words, environment, readFile);
  const values = FLAG_NAMES.map((name) => [toOption(name), parseValue(name, find(name, words, environment, file))]);
  const runtime = environment.get("XDG_RUNTIME_DIR") || environment.get("TMPDIR") || "/tmp";
  const options = {
    ...Object.fromEntries(values) as Values,
    temporary: join(runtime, `paasd-${Deno.uid()}`),
    config: file?.path,
  };
  return { action: actionOf(words), options };
}

/** Returns the flags whose values differ and that a SIGHUP cannot change. */
export function needRestart(before: Options, after: Options): string[] {
  return FLAG_NAMES.filter((name) => {
    const flag: Flag<unknown> = FLAGS[name];
    const [past, present] = [before, after].map((options) => JSON.stringify(options[toOption(name)]));
    return !flag.reloads && past !== present;
  });
}

/** Sorts the words of the command line by flag. */
function parseWords(args: string[]): Words {
  const unknown = (arg: unknown): never => {
    throw new UsageError(`Unknown argument ${JSON.stringify(arg)}: see paasd --help`);
  };
  const words = parseArgs(withValues(args), {
    boolean: SWITCHES,
    string: ["config", ...FLAG_NAMES],
    collect: FLAG_NAMES.filter((name) => (FLAGS[name] as Flag<unknown>).many),
    unknown,
  });
  if (words._.length > 0) unknown(words._[0]);
  return words as unknown as Words;
}

/** Reads the configuration file, if the command line or the environment names one. */
function configFile(
  words: Words,
  environment: Environment,
  readFile: (path: string) => string,
): ConfigFile | undefined {
  const variable = variableOf("config");
  const [source, text] = typeof words["config"] === "string"
    ? ["--config", words["config"]]
    : [variable, environment.get(variable)];
  if (text === undefined) return undefined;
  if (text === "") throw new UsageError(`${source} must be a path, not ""`);
  const path = resolve(text);
  return { path, texts: parseConfig(path, read(path, readFile)) };
}

/**
 * Finds the text of a flag's value.
 *
 * An empty text is a value, and usually a wrong one: an unset variable in a script must not turn a protection off.
 */
function find(name: FlagName, words: Words, environment: Environment, file: ConfigFile | undefined): Found {
  const word = words[name];
  if (typeof word === "string" || Array.isArray(word) && word.length > 0) {
    return { text: String(word), source: `--${name}`, directory: "" }; // commas join the texts of a repeated flag
  }
  const variable = variableOf(name);
  const text = environment.get(variable);
  if (text !== undefined) return { text, source: variable, directory: "" };
  if (file?.texts.has(name)) {
    return { text: file.texts.get(name), source: `${name} in ${file.path}`, directory: dirname(file.path) };
  }
  return { text: FLAGS[name].default, source: `--${name}`, directory: "" };
}

function parseValue(name: FlagName, { text, source, directory }: Found): unknown {
  if (text === undefined) return undefined;
  const flag: Flag<unknown> = FLAGS[name];
  const value = flag.parse(text, directory);
  if (value === undefined) throw new UsageError(`${source} must be ${flag.expected}, not ${JSON.stringify(text)}`);
  return value;
}

function actionOf(words: Words): "print-permissions" | "check-config" | "serve" {
  if (words["print-permissions"]) return "print-permissions";
  return words["check-config"] ? "check-config" : "serve";
}

/**
 * Joins each flag with its value in one word. The parser needs that for an empty value, and for a flag that may stand alone.
 *
 * @throws {UsageError} When a flag that takes no value has one.
 */
function withValues(args: string[]): string[] {
  return args.flatMap((arg, index) => {
    const [name = "", ...value] = arg.startsWith("--") ? arg.slice(2).split("=") : [];
    if ((SWITCHES as readonly string[]).includes(name) && value.length > 0) {
      throw new UsageError(`--${name} takes no value`);
    }
    if (takesValue(args[index - 1]) && arg === "") return []; // joined with the flag before
    if (takesValue(arg) && args[index + 1] === "") return [`${arg}=`];
    return Object.hasOwn(FLAGS, name) && value.length === 0 && !takesValue(arg) ? [`${arg}=true`] : [arg];
  });
}

/** Whether a word is a flag, and the next word its value. */
function takesValue(word: string | undefined): boolean {
  const name = word?.startsWith("--") ? word.slice(2) : "";
  const flag: Flag<unknown> | undefined = Object.hasOwn(FLAGS, name) ? FLAGS[name as FlagName] : undefined;
  return name === "config" || flag?.value !== undefined;
}

function toOption(flag: string): keyof Values {
  return flag.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()) as keyof Values;
}

function read(path: string, readFile: (path: string) => string): string {
  try {
    return readFile(path);
  } catch (error) {
    const why = error instanceof Deno.errors.NotFound ? "there is no such file" : (error as Error).message;
    throw new UsageError(`Cannot read the configuration file ${path}: ${why}`);
  }
}
