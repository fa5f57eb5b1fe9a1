/**
 * What shells complete: a script for each, with a table that is made of the commands themselves.
 *
 * The scripts walk the command line as `command_line.ts` does. Of the words behind a command the table says what the
 * first line of its help does. Ids, names and contexts are asked for when they are needed, by `paasc list` and `paasc
 * context list` in a pipe: what these print is for programs anyway.
 *
 * @module
 */
import type { Command } from "../command.ts";
import { type Option, options } from "../settings/settings.ts";
import { signalName } from "../words/signal_names.ts";
import bash from "./paasc.bash" with { type: "text" };
import fish from "./paasc.fish" with { type: "text" };
import zsh from "./paasc.zsh" with { type: "text" };

/** The shells, and how each of them reads a text in single quotes. */
const shells = {
  bash: { script: bash, quoted: (text: string) => text.replaceAll("'", `'\\''`) },
  zsh: { script: zsh, quoted: (text: string) => text.replaceAll("'", `'\\''`) },
  fish: { script: fish, quoted: (text: string) => text.replace(/[\\']/g, "\\$&") },
} as const;

/** A shell that can be told what to complete. */
export type Shell = keyof typeof shells;

/** The script for a shell. */
export function completionScript(shell: Shell, commands: readonly Command[]): string {
  const { script, quoted } = shells[shell];
  return script.replace("@TABLE@", () => quoted(completionTable(commands)));
}

/** What there is to complete, a line each, as the scripts say it. */
export function completionTable(commands: readonly Command[]): string {
  const line = (...fields: string[]) => fields.map((field) => field || "-").join("\t");
  const optionLine = (command: string) => ({ name, letter, value, completes, help }: Option) =>
    line(
      "option",
      command,
      letter ? `--${name} -${letter}` : `--${name}`,
      completes ?? (value === "SIGNAL" ? signals : value) ?? "",
      help,
    );
  return [
    ...options.map(optionLine("")),
    ...commands.flatMap((command) => [
      line("command", [command.name, ...command.aliases ?? []].join(" "), wordsOf(command, commands), command.summary),
      ...(command.options ?? []).map(optionLine(command.name)),
    ]),
  ].join("\n");
}

/** The names of signals, without SIG. */
const signals = Array.from({ length: 31 }, (_, index) => signalName(index + 1).slice("SIG".length)).join("|");

/** These act on processes that have not finished. */
const onLive = ["attach", "signal", "stop"];

/** What the words of a command are, by the usage that its help begins with; what can be told now is. */
function wordsOf({ name, help }: Command, commands: readonly Command[]): string {
  const usage = help.slice(0, help.indexOf("\n")).replace(`Usage: paasc ${name}`, "");
  const known = new Map([
    ["COMMAND", commands.map(({ name }) => name).join("|")],
    ["SIGNAL", signals],
    ["ARGUMENT", "FILE"],
    ["ID", onLive.includes(name) ? "LIVE" : "ID"],
  ]);
  const words = usage.replace(/\[(?:options|--)\]/g, "").replace(/[[\]]/g, "").split(" ").filter(Boolean);
  return words.map((word) => word.replace(/^[A-Z]+/, (kind) => known.get(kind) ?? kind)).join(" ");
}
