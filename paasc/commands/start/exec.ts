/** `paasc exec`: starts a process. */
import type { Command } from "../../command.ts";
import { ExitError } from "../../exit.ts";
import { jsonLine } from "../../words/enum_words.ts";
import { noteTo, print } from "../../print/output.ts";
import { execOptions, execRequest } from "../../options/exec.ts";

const help = `Usage: paasc exec [options] [--] PROGRAM [ARGUMENT...]

Starts a program on the daemon's machine and prints the id of the process, as
soon as it runs. The process goes on by itself: see it by 'paasc status ID',
'paasc logs ID' and 'paasc stop ID'.

From PROGRAM on, every word is passed on as it is, options too. No shell is
involved: for pipes and variables, start one. PROGRAM is looked up in the
daemon's PATH unless it has a slash.

It gets a clean environment (PATH, HOME, USER, LOGNAME, SHELL, LANG, TZ, TMPDIR)
and what --env and --env-file add. Such a file, or stdin for '-', has NAME=VALUE
on each line: everything behind the first '=' is the value, quotes too; empty
lines and those that begin with '#' do not count. No shell reads it: a name has
no white space, and 'export' has no place there. --env wins over files, the
later one over the earlier.

An argument has at most 131,071 bytes, a variable with its name 131,063, and all
of them together some 2 MiB.

A process that runs longer than --timeout or prints more than --max-output (in
bytes, or as 512K, 10M, 1G) is stopped as by 'paasc stop', and its status says
why. A duration is such as 500ms, 90s or 1h30m.

--limit is how much each of its processes may use: as (memory), core, cpu, fsize
(a file), nofile (open files), nproc (processes of the account that it runs as).
It can only lower what the daemon's operator has set.

A name is of letters, digits, '.', '_' and '-'. It does not begin with '-', nor
look like an id or its first 8 digits. No two processes of yours that have not
finished can have the same.

Its stdin is empty; with --stdin it is open, and 'paasc attach' writes to it. It
goes on when paasc has ended, unless --on-disconnect says otherwise: then it is
stopped when nobody has followed it by 'logs', 'attach' or 'wait' for so long.

When the connection breaks before the answer, the start is asked for again for
up to a minute; the daemon starts it only once. --request-id does the same for a
script: given again, it gives the id of the first time.

With -o json it prints {"id":"..."}.

Examples:
  paasc exec ls -l /tmp
  paasc exec sh -c 'echo $HOME | wc -c'
  paasc exec --name web --label team=red --env PORT=8080 ./server --verbose
  paasc exec --cwd /srv/app --timeout 10m --env-file app.env make test
`;

export const exec: Command = {
  name: "exec",
  summary: "start a process and print its id",
  help,
  options: [...execOptions, { name: "stdin", help: "give it a stdin, for 'paasc attach'" }],

  async run(words, { settings, given, repeated, stdout, stderr }) {
    if (words.length === 0) throw new ExitError("usage", "exec needs a program: see 'paasc exec --help'");
    const request = { ...await execRequest("exec", words, given, repeated), stdin: given.stdin !== undefined };
    const { ask } = await import("../../connection/reconnect.ts");
    const id = await ask(
      { settings, note: noteTo(stderr) },
      (daemon) => daemon.exec(request),
      "it is not known whether the process was started",
    );
    await print(stdout, settings.output === "json" ? jsonLine({ id }) : `${id}\n`);
  },
};
