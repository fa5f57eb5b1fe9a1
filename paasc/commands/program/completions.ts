/** `paasc completions`: prints what lets a shell complete `paasc`. */
import type { Command } from "../../command.ts";
import { ExitError } from "../../exit.ts";
import { print } from "../../print/output.ts";

const help = `Usage: paasc completions bash|zsh|fish

Prints a script that lets the shell complete what follows 'paasc': commands,
options and their values, signals, contexts, and the ids and names of your
processes, for which it calls 'paasc list'. When the daemon is not reached these
are missing, and nothing is said.

To have it in every new shell:

  bash  put  source <(paasc completions bash)  into ~/.bashrc
  zsh   put  source <(paasc completions zsh)  into ~/.zshrc, behind compinit
  fish  paasc completions fish >~/.config/fish/completions/paasc.fish

For zsh it may also be a file named _paasc in a directory of the fpath. Where
many shells are started a file is faster than a call of paasc in each.

Examples:
  source <(paasc completions bash)
  paasc completions zsh >~/.zfunc/_paasc
`;

/** The command, for a table of commands that it is in itself. */
export function completionsFor(commands: () => readonly Command[]): Command {
  return {
    name: "completions",
    summary: "print what lets a shell complete paasc",
    help,

    async run([shell, ...more], { stdout }) {
      if ((shell !== "bash" && shell !== "zsh" && shell !== "fish") || more.length > 0) {
        throw new ExitError("usage", "completions takes bash, zsh or fish: see 'paasc completions --help'");
      }
      const { completionScript } = await import("../../completions/completions.ts");
      await print(stdout, completionScript(shell, commands()));
    },
  };
}
