/** `paasc list`: lists processes. */
import type { ListOptions } from "../../client/options.ts";
import { listRequest } from "../../client/requests.ts";
import type { Command } from "../../command.ts";
import { jsonLine } from "../../words/enum_words.ts";
import { print } from "../../print/output.ts";
import { statusJson } from "../../print/process_status.ts";
import { processLines, processTable, type StatePaint } from "../../print/process_table.ts";
import type { Given, Option, Repeated } from "../../settings/settings.ts";
import { parseWhen } from "../../words/time.ts";
import { optionValue, optionValues, pair, TIME, usageError, wholeNumber } from "../../options/value.ts";

const help = `Usage: paasc list [options]

Lists your processes, the newest first: live processes, and finished ones that
the daemon has not forgotten. With several options it lists the processes that
match all of them. 'paasc ps' is the same command.

On a terminal it prints a table, in which running is green, stopping is yellow,
and finished is red unless the exit code is 0; NO_COLOR or TERM=dumb turn colours
off. Elsewhere it prints a line without heading for each process, with six fields
and tabs between them: id, name, state (running, stopping, finished), exit (the
code, or the name of the signal), start time, and the command in shell syntax. A
missing value is '-'.

With --all it lists the processes of all users, which viewers and operators may
see. The owner then stands before the command; in lines it is the whole user id.

WHEN is a duration before now, such as 10m or 1h30m, or an RFC 3339 time, such as
2026-01-31T23:59:59Z.

With -o json it prints an array of objects as of 'paasc status -o json'; with
--quiet it prints only the ids, one on each line.

Examples:
  paasc list
  paasc list --state running --label team=red
  paasc list --since 1h --limit 20
  paasc rm $(paasc list -q --state finished --until 7d)
  paasc list -o json | jq -r '.[] | select(.exitCode != 0) | .id'
`;

const options: readonly Option[] = [
  { name: "state", value: "running|stopping|finished", repeatable: true, help: "only processes in this state" },
  { name: "name", value: "NAME", help: "only processes with this name" },
  { name: "label", value: "K=V", repeatable: true, help: "only processes with this label" },
  { name: "since", value: "WHEN", help: "only processes started at that time or later" },
  { name: "until", value: "WHEN", help: "only processes started before that time" },
  { name: "limit", value: "N", help: "list at most N processes" },
  { name: "all", letter: "a", help: "processes of all users" },
  { name: "quiet", letter: "q", help: "print only the ids" },
];

const STATES = ["running", "stopping", "finished"] as const;

export const list: Command = {
  name: "list",
  aliases: { ls: {}, ps: {} },
  summary: "list your processes, the newest first",
  help,
  options,

  async run(words, context) {
    const { settings, given, repeated, stdout, columns } = context;
    if (words.length > 0) throw usageError("list", "list takes options only");
    if (given.quiet !== undefined && settings.output === "json") {
      throw usageError("list", "option '--quiet' is for text, not for '-o json'");
    }
    const { limit, ...which } = listOptionsFrom(given, repeated, Date.now());
    using connection = await context.connect();
    const { listProcesses } = await import("../../streams/list_processes.ts");
    const processes = await listProcesses(connection, listRequest(which), limit);
    const paint = columns === undefined ? undefined : await statePaint();
    const text = settings.output === "json"
      ? jsonLine(processes.map(statusJson))
      : given.quiet !== undefined
      ? processes.map(({ processId }) => `${processId}\n`).join("")
      : columns === undefined
      ? processLines(processes, which.allUsers)
      : await processTable(processes, columns, Date.now(), paint, which.allUsers);
    await print(stdout, text);
  },
};

/** Paints the states in their colours. */
async function statePaint(): Promise<StatePaint> {
  const { terminalColors } = await import("../../print/terminal_colors.ts");
  const { green, red, yellow } = await terminalColors((name) => Deno.env.get(name));
  return (word, { state, exit, exitCode }) => {
    if (state !== "PROCESS_STATE_FINISHED") return state === "PROCESS_STATE_STOPPING" ? yellow(word) : green(word);
    return exit === "exitCode" && exitCode === 0 ? word : red(word);
  };
}

/** The options of the library that follow from the given options. */
function listOptionsFrom(given: Given, repeated: Repeated, now: number): ListOptions {
  const time = (name: string) => optionValue("list", given, name, TIME, (text) => parseWhen(text, now));
  const state = (text: string) => STATES.find((state) => state === text);
  return {
    state: optionValues("list", repeated, "state", "running, stopping or finished", state),
    name: given.name,
    labels: Object.fromEntries(optionValues("list", repeated, "label", "NAME=VALUE", pair)),
    since: time("since"),
    until: time("until"),
    limit: optionValue("list", given, "limit", "a number of processes", wholeNumber),
    allUsers: given.all !== undefined,
  };
}
