/** `paasc exec`: starts a process. */
import { execRequest } from "../../client/requests.ts";
import type { Command, Context } from "../../command.ts";
import type { Connection } from "../../connection/connection.ts";
import { EXEC_HINTS, EXEC_OPTIONS, execOptionsFrom } from "../../options/exec.ts";
import { usageError } from "../../options/value.ts";
import { print } from "../../print/output.ts";
import { jsonLine } from "../../words/enum_words.ts";

const help = `Usage: paasc exec [options] [--] PROGRAM [ARGUMENT...]

Starts a program on the daemon's machine, and prints the id of the process as
soon as it runs. The process then runs in the background: see 'paasc status ID',
'paasc logs ID' and 'paasc stop ID'. 'paasc run --detach' does the same.

All words from PROGRAM on are passed on unchanged, options too. No shell is
involved: start one for pipes and variables. Without a slash, PROGRAM is looked up
in the daemon's PATH.

The process gets a clean environment (PATH, HOME, USER, LOGNAME, SHELL, LANG, TZ,
TMPDIR) and the variables of --env and --env-file. '--env NAME' without a value
passes on your variable of that name, if paasc was started by the script of an
installation or a package: it hands the variable over. A file, or stdin for '-',
has NAME=VALUE on each line. Everything after the first '=' is the value, quotes
too; empty lines and lines that begin with '#' are left out. No shell reads the
file: names have no white space, and lines do not begin with 'export'. --env wins
over files, and a later file over an earlier one.

An argument can have 131,071 bytes, a variable and its name 131,063 bytes, and
all of them together about 2 MiB.

A process that runs longer than --timeout, or prints more than --max-output (in
bytes, or as 512K, 10M, 1G), is stopped as by 'paasc stop', and its status tells
the reason. Durations have the form 500ms, 90s or 1h30m.

--limit limits each process of the group: as (memory), core, cpu, fsize (size of
a file), nofile (open files), nproc (processes of the account that runs it). A
limit can only lower what the daemon's operator has set.

A name consists of letters, digits, '.', '_' and '-'. It does not begin with '-',
and does not look like an id or the first 8 digits of one. Two live processes of
yours cannot have the same name.

Stdin is empty. With --stdin it is open, and 'paasc attach' writes to it. The
process goes on after paasc has ended, unless --on-disconnect says otherwise: the
daemon then stops it when nobody has followed it by 'logs', 'attach' or 'wait' for
the given time.

With --restart on-failure:MAX the daemon starts the process again when it has
exited with another code than 0 or was killed by a signal, at most MAX times (1 to
100; without a number 10): after 1 s, 2 s, 4 s and so on, up to a minute; after a
process that ran for 10 s it begins with 1 s again. Each is a new process with an
id of its own and the same name; 'paasc status --verbose' tells which comes after
which. 'paasc stop' of the last one, or of the name, ends the row, also while the
next one waits. A process with --stdin or --on-disconnect cannot be restarted.

When the connection breaks before the answer, paasc repeats the request for up to
a minute, and the daemon starts the process only once. --request-id does the same
for a script: the same text prints the id of the first process again.

With -o json it prints {"id":"..."}.

Examples:
  paasc exec ls -l /tmp
  paasc exec sh -c 'echo $HOME | wc -c'
  paasc exec --name web --label team=red --env PORT=8080 ./server --verbose
  paasc exec --cwd /srv/app --timeout 10m --env-file app.env ./backup
`;

const TERMINAL_HINT = "'paasc run --tty' gives a process a terminal, and with --detach it starts in the background";

export const exec: Command = {
  name: "exec",
  takesProgram: true,
  summary: "start a process and print its id",
  help,
  options: [
    ...EXEC_OPTIONS,
    { name: "stdin", letter: "i", also: ["interactive"], help: "give it a stdin, for 'paasc attach'" },
    { name: "detach", letter: "d", help: "has no effect: exec always detaches" },
  ],
  hints: {
    ...EXEC_HINTS,
    "-t": TERMINAL_HINT,
    "--tty": TERMINAL_HINT,
    "--rm": "the daemon forgets finished processes by itself; 'paasc rm' and 'paasc prune' do it at once",
  },

  async run(words, context) {
    const { given, repeated } = context;
    if (words.length === 0) throw usageError("exec", "exec needs a program");
    const options = await execOptionsFrom("exec", words, given, repeated);
    const request = execRequest(words, { ...options, stdin: given.stdin !== undefined });
    await startDetached(context, (connection) => connection.exec(request));
  },
};

/**
 * Starts a process and prints its id.
 *
 * @param begin Starts the process, and returns its id
 * @throws {PaasError} When the daemon refuses, or the connection fails
 */
export async function startDetached(
  context: Context,
  begin: (connection: Connection) => Promise<string>,
): Promise<void> {
  const { settings, stdout } = context;
  const id = await context.ask(begin, "it is not known whether the process was started");
  await print(stdout, settings.output === "json" ? jsonLine({ id }) : `${id}\n`);
}
