/**
 * Parses the command line: `paasc [options] COMMAND [options] [words]`.
 *
 * Options stand before the words of a command. All words from the first one on are passed on unchanged, because in `exec`
 * they belong to the remote program. General parsers do not fit: they look for `--` and options after that word as well.
 * Options of all commands may also stand before the name of the command, its own options only after the name.
 *
 * @module
 */
import type { Command } from "./command.ts";
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
import { didYouMean } from "./words/suggestion.ts";

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
  const given: Record<string, string | undefined> = {};
  const repeated: Record<string, string[]> = {};
  const [name, ...rest] = await takeOptions(args, COMMON_OPTIONS, { given, repeated }, "paasc");
  const command = name === undefined ? undefined : await find(name);
  const known = [...COMMON_OPTIONS, ...command?.options ?? []];
  const words = command ? await takeOptions(rest, known, { given, repeated }, `paasc ${command.name}`) : [];

  const wanted = given.help !== undefined
    ? { command: await find("help"), words: command ? [command.name] : [] }
    : given.version !== undefined
    ? { command: await find("version"), words: [] }
    : { command, words };
  if (wanted.command === undefined) throw new ExitError("usage", "a command is missing: see 'paasc --help'");
  // Local commands work without the configuration file: help must come even if it is wrong, and `paasc context` explains it.
  const context = local.includes(wanted.command)
    ? {}
    : await (await import("./settings/contexts.ts")).chosenContext(given.context, environment);
  return { ...wanted, command: wanted.command, given, repeated, settings: settingsFrom(given, environment, context) };
}

async function find(name: string): Promise<Command> {
  const command = commands.find((command) => command.name === name || command.aliases?.includes(name));
  if (command) return command;
  const names = commands.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
  const hint = await didYouMean(name, names) || ` (there are ${commands.map(({ name }) => name).join(", ")})`;
  throw new ExitError("usage", `unknown command '${name}'${hint}: see 'paasc --help'`);
}

/** The options taken from a command line. */
interface Taken {
  readonly given: Record<string, string | undefined>;
  readonly repeated: Record<string, string[]>;
}

/** Takes the known options at the beginning of the words, drops one `--` after them, and returns the rest. */
async function takeOptions(
  words: readonly string[],
  known: readonly Option[],
  { given, repeated }: Taken,
  program: string,
): Promise<readonly string[]> {
  const help = `see '${program} --help'`;
  for (let next = 0;;) {
    const word = words[next];
    if (word === "--") return words.slice(next + 1);
    if (word === undefined || word === "-" || !word.startsWith("-")) return words.slice(next);
    next++;
    const bare = known.find((option) => option.bare?.(word.slice(1)));
    if (bare) {
      given[bare.name] = word.slice(1);
      continue;
    }

    // --name, --name=VALUE, --name VALUE; -l, -lVALUE, -l VALUE; and -abl is -a -b -l where a and b take no value
    const long = /^--([^=]*)(?:=(.*))?$/s.exec(word);
    let [, name, inline] = long ?? /^-(.)(.+)?$/s.exec(word) ?? [];
    const named = () => known.find((option) => name === (long ? option.name : option.letter));
    let option = named();
    while (!long && option && option.value === undefined && inline !== undefined) {
      given[option.name] = "";
      [, name, inline] = /^(.)(.+)?$/s.exec(inline) ?? [];
      option = named();
    }
    if (!option) {
      const hint = await didYouMean(word.replace(/^--?|=.*$/gs, ""), known.map(({ name }) => name), "--");
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
