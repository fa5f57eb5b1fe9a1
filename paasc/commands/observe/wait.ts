/** `paasc wait`: waits until processes have finished. */
import type { ProcessStatus__Output } from "@paas/proto";
import type { Command } from "../../command.ts";
import { endSentence, LOST } from "../../print/end_reason.ts";
import { errorLine } from "../../exit.ts";
import { jsonLine } from "../../words/enum_words.ts";
import { noteTo, print } from "../../print/output.ts";
import { processIds } from "../../options/process_words.ts";
import { exitCodeOf, isLost, statusJson } from "../../print/process_status.ts";

const help = `Usage: paasc wait [options] ID...

Waits until each of the processes has finished, and exits with the exit code of
the last one given, or with 128 + n when the signal n killed it, as a shell's
'wait' does; with 125 when it was lost because the daemon died. It prints
nothing, but says on stderr why one did not end by itself.

When the connection breaks it is made anew, within a minute, and the waiting goes
on. Ctrl-C ends the waiting, not the process.

With -o json it prints the final status of each, an object a line, as 'paasc
status -o json' does, and the reasons stand there alone.

Examples:
  paasc wait 2b5c; echo $?
  id=$(paasc exec make test) && paasc wait $id && paasc exec make install
  paasc wait $(paasc list -q --state running)
`;

export const wait: Command = {
  name: "wait",
  summary: "wait until processes have finished, and exit with the code of the last",
  help,

  async run(words, { settings, stdout, stderr }) {
    const names = processIds("wait", words);
    const { ask } = await import("../../connection/reconnect.ts");
    const { findProcess } = await import("../../streams/find_process.ts");
    let ids: readonly string[] | undefined;
    // Who was heard to have finished may have been removed when the connection is back.
    const finished = new Map<string, ProcessStatus__Output>();
    const json = settings.output === "json";
    let user = "";
    const statuses = await ask({ settings, note: noteTo(stderr) }, async (daemon) => {
      ids ??= await Promise.all(names.map((name) => findProcess(daemon, name)));
      const statuses = await Promise.all(ids.map(async (processId) => {
        const status = finished.get(processId) ?? await daemon.wait(processId);
        finished.set(processId, status);
        return status;
      }));
      const stopped = statuses.some(({ endReason }) => endReason === "END_REASON_STOPPED");
      if (stopped && !json) user = (await daemon.whoAmI()).userId;
      return statuses;
    });
    if (json) {
      await print(stdout, statuses.map((status) => jsonLine(statusJson(status))).join(""));
      if (isLost(statuses.at(-1)!)) await print(stderr, errorLine(new Error(LOST)), "stderr");
    } else {
      for (const [index, status] of statuses.entries()) {
        const sentence = endSentence(status, { user });
        const which = names.length > 1 ? `${names[index]}: ` : "";
        if (sentence) await print(stderr, errorLine(new Error(which + sentence))).catch(() => {}); // whether it is read or not
      }
    }
    return exitCodeOf(statuses.at(-1)!);
  },
};
