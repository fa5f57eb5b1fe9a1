/** `paasc list`: lists processes. */
import type { ListRequest } from "@paas/proto";
import type { Command } from "../../command.ts";
import { ExitError } from "../../exit.ts";
import { jsonLine } from "../../words/enum_words.ts";
import { print } from "../../print/output.ts";
import { statusJson } from "../../print/process_status.ts";
import { processLines, processTable, type StatePaint } from "../../print/process_table.ts";
import type { Given, Option, Repeated } from "../../settings/settings.ts";
import { parseWhen } from "../../words/time.ts";
import { optionValue, optionValues, pair, times, wholeNumber } from "../../options/value.ts";

const help = `Usage: paasc list [options]

Lists your processes, the newest first: those that run, and those that have
finished for as long as the daemon knows them. Options narrow it to those that
have all that is asked for. 'paasc ps' is the same.

On a terminal it is a table, in which running is green, stopping yellow, and
finished red unless the exit code is 0; NO_COLOR or TERM=dumb turn that off.
Elsewhere it is a line for each process, without a heading, of six fields with
tabs between them: id, name, state (running, stopping, finished), exit (the code,
or the signal's name), the time it was started, and the command as a shell would
need it. What there is not is '-'.

With --all it is the processes of all users, which viewers and operators may see;
the owner stands before the command, in lines as the whole user id.

WHEN is a duration, such as 10m or 1h30m: that long ago; or an RFC 3339 time,
such as 2026-01-31T23:59:59Z.

With -o json it prints an array of objects, each as 'paasc status -o json' has
it; with --quiet the ids alone, a line each.

Examples:
  paasc list
  paasc list --state running --label team=red
  paasc list --since 1h --limit 20
  paasc rm $(paasc list -q --state finished --until 7d)
  paasc list -o json | jq -r '.[] | select(.exitCode != 0) | .id'
`;

const options: readonly Option[] = [
  { name: "state", value: "running|stopping|finished", repeatable: true, help: "only those in this state" },
  { name: "name", value: "NAME", help: "only those with this name" },
  { name: "label", value: "K=V", repeatable: true, help: "only those with this label" },
  { name: "since", value: "WHEN", help: "only those started at that time or later" },
  { name: "until", value: "WHEN", help: "only those started before that time" },
  { name: "limit", value: "N", help: "at most so many" },
  { name: "all", letter: "a", help: "those of all users" },
  { name: "quiet", letter: "q", help: "print the ids alone" },
];

const states = new Map(
  [
    ["running", "PROCESS_STATE_RUNNING"],
    ["stopping", "PROCESS_STATE_STOPPING"],
    ["finished", "PROCESS_STATE_FINISHED"],
  ] as const,
);

export const list: Command = {
  name: "list",
  aliases: ["ps"],
  summary: "list your processes, the newest first",
  help,
  options,

  async run(words, { settings, given, repeated, stdout, columns }) {
    if (words.length > 0) throw new ExitError("usage", "list takes options only: see 'paasc list --help'");
    if (given.quiet !== undefined && settings.output === "json") {
      throw new ExitError("usage", "option '--quiet' is for text, not for '-o json': see 'paasc list --help'");
    }
    const request = listRequest(given, repeated, Date.now());
    const limit = optionValue("list", "limit", given.limit, "a number of processes", wholeNumber);
    const { connect } = await import("../../connection/connect.ts");
    const { listProcesses } = await import("../../streams/list_processes.ts");
    using daemon = await connect(settings);
    const processes = await listProcesses(daemon, request, limit);
    const paint = columns === undefined ? undefined : await statePaint();
    const text = settings.output === "json"
      ? jsonLine(processes.map(statusJson))
      : given.quiet !== undefined
      ? processes.map(({ processId }) => `${processId}\n`).join("")
      : columns === undefined
      ? processLines(processes, request.allUsers)
      : await processTable(processes, columns, Date.now(), paint, request.allUsers);
    await print(stdout, text);
  },
};

/** The colours of the states. */
async function statePaint(): Promise<StatePaint> {
  const { terminalColors } = await import("../../print/terminal_colors.ts");
  const { green, red, yellow } = await terminalColors((name) => Deno.env.get(name));
  return (word, { state, exit, exitCode }) => {
    if (state !== "PROCESS_STATE_FINISHED") return state === "PROCESS_STATE_STOPPING" ? yellow(word) : green(word);
    return exit === "exitCode" && exitCode === 0 ? word : red(word);
  };
}

/** What is asked of the daemon. */
function listRequest(given: Given, repeated: Repeated, now: number): ListRequest {
  const time = (name: string) => optionValue("list", name, given[name], times, (text) => parseWhen(text, now));
  const stateNames = "running, stopping or finished";
  return {
    states: optionValues("list", "state", repeated.state, stateNames, (text) => states.get(text as "running")),
    name: given.name,
    labels: Object.fromEntries(optionValues("list", "label", repeated.label, "NAME=VALUE", pair)),
    startedSince: time("since"),
    startedUntil: time("until"),
    allUsers: given.all !== undefined,
  };
}
