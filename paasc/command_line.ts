/**
 * Parses the command line: `paasc [options] COMMAND [options] [words]`.
 *
 * Options stand before, between or after the words of a command. Only a command that takes a program has its options before
 * the program: all words from there on belong to it, and are passed on unchanged. General parsers do not fit: they look for
 * `--` and options after that word as well. Options of all commands may also stand before the name of the command, its own
 * options only after the name.
 *
 * @module
 */
import { type Command, namesOf } from "./command.ts";
import { commands, local } from "./commands/mod.ts";
import { ExitError } from "./exit.ts";
import {
  COMMON_OPTIONS,
  type Given,
  type Option,
  type Repeated,
  type Settings,
  settingsFrom,
} from "./settings/settings.ts";

/** A parsed command line. */
export interface CommandLine {
  readonly command: Command;
  /** The words after the options. */
  readonly words: readonly string[];
  /** The given options: those of all commands and those of the command. */
  readonly given: Given;
  /** The given repeatable options. */
  readonly repeated: Repeated;
  readonly settings: Settings;
}

/**
 * Parses a command line.
 *
 * @example
 * ```ts
 * import { parseCommandLine } from "./command_line.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const args = ["--server", "localhost:1", "exec", "-o", "json", "--", "ls", "--", "-o"];
 * const { command, words, settings } = await parseCommandLine(args, () => undefined);
 * assertEquals(command.name, "exec");
 * assertEquals(words, ["ls", "--", "-o"]);
 * assertEquals([settings.server, settings.output], ["localhost:1", "json"]);
 * ```
 *
 * @throws {ExitError} When the command line is wrong; the message says what is wrong, and which help to read
 * @throws {SettingsError} When the configuration file is wrong
 */
export async function parseCommandLine(
  args: readonly string[],
  environment: (name: string) => string | undefined,
): Promise<CommandLine> {
  const taken: Taken = { given: {}, repeated: {} };
  const [name, ...rest] = await takeOptions(args, { known: COMMON_OPTIONS, program: "paasc" }, taken);
  const command = name === undefined ? undefined : await find(name);
  const words = command ? await takeOptions(rest, syntaxOf(command), taken) : [];
  const { repeated } = taken;
  const given = { ...command && command.aliases?.[name!], ...taken.given };

  const wanted = given.help !== undefined || args.length === 0
    ? { command: await find("help"), words: command ? [command.name] : [] }
    : given.version !== undefined
    ? { command: await find("version"), words: [] }
    : { command, words };
  if (wanted.command === undefined) throw new ExitError("usage", "a command is missing: see 'paasc --help'");
  // Local commands work without the configuration file: help must come even if it is wrong, and `paasc context` explains it.
  const context = local.includes(wanted.command)
    ? {}
    : await (await import("./settings/contexts.ts")).chosenContext(given.context, environment);
  const special = wanted.command.outputs?.includes(given.output ?? "");
  const settings = settingsFrom(special ? { ...given, output: "text" } : given, environment, context);
  return { ...wanted, command: wanted.command, given, repeated, settings };
}

async function find(name: string): Promise<Command> {
  const command = commands.find((command) => namesOf(command).includes(name));
  if (command) return command;
  const { commandHint } = await import("./words/command_hints.ts");
  const hint = commandHint(name, commands.flatMap(namesOf));
  throw new ExitError("usage", `unknown command '${name}'${hint}: see 'paasc --help'`);
}

function syntaxOf({ name, options = [], hints, takesProgram = false }: Command): Syntax {
  return { known: [...COMMON_OPTIONS, ...options], hints, program: `paasc ${name}`, mixed: !takesProgram };
}

/** The options taken from a command line. */
interface Taken {
  readonly given: Record<string, string | undefined>;
  readonly repeated: Record<string, string[]>;
}

/** The options that may come, and where. */
interface Syntax {
  readonly known: readonly Option[];
  readonly hints?: Command["hints"];
  /** The command whose help explains them. */
  readonly program: string;
  /** Whether options may also stand between and after the words. */
  readonly mixed?: boolean;
}

/**
 * Takes the options from the words, drops one `--`, which ends the options, and returns the other words.
 *
 * @throws {ExitError} When an option is unknown, or its value is missing
 */
async function takeOptions(
  words: readonly string[],
  { known, hints = {}, program, mixed = false }: Syntax,
  { given, repeated }: Taken,
): Promise<readonly string[]> {
  const help = `see '${program} --help'`;
  const rest: string[] = [];
  for (let next = 0;;) {
    const word = words[next];
    if (word === undefined) return rest;
    if (word === "--") return [...rest, ...words.slice(next + 1)];
    if (word === "-" || !word.startsWith("-")) {
      if (!mixed) return words.slice(next);
      rest.push(word);
      next++;
      continue;
    }
    next++;
    const bare = known.find((option) => option.bare?.(word.slice(1)));
    if (bare) {
      given[bare.name] = word.slice(1);
      continue;
    }

    // --name, --name=VALUE, --name VALUE; -l, -lVALUE, -l VALUE; and -abl is -a -b -l where a and b take no value
    const long = /^--([^=]*)(?:=(.*))?$/s.exec(word);
    let [, name, inline] = long ?? /^-(.)(.+)?$/s.exec(word) ?? [];
    const isNamed = (option: Option) =>
      name === (long ? option.name : option.letter) ||
      name !== undefined && option.also?.includes(name) && (name.length > 1) === !!long;
    let option = known.find(isNamed);
    while (!long && option && option.value === undefined && inline !== undefined) {
      given[option.name] = "";
      [, name, inline] = /^(.)(.+)?$/s.exec(inline) ?? [];
      option = known.find(isNamed);
    }
    if (!option) {
      const spelt = `${long ? "--" : "-"}${name}`;
      if (Object.hasOwn(hints, spelt)) throw new ExitError("usage", `there is no option '${spelt}': ${hints[spelt]}`);
      const { didYouMean } = await import("./words/suggestion.ts");
      const hint = didYouMean(word.replace(/^--?|=.*$/gs, ""), known.map(({ name }) => name), "--");
      const joined = !hint && !long && !word.startsWith(`-${name}`) ? `'-${name}' in ` : "";
      throw new ExitError("usage", `unknown option ${joined}'${word}'${hint}: ${help}`);
    }

    if (option.value === undefined && inline !== undefined) {
      throw new ExitError("usage", `option '--${option.name}' takes no value: ${help}`);
    }
    const value = option.value === undefined ? "" : inline ?? words[next++];
    if (value === undefined || option.value !== undefined && value === "") {
      throw new ExitError("usage", `option '--${option.name}' takes a value, ${option.value}: ${help}`);
    }
    if (option.repeatable) (repeated[option.name] ??= []).push(value);
    else given[option.name] = value;
  }
}
