/** `paasc run`: runs a program as if it ran here. */
import type { ExecRequest } from "@paas/proto";
import { execRequest } from "../../client/requests.ts";
import type { Command } from "../../command.ts";
import type { Connection } from "../../connection/connection.ts";
import { PaasError } from "../../errors.ts";
import { ExitError } from "../../exit.ts";
import { DETACH_KEYS_OPTION, detachKeys } from "../../options/detach_keys.ts";
import { EXEC_HINTS, EXEC_OPTIONS, execOptionsFrom } from "../../options/exec.ts";
import { exclusive, usageError } from "../../options/value.ts";
import { startDetached } from "./exec.ts";

const help = `Usage: paasc run [options] [--] PROGRAM [ARGUMENT...]

Runs a program on the daemon's machine as if it ran here: your stdin goes into
it, its stdout and stderr come out here unchanged, and paasc exits with its exit
code, or with 128 + n when signal n killed it. paasc exits with 126 when the
program cannot be executed, with 127 when it does not exist, and with 125 when
Paas failed: there is no connection, you may not start processes, the daemon died,
or output is damaged on its disk.

All words from PROGRAM on are passed on unchanged. No shell is involved.

Ctrl-C goes to the program. A second Ctrl-C within two seconds stops it, as 'paasc
stop' does. Ctrl-Z suspends the program too, by SIGSTOP, for up to a day; it goes
on with paasc, by 'fg' or, with --no-stdin, by 'bg'. Its --timeout goes on.

When the connection breaks, paasc makes a new one, and input and output go on at
the next byte. When paasc does not come back, because it was killed, its machine
sleeps or its network is gone, the daemon stops the process after 30 s.
--on-disconnect changes that: keep, stop, or stop-after= and a duration.

When the program did not end by itself, stderr tells the reason: a limit, a stop,
a signal from elsewhere, or the daemon.

With --tty the process gets a terminal of the same type as yours (TERM), and your
terminal is connected to it: editors, shells and the like work, and Ctrl-C and
Ctrl-Z are ordinary keys. The keys that detach leave the process running; 'paasc
attach' returns to it. Without --tty, --detach-keys does the same on a terminal.

With --detach it starts in the background, as by 'paasc exec': paasc prints its id
and exits with 0, or with 125 to 127. With --tty it then waits for 'paasc attach'
in a terminal. --restart, of which 'paasc help exec' tells more, needs --detach.
With --rm the daemon forgets the process after its end, and its log
is gone; if paasc is killed or detaches before, it stays.

Examples:
  paasc run sh -c 'echo hello; exit 7'
  tar c . | paasc run tar x -C /srv/app
  paasc run sort <names.txt | head
  paasc run --tty sh
  paasc run -d --name web -e PORT=8080 -w /srv/app ./server
`;

/** Default time that the process may run without its client, in milliseconds. */
const LEASE_MS = 30_000;

export const run: Command = {
  name: "run",
  takesProgram: true,
  summary: "run a program as if it ran here",
  help,
  exitsAsProcess: true,
  options: [
    { name: "tty", letter: "t", help: "give it a terminal" },
    { name: "detach", letter: "d", help: "print its id and return, as 'paasc exec' does" },
    { name: "interactive", letter: "i", help: "pass stdin on: the default; with --detach: give it a stdin" },
    { name: "rm", help: "remove the process and its log after its end" },
    { name: "no-stdin", letter: "n", help: "let its stdin be empty" },
    DETACH_KEYS_OPTION,
    ...EXEC_OPTIONS,
  ],
  hints: EXEC_HINTS,

  async run(words, context) {
    const { given, repeated } = context;
    if (words.length === 0) throw usageError("run", "run needs a program");
    const [tty, detach, stdin] = [given.tty !== undefined, given.detach !== undefined, given["no-stdin"] === undefined];
    const other = ["tty", "interactive"].find((name) => given[name] !== undefined);
    if (other && !stdin) throw exclusive("run", `--${other}`, "--no-stdin");
    if (detach && given.rm !== undefined) {
      throw usageError("run", "option '--rm' needs a paasc that waits for the end, and so excludes '--detach'");
    }
    if (!detach && given.restart !== undefined && given.restart !== "no") {
      throw usageError("run", "option '--restart' needs '--detach': each restart is a new process");
    }
    const keys = detachKeys("run", given);
    const options = await execOptionsFrom("run", words, given, repeated, detach ? undefined : LEASE_MS);
    const [{ failure, session }, { terminalSize, terminalType }] = await Promise.all([
      import("../../session/session.ts"),
      import("../../session/local_terminal.ts"),
    ]);
    const terminal = tty ? { ...terminalSize(), type: terminalType(Deno.env.get("TERM")) } : undefined;
    const isTerminal = stdin && Deno.stdin.isTerminal() && Deno.stdout.isTerminal();
    const piped = detach ? given.interactive !== undefined : stdin;
    const request = execRequest(words, { ...options, stdin: piped && !tty, terminal });
    const begin = (connection: Connection) => start(connection, request);
    if (detach) {
      return await startDetached(context, begin).catch((error) => {
        throw failure(error, false);
      });
    }
    return await session(context, {
      stdin,
      // Without --tty the terminal stays as it is, unless the user wants to detach.
      detachKeys: tty || given["detach-keys"] !== undefined && isTerminal ? keys : undefined,
      tty,
      begin,
      limits: request,
      remove: given.rm !== undefined,
    });
  },
};

/**
 * Starts the process. A refusal of the user is no refusal of the program, which has an exit code of its own.
 *
 * @throws {ExitError} When the user may not start processes
 * @throws {PaasError} When the daemon refuses for another reason, or the connection fails
 */
async function start(connection: Connection, request: ExecRequest): Promise<string> {
  try {
    return await connection.exec(request);
  } catch (error) {
    if (!(error instanceof PaasError && error.code === "permission-denied")) throw error;
    const { role } = await connection.whoAmI();
    throw role === "viewer" ? new ExitError("not-run", error.message, { cause: error }) : error;
  }
}
