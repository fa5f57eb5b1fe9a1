/** `paasc events`: prints the changes of processes. */
import type { ProcessStatus__Output } from "@paas/proto";
import { escapeUnprintable } from "@paas/proto/printable";
import type { Command } from "../../command.ts";
import { usageError } from "../../options/value.ts";
import { jsonLine, rfc3339 } from "../../words/enum_words.ts";
import { noteTo, print } from "../../print/output.ts";
import { stateText, statusJson } from "../../print/process_status.ts";
import type { Change } from "../../streams/watch.ts";

const help = `Usage: paasc events [options]

Prints each change of the state of your processes as it happens, one line each:
the time, the id, the name ('-' if there is none), and the new state in the words
of 'paasc status', or 'removed'. The first lines are your live processes. The
command goes on until Ctrl-C.

When the connection breaks, paasc tries for a minute to make a new one, and then
prints the changes that it missed. Of several changes in quick succession it may
print the last only.

With --all-users it prints the processes of all users, which viewers and operators
may see. The owner's user id then stands after the name ('-' for a removed process).

With -o json each line is an object: time, and all fields of 'paasc status -o
json'. For a removed process it is time, id, name and state.

Examples:
  paasc events
  paasc events -o json | jq -r 'select(.endReason == "timed-out") | .id'
`;

export const events: Command = {
  name: "events",
  summary: "print the changes of your processes as they happen",
  help,
  options: [{ name: "all-users", letter: "A", also: ["all", "a"], help: "processes of all users" }],

  async run(words, { settings, given, stdout, stderr }) {
    if (words.length > 0) throw usageError("events", "events takes options only");
    const { watchProcesses } = await import("../../streams/watch.ts");
    const all = given["all-users"] !== undefined;
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

/** The time of the change. For a removal, whose time the daemon does not send, it is now. */
function timeOf(status: ProcessStatus__Output | undefined): string {
  const time = status?.finishTime ?? status?.stop?.time ?? status?.startTime;
  return time ? rfc3339(time) : new Date().toISOString();
}
