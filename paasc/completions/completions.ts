/**
 * Completion scripts for shells. A script contains a table, which is made from the commands themselves.
 *
 * The scripts read the command line as `command_line.ts` does. The table takes the words of a command from the usage line
 * of its help. The scripts get ids, names and contexts when they need them, by running `paasc list` and `paasc context
 * list`, whose output to a pipe is for programs.
 *
 * @module
 */
import { type Command, namesOf } from "../command.ts";
import { COMMON_OPTIONS, type Option } from "../settings/settings.ts";
import { signalName } from "../words/signal_names.ts";
import bash from "./paasc.bash" with { type: "text" };
import fish from "./paasc.fish" with { type: "text" };
import zsh from "./paasc.zsh" with { type: "text" };

/** Script of each shell, and the function that escapes a text between single quotes. */
const SHELLS = {
  bash: { script: bash, quoted: (text: string) => text.replaceAll("'", `'\\''`) },
  zsh: { script: zsh, quoted: (text: string) => text.replaceAll("'", `'\\''`) },
  fish: { script: fish, quoted: (text: string) => text.replace(/[\\']/g, "\\$&") },
} as const;

/** A shell that has a completion script. */
export type Shell = keyof typeof SHELLS;

/** Makes the script for a shell. */
export function completionScript(shell: Shell, commands: readonly Command[]): string {
  const { script, quoted } = SHELLS[shell];
  return script.replace("@TABLE@", () => quoted(completionTable(commands)));
}

/** Makes the table, whose format stands at the head of each script. */
export function completionTable(commands: readonly Command[]): string {
  const line = (...fields: string[]) => fields.map((field) => field || "-").join("\t");
  const optionLine = (command: string) => ({ name, letter, value, completes, help }: Option) =>
    line(
      "option",
      command,
      letter ? `--${name} -${letter}` : `--${name}`,
      completes ?? (value === "SIGNAL" ? SIGNALS : value) ?? "",
      help,
    );
  return [
    ...COMMON_OPTIONS.map(optionLine("")),
    ...commands.flatMap((command) => [
      line("command", namesOf(command).join(" "), wordsOf(command, commands), command.summary),
      ...(command.options ?? []).map(optionLine(command.name)),
    ]),
  ].join("\n");
}

/** Names of signals, without SIG. */
const SIGNALS = Array.from({ length: 31 }, (_, index) => signalName(index + 1).slice("SIG".length)).join("|");

/** Commands that act on processes that have not finished. */
const ON_LIVE = ["attach", "signal", "stop"];

/** Gives the kinds of a command's words, by its usage line. Kinds with known candidates are replaced by these. */
function wordsOf({ name, help }: Command, commands: readonly Command[]): string {
  const usage = help.slice(0, help.indexOf("\n")).replace(`Usage: paasc ${name}`, "");
  const known = new Map([
    ["COMMAND", commands.map(({ name }) => name).join("|")],
    ["SIGNAL", SIGNALS],
    ["ARGUMENT", "FILE"],
    ["DESTINATION", "FILE"],
    ["ID", ON_LIVE.includes(name) ? "LIVE" : "ID"],
  ]);
  const words = usage.replace(/\[(?:options|--)\]/g, "").replace(/[[\]]/g, "").split(" ").filter(Boolean);
  return words.map((word) => word.replace(/^[A-Z]+/, (kind) => known.get(kind) ?? kind)).join(" ");
}
