/** `paasc run`: runs a program as if it ran here. */
import type { Command } from "../../command.ts";
import { ExitError } from "../../exit.ts";
import { execOptions, execRequest } from "../../options/exec.ts";
import { optionValue } from "../../options/value.ts";

const help = `Usage: paasc run [options] [--] PROGRAM [ARGUMENT...]

Runs a program on the daemon's machine as if it ran here: stdin goes into it,
its stdout and stderr come here as they are, and paasc exits with its exit code,
or with 128 + n when the signal n killed it. With 126 when the program cannot be
executed, with 127 when there is none, and with 125 when Paas itself failed: the
process may have been lost because the daemon died, or output be damaged on the
daemon's disk.

From PROGRAM on, every word is passed on as it is. No shell is involved.

Ctrl-C goes to the program; a second one within two seconds stops it, as 'paasc
stop' does. Ctrl-Z suspends the program as well, by SIGSTOP, for up to a day; it
goes on with paasc, by 'fg' or, with --no-stdin, by 'bg'. Its --timeout goes on.

When the connection breaks it is made anew, and input and output go on at the
next byte. When paasc does not come back, because it was killed, its machine is
asleep or its network is gone, the process is stopped after 30 s. --on-disconnect
says otherwise: keep, stop, or stop-after= and a duration. When connections break
again and again before anything has come, within a minute, paasc exits with 69.

When the program did not end by itself, stderr says why: its limits, a stop, a
signal that did not come from here, or the daemon.

With --tty the process gets a terminal of the type of yours (TERM), and yours is
lent to it: editors, shells and the like work, and Ctrl-C and Ctrl-Z are keys as
any other. --detach-keys leave it running; 'paasc attach' comes back to it.

Examples:
  paasc run make test
  tar c . | paasc run tar x -C /srv/app
  paasc run sort <names.txt | head
  paasc run --tty bash
`;

/** How long a process goes on without its client unless the command line says it, in milliseconds. */
const lease = 30_000;

export const run: Command = {
  name: "run",
  summary: "run a program as if it ran here",
  help,
  options: [
    { name: "tty", letter: "t", help: "give it a terminal" },
    { name: "no-stdin", letter: "n", help: "let its stdin be empty" },
    { name: "detach-keys", value: "KEYS", help: "leave it running (default ctrl-p,ctrl-q)" },
    ...execOptions,
  ],

  async run(words, context) {
    const { given, repeated } = context;
    if (words.length === 0) throw new ExitError("usage", "run needs a program: see 'paasc run --help'");
    const [tty, stdin] = [given.tty !== undefined, given["no-stdin"] === undefined];
    if (tty && !stdin) {
      throw new ExitError("usage", "options '--tty' and '--no-stdin' exclude each other: see 'paasc run --help'");
    }
    const { DEFAULT_DETACH_KEYS, parseKeys, terminalSize, terminalType } = await import(
      "../../session/local_terminal.ts"
    );
    const keys = given["detach-keys"] ?? DEFAULT_DETACH_KEYS;
    const detachKeys = optionValue("run", "detach-keys", keys, "keys such as ctrl-p,ctrl-q", parseKeys);
    const request = {
      ...await execRequest("run", words, given, repeated, lease),
      stdin: stdin && !tty,
      terminal: tty ? { ...terminalSize(), type: terminalType(Deno.env.get("TERM")) } : undefined,
    };
    const { session } = await import("../../session/session.ts");
    return await session(context, {
      stdin,
      detachKeys: tty ? detachKeys : undefined,
      begin: (daemon) => daemon.exec(request),
      limits: request,
    });
  },
};
