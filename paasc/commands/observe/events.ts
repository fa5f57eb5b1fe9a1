/** `paasc events`: tells what happens to processes. */
import type { ProcessStatus__Output } from "@paas/proto";
import { escapeUnprintable } from "@paas/proto/printable";
import type { Command } from "../../command.ts";
import { ExitError } from "../../exit.ts";
import { jsonLine, rfc3339 } from "../../words/enum_words.ts";
import { noteTo, print } from "../../print/output.ts";
import { stateText, statusJson } from "../../print/process_status.ts";
import type { Change } from "../../streams/watch.ts";

const help = `Usage: paasc events [options]

Prints what happens to your processes, as it happens, a line each: the time, the
id, the name ('-' if there is none), and the state, in the words of 'paasc
status', or 'removed'. It begins with the processes that have not finished, and
goes on until Ctrl-C.

When the connection breaks it is made anew, within a minute, and what happened
meanwhile follows. Of what happens very fast it tells the last state.

With --all it is the processes of all users, which viewers and operators may see;
the owner's user id stands behind the name ('-' for one that was removed).

With -o json each line is an object: time, and all that 'paasc status -o json'
has; for a process that was removed time, id, name and state.

Examples:
  paasc events
  paasc events -o json | jq -r 'select(.endReason == "timed-out") | .id'
`;

export const events: Command = {
  name: "events",
  summary: "tell what happens to your processes, as it happens",
  help,
  options: [{ name: "all", letter: "a", help: "those of all users" }],

  async run(words, { settings, given, stdout, stderr }) {
    if (words.length > 0) throw new ExitError("usage", "events takes options only: see 'paasc events --help'");
    const { watchProcesses } = await import("../../streams/watch.ts");
    const all = given.all !== undefined;
    const line = settings.output === "json" ? changeJson : (change: Change) => textLine(change, all);
    for await (const change of watchProcesses({ settings, note: noteTo(stderr) }, all)) {
      await print(stdout, line(change));
    }
  },
};

function textLine({ id, name, status }: Change, all: boolean): string {
  const owner = all ? [status?.owner || "-"] : [];
  return escapeUnprintable(
    [timeOf(status), id, name || "-", ...owner, status ? stateText(status) : "removed"].join(" "),
  ) +
    "\n";
}

function changeJson({ id, name, status }: Change): string {
  const time = timeOf(status);
  return jsonLine(status ? { time, ...statusJson(status) } : { time, id, name, state: "removed" });
}

/** When it came to that status; for a removal, of which the daemon does not say it, now. */
function timeOf(status: ProcessStatus__Output | undefined): string {
  const time = status?.finishTime ?? status?.stop?.time ?? status?.startTime;
  return time ? rfc3339(time) : new Date().toISOString();
}
