/** `paasc help`: prints help. */
import type { Command } from "../../command.ts";
import { ExitError } from "../../exit.ts";
import { print } from "../../print/output.ts";
import { COMMON_OPTIONS, type Option } from "../../settings/settings.ts";

const help = `Usage: paasc help [COMMAND]

Prints what paasc can do, or how to use one of its commands. 'paasc help
settings' lists what can be set, and by what.
`;

/** The command, for a table of commands that it is in itself. */
export function helpFor(commands: () => readonly Command[]): Command {
  return {
    name: "help",
    summary: "print help, or that of a command",
    help,

    async run([name, ...more], { stdout }) {
      if (more.length > 0) throw new ExitError("usage", "help takes one command: see 'paasc help'");
      if (name === undefined) return await print(stdout, overview(commands()));
      if (name === "settings") {
        const { settingsText } = await import("../../settings/settings_table.ts");
        return await print(stdout, settingsText());
      }
      const command = commands().find((command) => command.name === name || command.aliases?.includes(name));
      if (!command) throw new ExitError("usage", `unknown command '${name}': see 'paasc help'`);
      const own = command.options ? `\nOptions of its own:\n${table(command.options)}\n` : "";
      await print(stdout, `${command.help}${own}\nFor the options of every command see 'paasc --help'.\n`);
    },
  };
}

/** Options as help lists them. */
function table(options: readonly Option[]): string {
  return options.map(({ name, letter, value, repeatable, variable, help }) => {
    const names = `${letter ? `-${letter}, ` : ""}--${name}${value ? ` ${value}` : ""}`;
    return `  ${names.padEnd(24)} ${help}${repeatable ? " (repeatable)" : ""}${variable ? ` [${variable}]` : ""}`;
  }).join("\n");
}

function overview(commands: readonly Command[]): string {
  const list = commands.map(({ name, aliases, summary }) => {
    return `  ${name.padEnd(11)} ${summary}${aliases ? ` (or: ${aliases.join(", ")})` : ""}`;
  }).join("\n");
  return `Usage: paasc [options] COMMAND [options] [words]

Runs processes on the machine of a paasd daemon, shows their output, ends them.

Commands:
${list}

Where a command takes an ID, that is the id of a process, the beginning of one
that no other has, or a name.

Options of every command, before its own words:
${table(COMMON_OPTIONS)}

An option wins over its environment variable, in brackets, and that over the
context ('paasc help settings' tells more). The certificates are PEM files;
without any of that they are the development certificates that come with paasc,
and you are alice.

Exit codes:
  0   done
  1   the daemon refused or could not
  2   the command line or the configuration file is wrong
  3   the log is incomplete, or may be
  69  no connection to the daemon, or it was lost: 'paasc doctor' tells why
'run', 'attach' and 'wait' exit as the process did instead, or with 128 + n after
the signal n; 'run' and 'attach' with 125 when Paas failed, and 'run' with 126 or
127 when the program cannot be executed or found.

Example:
  id=$(paasc exec sh -c 'echo hello; sleep 1; echo world')
  paasc logs "$id"

'paasc COMMAND --help' tells more about a command.
`;
}
