/** `paasc help`: prints help. */
import { type Command, namesOf } from "../../command.ts";
import { ExitError } from "../../exit.ts";
import { print } from "../../print/output.ts";
import { COMMON_OPTIONS, type Option } from "../../settings/settings.ts";

const help = `Usage: paasc help [COMMAND]

Prints an overview of paasc, or the help of a command. 'paasc help settings' lists
all settings, and what sets them.
`;

/** Makes the command for a table of commands, which includes this command. */
export function helpFor(commands: () => readonly Command[]): Command {
  return {
    name: "help",
    summary: "print an overview, or the help of a command",
    help,

    async run([name, ...more], { stdout }) {
      if (more.length > 0) throw new ExitError("usage", "help takes one command: see 'paasc help'");
      await print(stdout, await helpText(commands(), name));
    },
  };
}

/**
 * The text that `paasc help` prints.
 *
 * @param name A command, or `settings`; default is the overview
 * @throws {ExitError} `usage` when there is no such command
 */
export async function helpText(commands: readonly Command[], name?: string): Promise<string> {
  if (name === undefined) return overview(commands);
  if (name === "settings") return (await import("../../settings/settings_table.ts")).settingsText();
  const command = commands.find((command) => namesOf(command).includes(name));
  if (!command) throw new ExitError("usage", `unknown command '${name}': see 'paasc help'`);
  const own = command.options ? `\nOptions of this command:\n${table(command.options)}\n` : "";
  return `${command.help}${own}\nSee 'paasc --help' for the options of all commands.\n`;
}

/** The options as lines of help. */
function table(options: readonly Option[]): string {
  return options.map(({ name, letter, value, repeatable, variable, help }) => {
    const names = `${letter ? `-${letter}, ` : ""}--${name}${value ? ` ${value}` : ""}`;
    return `  ${names.padEnd(24)} ${help}${repeatable ? " (repeatable)" : ""}${variable ? ` [${variable}]` : ""}`;
  }).join("\n");
}

function overview(commands: readonly Command[]): string {
  const list = commands.map((command) => {
    const [name = "", ...others] = namesOf(command);
    return `  ${name.padEnd(11)} ${command.summary}${others.length > 0 ? ` (or: ${others.join(", ")})` : ""}`;
  }).join("\n");
  return `Usage: paasc [options] COMMAND [options] [words]

Runs processes on the machine of a paasd daemon, shows their output, and stops
them.

Commands:
${list}

An ID is the id of a process, the beginning of an id that no other process has, or
a name.

Options of all commands:
${table(COMMON_OPTIONS)}

An option wins over its environment variable, in brackets, and the variable wins
over the context (see 'paasc help settings'). The certificates are PEM files. The
defaults are the development certificates that come with paasc, with which you are
the user alice.

Exit codes:
  0    success
  1    the daemon refused the request, or could not do it; or the output ended
       without the line of --until-match
  2    the command line or the configuration file is wrong
  3    the log is incomplete, or may be
  69   the connection to the daemon could not be made, or was lost: 'paasc doctor'
       tells why
  124  the time of 'logs --timeout' or 'wait --timeout' was over
  130  Ctrl-C ended paasc
  141  the reader of its output has gone
'run', 'attach' and 'wait' exit as the process did, or with 128 + n when signal n
killed it. When Paas failed they exit with 125 in place of 1, 3 and 69, and 'run'
exits with 126 or 127 when the program cannot be executed or does not exist.

Example:
  id=$(paasc exec sh -c 'echo hello; sleep 1; echo world')
  paasc logs "$id"

See 'paasc COMMAND --help' for more about a command.
`;
}
