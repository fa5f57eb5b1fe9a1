/** `paasc status`: prints the status of a process. */
import type { Command } from "../../command.ts";
import { jsonLine } from "../../words/enum_words.ts";
import { print } from "../../print/output.ts";
import { processWords } from "../../options/process_words.ts";
import { eachProcess } from "../end/each_process.ts";
import { statusDetails, statusJson, statusText } from "../../print/process_status.ts";

const help = `Usage: paasc status [options] ID...

Prints the status of a process, one of:

  Status: running
  Status: stopping
  Status: finished (exit code 0)
  Status: finished (signal 15)

Of several processes it prints a line each, 'ID: ' and then the same. A failure for
one of them is printed to stderr, and the exit code is 1.

With --verbose more lines follow, each 'Key: value': id, name, labels, command,
pid, start and end, how and why the process ended, the size of its output, which
process it repeats ('paasc again'), which attempt it is and which process came or
comes after it (--restart), the owner if that is another user, and a line for each
user with whom the process is shared ('paasc share').

ID is an id, the beginning of an id that no other process has, or a name. A name
stands for the live process that has it, or else for the last one that had it.
Your own processes come first. Viewers and operators may name other users'
processes as well; if several users have such a process, the error names them.

The exit code of paasc is 0 when the question was answered, however the process
ended: 'paasc wait' exits as the process did.

With -o json, and as 'paasc inspect', it prints an object for each process, one a
line: id, name, labels, args, state (running,
stopping, finished), pid, exitCode or signal and signalName, startTime,
finishTime, durationSeconds, endReason (exited, signalled, stopped, timed-out,
output-limit, client-gone, daemon-shutdown, daemon-lost), stop (by: a user id;
bySubject; time; killed: whether SIGKILL was needed), logBytes, logLines, againOf
(the id of the process that this one repeats), restart (attempt, attempts,
nextTime, nextId, and givenUp: why there is no further attempt), owner (a user
id), ownerSubject, and grants (user; permission: view or stop; until). A value
that is not known yet is left out.

Examples:
  paasc status 2b5c
  paasc status --verbose my-server
  paasc status -o json ID | jq .exitCode
`;

export const status: Command = {
  name: "status",
  aliases: { inspect: { output: "json" } },
  summary: "print the status of a process",
  help,
  options: [{ name: "verbose", letter: "v", help: "print all that is known about it" }],

  async run(words, context) {
    const { settings, given, stdout } = context;
    processWords("status", words);
    using connection = await context.connect();
    const user = given.verbose === undefined ? undefined : (await connection.whoAmI()).userId;
    const texts = new Map<string, string>();
    const code = await eachProcess(context, connection, words, async (id, word) => {
      const status = await connection.status(id);
      const heading = words.length > 1 ? `${word}: ` : "";
      const details = user === undefined ? "" : statusDetails(status, user, Date.now());
      const json = settings.output === "json";
      texts.set(word, json ? jsonLine(statusJson(status)) : `${heading}${statusText(status)}\n${details}`);
    });
    await print(stdout, words.map((word) => texts.get(word) ?? "").join(""));
    return code;
  },
};
