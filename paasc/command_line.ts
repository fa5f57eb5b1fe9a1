/**
 * The command line: `paasc [options] COMMAND [options] [words]`.
 *
 * Options stand before a command's own words. From the first of these on everything is passed on untouched, since for
 * `exec` it belongs to the remote program. A general parser would not do: those at hand look for `--` and options
 * behind that word as well. The options of every command may stand before its name too, those of its own behind it.
 *
 * @module
 */
import type { Command } from "./command.ts";
import { commands } from "./commands/mod.ts";
import { PaascError } from "./errors.ts";
import { type Given, type Option, options, type Settings, settingsFrom } from "./settings.ts";

/** What a command line asks for. */
export interface CommandLine {
  readonly command: Command;
  /** The command's own words. */
  readonly words: readonly string[];
  /** The options that were given, the command's own among them. */
  readonly given: Given;
  readonly settings: Settings;
}

/**
 * Reads a command line.
 *
 * @example
 * ```ts
 * import { parseCommandLine } from "./command_line.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const args = ["--server", "localhost:1", "exec", "-o", "json", "--", "ls", "--", "-o"];
 * const { command, words, settings } = parseCommandLine(args, () => undefined);
 * assertEquals(command.name, "exec");
 * assertEquals(words, ["ls", "--", "-o"]);
 * assertEquals([settings.server, settings.output], ["localhost:1", "json"]);
 * ```
 *
 * @throws {PaascError} When it is wrong; the message says what, and where to read about it
 */
export function parseCommandLine(
  args: readonly string[],
  environment: (name: string) => string | undefined,
): CommandLine {
  const given: Record<string, string | undefined> = {};
  const [name, ...rest] = takeOptions(args, options, given, "paasc");
  const command = name === undefined ? undefined : find(name);
  const known = [...options, ...command?.options ?? []];
  const words = command === undefined ? [] : takeOptions(rest, known, given, `paasc ${command.name}`);
  const settings = settingsFrom(given, environment);

  if (given.help !== undefined) return { command: find("help"), words: command ? [command.name] : [], given, settings };
  if (given.version !== undefined) return { command: find("version"), words: [], given, settings };
  if (command === undefined) throw new PaascError("usage", "a command is missing: see 'paasc --help'");
  return { command, words, given, settings };
}

function find(name: string): Command {
  const command = commands.find((command) => command.name === name);
  if (command) return command;
  const names = commands.map((command) => command.name).join(", ");
  throw new PaascError("usage", `unknown command '${name}' (there are ${names}): see 'paasc --help'`);
}

/** Moves the known options that the words begin with into `given`, drops one `--` behind them, and returns the rest. */
function takeOptions(
  words: readonly string[],
  known: readonly Option[],
  given: Record<string, string | undefined>,
  program: string,
): readonly string[] {
  const help = `see '${program} --help'`;
  for (let next = 0;;) {
    const word = words[next];
    if (word === "--") return words.slice(next + 1);
    if (word === undefined || word === "-" || !word.startsWith("-")) return words.slice(next);
    next++;

    // --name, --name=VALUE, --name VALUE; -l, -lVALUE, -l VALUE
    const long = /^--([^=]*)(?:=(.*))?$/s.exec(word);
    const [, name, inline] = long ?? /^-(.)(.+)?$/s.exec(word) ?? [];
    const option = known.find((option) => name === (long ? option.name : option.letter));
    if (!option) throw new PaascError("usage", `unknown option '${word}': ${help}`);

    if (option.value === undefined && inline !== undefined) {
      throw new PaascError("usage", `option '--${option.name}' takes no value: ${help}`);
    }
    const value = option.value === undefined ? "" : inline ?? words[next++];
    if (option.value !== undefined && !value) {
      throw new PaascError("usage", `option '--${option.name}' takes a value, ${option.value}: ${help}`);
    }
    given[option.name] = value;
  }
}
