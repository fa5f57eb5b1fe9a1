/**
 * What the daemon is told at its start: by flags, by variables of the environment, by the configuration file, in this
 * order.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { dirname, join, resolve } from "node:path";
import { parseConfig } from "./config_file.ts";
import { UsageError } from "../errors.ts";
import { type Flag, type FlagName, FLAGS, variableOf } from "./flags.ts";
import { readRegularTextSync } from "../files/regular_file.ts";

/** What has no place in a configuration file. */
const SWITCHES = ["help", "version", "print-permissions", "check-config"] as const;

/** The environment variables that stand for flags. */
export const VARIABLES = ["config", ...Object.keys(FLAGS)].map(variableOf);

/** An option is a flag in camel case. */
type Option<Name extends string> = Name extends `${infer First}-${infer Rest}` ? `${First}${Capitalize<Option<Rest>>}`
  : Name;

/** The value of each flag. */
type Values = {
  readonly [Name in FlagName as Option<Name>]: (typeof FLAGS)[Name] extends Flag<infer Value, infer Default>
    ? Default extends string ? Value : Value | undefined
    : never;
};

/** What the daemon is told at its start. Durations are in milliseconds, sizes in bytes (`Infinity` is unlimited). */
export interface Options extends Values {
  /** The directory for runtime files of this user. */
  readonly temporary: string;
  /** The absolute path of the configuration file. */
  readonly config: string | undefined;
}

/** What the command line asks for. */
export type Invocation =
  | { readonly action: "help" | "version" }
  | { readonly action: "print-permissions" | "check-config" | "serve"; readonly options: Options };

/** Where variables come from: `Deno.env` has it. */
interface Environment {
  get(name: string): string | undefined;
}

/**
 * Reads the command line. Flags win over variables of the environment, and these over the configuration file.
 *
 * @param readFile Reads the configuration file.
 * @throws {UsageError} when anything is wrong.
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
  const unknown = (arg: unknown) => new UsageError(`Unknown argument ${JSON.stringify(arg)}: see paasd --help`);
  const given = parseArgs(withValues(args), {
    boolean: SWITCHES,
    string: ["config", ...Object.keys(FLAGS)],
    collect: Object.keys(FLAGS).filter((name) => FLAGS[name as FlagName].many),
    unknown: (arg) => {
      throw unknown(arg);
    },
  });
  if (given._.length > 0) throw unknown(given._[0]);
  // start.sh adds --print-permissions to whatever it was given, so it comes first.
  if (!given["print-permissions"]) {
    if (given.help) return { action: "help" };
    if (given.version) return { action: "version" };
  }

  const texts = given as Record<string, string | string[] | undefined>;
  const [configSource, config] = texts["config"] !== undefined
    ? ["--config", texts["config"] as string]
    : [variableOf("config"), environment.get(variableOf("config"))];
  if (config === "") throw new UsageError(`${configSource} must be a path, not ""`);
  const path = config === undefined ? undefined : resolve(config);
  const file = path === undefined ? new Map<string, string>() : parseConfig(path, read(path, readFile));

  /** The value of one flag. */
  function value(name: FlagName): unknown {
    const flag: Flag<unknown> = FLAGS[name];
    const text = texts[name];
    const variable = environment.get(variableOf(name));
    // An empty text was given, which is not the same as none: a wall must not fall because a variable of its is not set.
    const [source, chosen, directory] = typeof text === "string" || text?.length
      ? [`--${name}`, String(text), ""] // several are joined by commas
      : variable !== undefined
      ? [variableOf(name), variable, ""]
      : file.has(name)
      ? [`${name} in ${path}`, file.get(name), dirname(path!)]
      : [`--${name}`, flag.default, ""];
    if (chosen === undefined) return undefined;
    const parsed = flag.parse(chosen, directory);
    if (parsed === undefined) throw new UsageError(`${source} must be ${flag.expected}, not ${JSON.stringify(chosen)}`);
    return parsed;
  }

  const options = {
    ...Object.fromEntries(Object.keys(FLAGS).map((name) => [toOption(name), value(name as FlagName)])) as Values,
    temporary: join(environment.get("XDG_RUNTIME_DIR") || environment.get("TMPDIR") || "/tmp", `paasd-${Deno.uid()}`),
    config: path,
  };
  return { action: actionOf(given), options };
}

/** Those that a SIGHUP cannot take over: the flags whose values differ. */
export function needRestart(before: Options, after: Options): string[] {
  return Object.entries(FLAGS as Record<string, Flag<unknown>>).filter(([name, { reloads }]) => {
    const [old, young] = [before, after].map((options) => JSON.stringify(options[toOption(name)]));
    return !reloads && old !== young;
  }).map(([name]) => name);
}

function actionOf(given: Record<(typeof SWITCHES)[number], boolean>): "print-permissions" | "check-config" | "serve" {
  if (given["print-permissions"]) return "print-permissions";
  return given["check-config"] ? "check-config" : "serve";
}

/**
 * Each flag with its value in one word, as the parser has to have it for a flag that is a switch, and for an empty value.
 *
 * @throws {UsageError} when one that takes no value has one.
 */
function withValues(args: string[]): string[] {
  return args.flatMap((arg, index) => {
    const [name = "", ...value] = arg.startsWith("--") ? arg.slice(2).split("=") : [];
    if ((SWITCHES as readonly string[]).includes(name) && value.length > 0) {
      throw new UsageError(`--${name} takes no value`);
    }
    if (takesValue(args[index - 1]) && arg === "") return []; // it went to the flag before
    if (takesValue(arg) && args[index + 1] === "") return [`${arg}=`];
    return Object.hasOwn(FLAGS, name) && value.length === 0 && !takesValue(arg) ? [`${arg}=true`] : [arg];
  });
}

/** Whether a word is a flag whose value is the next word. */
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
