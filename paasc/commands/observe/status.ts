/** `paasc status`: tells how a process stands. */
import type { Command } from "../../command.ts";
import { jsonLine } from "../../words/enum_words.ts";
import { print } from "../../print/output.ts";
import { processId as word } from "../../options/process_words.ts";
import { statusDetails, statusJson, statusText } from "../../print/process_status.ts";

const help = `Usage: paasc status [options] ID

Prints how the process stands, one of:

  Status: running
  Status: stopping
  Status: finished (exit code 0)
  Status: finished (signal 15)

With --verbose more lines follow, each 'Key: value': its id, name, labels,
command and pid, when it was started and finished, how and why it ended, how much
it has printed, whose it is if it is not yours, and with whom it is shared, a line
each ('paasc share').

ID is an id, the beginning of one that no other has, or a name. A name stands
for the process that has it, or else for the last one that had it.

The exit code of paasc says whether the question was answered (0), not how the
process ended: 'paasc wait' gives that.

With -o json it prints one object: id, name, labels, args, state (running,
stopping, finished), pid, exitCode or signal and signalName, startTime,
finishTime, durationSeconds, endReason (exited, signalled, stopped, timed-out,
output-limit, client-gone, daemon-shutdown), stop (by: a user id; time; killed:
whether SIGKILL was needed), logBytes, logLines, owner (a user id), ownerSubject,
and grants (user; permission: view or stop; until).
What is not known yet is left out.

Examples:
  paasc status 2b5c
  paasc status --verbose my-server
  paasc status -o json ID | jq .exitCode
`;

export const status: Command = {
  name: "status",
  summary: "tell how a process stands",
  help,
  options: [{ name: "verbose", letter: "v", help: "print all that is known of it" }],

  async run(words, { settings, given, stdout }) {
    const process = word("status", words);
    const { connect } = await import("../../connection/connect.ts");
    const { findProcess } = await import("../../streams/find_process.ts");
    using daemon = await connect(settings);
    const status = await daemon.status(await findProcess(daemon, process));
    const user = given.verbose === undefined ? undefined : (await daemon.whoAmI()).userId;
    const details = user === undefined ? "" : statusDetails(status, user, Date.now());
    const json = settings.output === "json";
    await print(stdout, json ? jsonLine(statusJson(status)) : `${statusText(status)}\n${details}`);
  },
};
