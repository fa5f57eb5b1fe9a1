/** `paasc stop`: stops processes. */
import { stopRequest } from "../../client/requests.ts";
import type { Command } from "../../command.ts";
import { jsonLine } from "../../words/enum_words.ts";
import { noteTo, print } from "../../print/output.ts";
import { processWords } from "../../options/process_words.ts";
import { statusJson } from "../../print/process_status.ts";
import type { Given } from "../../settings/settings.ts";
import { parseDuration } from "@paas/proto/units";
import { eachProcess } from "./each_process.ts";
import { LABEL_OPTION, ownProcesses, processCount, selectionFrom } from "./own_processes.ts";
import { DURATION, exclusive, optionValue, wholeNumber } from "../../options/value.ts";

const help = `Usage: paasc stop [options] ID...
       paasc stop [options] --all|--label K=V

Stops each process and its group: by SIGTERM and, after the grace period, by
SIGKILL. The grace period is 10 s, unless the daemon or the process was started
with another one, or --grace gives one; --time is the same, and a number alone is
in seconds. With --force the daemon sends SIGKILL at once. The command returns when the processes
have finished, and prints nothing. A process that has already finished is left as
it is, which is no error.

In place of ids, --all selects all of your processes that have not finished, and
--label those with a label, or with all of several labels. stderr then tells how
many processes these are.

A failure for one of several processes is printed to stderr; the others are still
stopped, and the exit code is 1.

The stop goes on even if paasc is interrupted, once the daemon has the request.

With -o json it prints the final status of each process as it finishes, one
object on each line as of 'paasc status -o json'.

Examples:
  paasc stop 2b5c
  paasc stop --grace 1m my-server
  paasc stop --label team=red
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
  ],

  async run(words, context) {
    const { settings, given, repeated, stdout, stderr } = context;
    const options = { grace: graceFrom(given) };
    const selection = selectionFrom("stop", "all", words, given, repeated);
    if (!selection) processWords("stop", words);
    using connection = await context.connect();
    const selected = selection && await ownProcesses(connection, selection, ["running", "stopping"]);
    if (selected) noteTo(stderr)(`stopping ${processCount(selected.length)}`);
    const names = selected?.map(({ processId }) => processId) ?? words;
    const ifLost = "it is not known whether the process was stopped; see 'paasc status'";
    return await eachProcess(context, connection, names, async (id) => {
      const status = await connection.stop(stopRequest(id, options), { ifLost });
      if (settings.output === "json") await print(stdout, jsonLine(statusJson(status)));
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
