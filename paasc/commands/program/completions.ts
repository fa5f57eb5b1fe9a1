/** `paasc completions`: prints a completion script for a shell. */
import type { Command } from "../../command.ts";
import { usageError } from "../../options/value.ts";
import { print } from "../../print/output.ts";

const help = `Usage: paasc completions bash|zsh|fish

Prints a script that makes the shell complete the words after 'paasc': commands,
options and their values, signals, contexts, and the ids and names of your
processes, for which the script runs 'paasc list'. Without a connection to the
daemon it completes the others only.

To load the script in every new shell:

  bash  put  source <(paasc completions bash)  into ~/.bashrc
  zsh   put  source <(paasc completions zsh)  into ~/.zshrc, after compinit
  fish  paasc completions fish >~/.config/fish/completions/paasc.fish

For zsh it may also be a file named _paasc in a directory of the fpath. A file is
faster than a call of paasc in each new shell.

Examples:
  source <(paasc completions bash)
  paasc completions zsh >~/.zfunc/_paasc
`;

/** Makes the command for a table of commands, which includes this command. */
export function completionsFor(commands: () => readonly Command[]): Command {
  return {
    name: "completions",
    summary: "print a completion script for a shell",
    help,

    async run([shell, ...more], { stdout }) {
      if ((shell !== "bash" && shell !== "zsh" && shell !== "fish") || more.length > 0) {
        throw usageError("completions", "completions takes bash, zsh or fish");
      }
      const { completionScript } = await import("../../completions/completions.ts");
      await print(stdout, completionScript(shell, commands()));
    },
  };
}
