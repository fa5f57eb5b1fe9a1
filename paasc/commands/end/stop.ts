/** `paasc stop`: stops processes. */
import { stopRequest } from "../../client/requests.ts";
import type { Command } from "../../command.ts";
import { errorLine } from "../../exit.ts";
import { jsonLine } from "../../words/enum_words.ts";
import { print } from "../../print/output.ts";
import { processWords } from "../../options/process_words.ts";
import { statusJson } from "../../print/process_status.ts";
import type { Given } from "../../settings/settings.ts";
import { parseDuration } from "@paas/proto/units";
import { eachProcess } from "./each_process.ts";
import { LABEL_OPTION, processCount, selectedProcesses, selectionFrom } from "./selection.ts";
import { DURATION, exclusive, optionValue, usageError, wholeNumber } from "../../options/value.ts";

const help = `Usage: paasc stop [options] ID...
       paasc stop [options] --all|--label K=V|--user USER

Stops each process and its group: by SIGTERM and, after the grace period, by
SIGKILL. The grace period is 10 s, unless the daemon or the process was started
with another one, or --grace gives one; --time is the same, and a number alone is
in seconds. With --force the daemon sends SIGKILL at once. The command returns
when the processes have finished, and prints nothing. A process that has already
finished is left as it is, which is no error; if it waits for a restart
(--restart), there will be none.

In place of ids, --all selects all of your processes that have not finished or
wait for a restart, and --label those with a label, or with all of several labels.
stderr then tells how many processes these are.

A failure for one of several processes is printed to stderr; the others are still
stopped, and the exit code is 1.

An operator may stop other users' processes as well. With --user instead of ids
the command stops all processes of a user that have not finished, and prints the
id of each; --label narrows that. USER is a user id, its first 8 digits or more,
or the name (CN) in the certificate, if it is the name of only one user with a
running process. A user who may still come in can start others: revoke the
certificate first.

The stop goes on even if paasc is interrupted, once the daemon has the request.

With -o json it prints the final status of each process as it finishes, one
object on each line as of 'paasc status -o json'.

Examples:
  paasc stop 2b5c
  paasc stop --grace 1m my-server
  paasc stop --label team=red
  paasc stop --user bob --label team=red
`;

export const stop: Command = {
  name: "stop",
  summary: "stop processes and wait until they have finished",
  help,
  options: [
    { name: "grace", value: "DURATION", help: "time from SIGTERM to SIGKILL" },
    { name: "time", letter: "t", value: "TIME", help: "the same; a number alone is in seconds" },
    { name: "force", letter: "f", help: "send SIGKILL at once" },
    { name: "all", letter: "a", help: "all of your processes that have not finished" },
    LABEL_OPTION,
    { name: "user", value: "USER", help: "all processes of this user, as an operator" },
  ],

  async run(words, context) {
    const { settings, given, repeated, stdout, stderr } = context;
    const options = { grace: graceFrom(given) };
    const { user } = given;
    if (user !== undefined && words.length > 0) throw usageError("stop", "option '--user' takes the place of ids");
    if (user !== undefined && given.all !== undefined) throw exclusive("stop", "--user", "--all");
    const labelled = selectionFrom("stop", "all", words, given, repeated);
    const selection = user === undefined ? labelled : { labels: {}, ...labelled, user };
    const names = selection ? [] : processWords("stop", words);
    using connection = await context.connect();
    const selected = selection && await selectedProcesses(connection, selection, ["running", "stopping"], true);
    const sentence = selected &&
      (user === undefined
        ? `stopping ${processCount(selected.length)}`
        : selected.length === 0 && `no process to stop of user '${user}'`);
    if (sentence) await print(stderr, errorLine(new Error(sentence)), "stderr");
    const ids = selected?.map(({ processId }) => processId) ?? names;
    const ifLost = "it is not known whether the process was stopped; see 'paasc status'";
    return await eachProcess(context, connection, ids, async (id) => {
      const status = await connection.stop(stopRequest(id, options), { ifLost });
      if (settings.output === "json") await print(stdout, jsonLine(statusJson(status)));
      else if (user !== undefined) await print(stdout, `${id}\n`);
    });
  },
};

/** The grace period from the given options, in milliseconds. */
function graceFrom(given: Given): number | undefined {
  const [one, other] = ["grace", "time", "force"].filter((name) => given[name] !== undefined);
  if (other !== undefined) throw exclusive("stop", `--${one}`, `--${other}`);
  if (given.force !== undefined) return 0;
  const time = optionValue("stop", given, "time", `a number of seconds, or ${DURATION}`, (text) => {
    const seconds = wholeNumber(text);
    return seconds === undefined ? parseDuration(text) : seconds * 1000;
  });
  return time ?? optionValue("stop", given, "grace", DURATION, parseDuration);
}
