/** `paasc wait`: waits until processes have finished. */
import type { ProcessStatus__Output } from "@paas/proto";
import type { Command } from "../../command.ts";
import { endSentence, LOST } from "../../print/end_reason.ts";
import { errorLine } from "../../exit.ts";
import { jsonLine } from "../../words/enum_words.ts";
import { print } from "../../print/output.ts";
import { processWords } from "../../options/process_words.ts";
import { exitCodeOf, isLost, statusJson } from "../../print/process_status.ts";

const help = `Usage: paasc wait [options] ID...

Waits until each process has finished, and exits with the exit code of the last
one given, or with 128 + n when signal n killed it, as a shell's 'wait' does. The
exit code is 125 when Paas failed: there is no such process, no connection, or that
process was lost because the daemon died. The command prints nothing to stdout;
stderr tells why a process did not end by itself.

When the connection breaks, paasc tries for a minute to make a new one, and then
goes on waiting. Ctrl-C ends the waiting, not the process.

With -o json it prints the final status of each process, one object on each line
as of 'paasc status -o json'. The reasons are then in the objects only.

Examples:
  paasc wait 2b5c; echo $?
  id=$(paasc exec make test) && paasc wait $id && paasc exec make install
  paasc wait $(paasc list -q --state running)
`;

export const wait: Command = {
  name: "wait",
  summary: "wait until processes have finished, and exit as the last did",
  help,
  exitsAsProcess: true,

  async run(words, context) {
    const { settings, stdout, stderr } = context;
    const names = processWords("wait", words);
    let ids: readonly string[] | undefined;
    // A process that is known to have finished may have been removed when the connection is back.
    const finished = new Map<string, ProcessStatus__Output>();
    const json = settings.output === "json";
    let user = "";
    const statuses = await context.ask(async (connection) => {
      ids ??= await Promise.all(names.map((name) => context.find(connection, name)));
      const statuses = await Promise.all(ids.map(async (processId) => {
        const status = finished.get(processId) ?? await connection.wait(processId);
        finished.set(processId, status);
        return status;
      }));
      const stopped = statuses.some(({ endReason }) => endReason === "END_REASON_STOPPED");
      if (stopped && !json) user = (await connection.whoAmI()).userId;
      return statuses;
    });
    if (json) {
      await print(stdout, statuses.map((status) => jsonLine(statusJson(status))).join(""));
      if (isLost(statuses.at(-1)!)) await print(stderr, errorLine(new Error(LOST)), "stderr");
    } else {
      for (const [index, status] of statuses.entries()) {
        const sentence = endSentence(status, { user });
        const which = names.length > 1 ? `${names[index]}: ` : "";
        if (sentence) await print(stderr, errorLine(new Error(which + sentence))).catch(() => {}); // nobody need read it
      }
    }
    return exitCodeOf(statuses.at(-1)!);
  },
};
