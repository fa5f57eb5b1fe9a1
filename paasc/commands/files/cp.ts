/** `paasc cp`: copies files between this machine and the daemon's. */
import type { Command } from "../../command.ts";
import { ExitError } from "../../exit.ts";
import { usageError } from "../../options/value.ts";

const help = `Usage: paasc cp [options] FILE DESTINATION

Copies a file, or a directory with all that is in it, to the daemon's machine or
from there. One of the two paths begins with a colon: it is a path on the daemon's
machine, from the directory in which commands run there if it is relative. A colon
alone is that directory. Every other path is one of this machine: './:a' is a file
here whose name begins with a colon. --context chooses another daemon.

If DESTINATION is a directory, the copy gets the name of FILE in it. Otherwise
DESTINATION is the name of the copy. Of a FILE that ends in '/.', or is '.' or ':',
what is in the directory is copied, and not the directory itself. What is at the
destination already stays, unless it has the name of a copied file.

Modes and times, in whole seconds, are kept; owners, and the setuid, setgid and
sticky bits, are not. Symbolic links are copied as links.

A file from the daemon's machine appears whole or not at all, and so does a single
file that is sent there. Of a directory, what was copied before a failure stays.
On a terminal, stderr shows how far the copy is.

What comes from the daemon's machine is written inside the destination alone, never
through a link, and entries that would do anything else are left out with a line
on stderr: names and links that lead out of the copy, hard links to other files,
devices, and the like. DESTINATION '-' prints the tar stream unchecked.

Commands on the daemon's machine do the work: tar, test, mv and rm, under the
account and with the rights that your processes have there. They are removed with
their logs.

Exit codes: 0 all was copied; 1 something was not copied, and stderr tells what and
why; 2 wrong usage; 125 Paas failed; 130 Ctrl-C.

Examples:
  paasc cp report.pdf :
  paasc cp -q src :/srv/app
  paasc cp :/var/log/app.log .
  paasc --context prod cp :out/. results
  paasc cp :/srv/app - | tar tv
`;

export const cp: Command = {
  name: "cp",
  summary: "copy files to the daemon's machine, or from there",
  help,
  exitsAsProcess: true,
  options: [{ name: "quiet", letter: "q", help: "do not show how far the copy is" }],
  hints: Object.fromEntries(
    ["-r", "-R", "-a", "-p", "--recursive", "--archive"].map((name) => [
      name,
      "directories are copied with all that is in them, and modes and times are kept",
    ]),
  ),

  async run(words, { given, settings, stdout, stderr }) {
    const [from, to] = words;
    if (from === undefined || to === undefined || words.length > 2) {
      throw usageError("cp", `cp takes two paths, not ${words.length}`);
    }
    const odd = words.find((word) => word === "" || /[\0\ufffd]/.test(word));
    if (odd !== undefined) throw usageError("cp", `'${odd}' is no path in UTF-8`);
    const { placeOf } = await import("../../copy/place.ts");
    const [source, destination] = [placeOf(from), placeOf(to)];
    if (source.remote === destination.remote) {
      const [, context, path] = [from, to].map((word) => /^([\w.-]+):(.*)$/s.exec(word)).find(Boolean) ?? [];
      const hint = context === undefined ? "" : `; if '${context}' is a context: --context ${context} and ':${path}'`;
      throw usageError("cp", `one of the two paths must begin with ':', and only one${hint}`);
    }
    if (from === "-") throw usageError("cp", "stdin cannot be copied: 'paasc run tar x' takes a tar stream");
    const toStdout = to === "-";
    if (toStdout && Deno.stdout.isTerminal()) throw usageError("cp", "a tar stream is not for a terminal");

    const interrupted = new AbortController();
    const interrupt = () => interrupted.abort(new ExitError("interrupted", ""));
    Deno.addSignalListener("SIGINT", interrupt);
    try {
      const { copy } = await import("../../copy/copy.ts");
      const whole = await copy({
        source,
        destination,
        settings,
        stdout: toStdout ? stdout : undefined,
        stderr,
        progress: given.quiet === undefined && Deno.stderr.isTerminal(),
        signal: interrupted.signal,
      });
      return whole ? 0 : 1;
    } finally {
      Deno.removeSignalListener("SIGINT", interrupt);
    }
  },
};
