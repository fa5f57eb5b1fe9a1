/** `paasc list`: lists processes. */
import type { ListOptions } from "../../client/options.ts";
import { listRequest } from "../../client/requests.ts";
import type { Command } from "../../command.ts";
import { PaasError } from "../../errors.ts";
import { errorLine } from "../../exit.ts";
import { jsonLine } from "../../words/enum_words.ts";
import { print } from "../../print/output.ts";
import { statusJson } from "../../print/process_status.ts";
import { processLines, processTable, type StatePaint } from "../../print/process_table.ts";
import { ORDERS, sorted } from "../../print/process_order.ts";
import type { Template } from "../../print/process_template.ts";
import type { Given, Option, Repeated } from "../../settings/settings.ts";
import type { ProcessStatus__Output } from "@paas/proto";
import { parseWhen } from "../../words/time.ts";
import { exclusive, optionValue, optionValues, pair, TIME, usageError, wholeNumber } from "../../options/value.ts";

const help = `Usage: paasc list [options]

Lists your processes that have not finished, the newest first; with --all-states
also the finished ones that the daemon has not forgotten. With several options it
lists the processes that match all of them. 'paasc ps' and 'paasc ls' are the same
command.

On a terminal it prints a table, in which running is green, stopping is yellow,
and finished is red unless the exit code is 0 or the process was stopped; NO_COLOR
or TERM=dumb turn colours off. Long names and commands are cut to the width of the
terminal. -o wide shows more columns and cuts nothing; with --no-trunc ids are
whole as well.

Elsewhere it prints a line without heading for each process, with six fields and
tabs between them: id, name, state (running, stopping, finished), exit (the code,
or the name of the signal), start time, and the command in shell syntax. A missing
value is '-'.

With --all-users it lists the processes of all users, which viewers and operators
may see. The owner then stands before the command; in lines it is the whole user
id. --all is another name of this option.

WHEN is a duration before now, such as 10m or 1h30m, or an RFC 3339 time, such as
2026-01-31T23:59:59Z.

--format prints a line for each process: text with {{.ID}}, {{.Name}}, {{.State}},
{{.Status}} (state and exit), {{.ExitCode}}, {{.Signal}}, {{.Command}}, {{.Pid}},
{{.Started}}, {{.Finished}}, {{.Duration}}, {{.Labels}}, {{.Label "K"}}, {{.Owner}},
{{.OwnerSubject}}, {{.LogBytes}}, {{.LogLines}} or {{json .}}; \\t is a tab.

--watch shows the table until Ctrl-C, and again at each change.

With -o json it prints an array of objects as of 'paasc status -o json'; with
--quiet it prints only the ids, one on each line.

Examples:
  paasc list
  paasc list -a --sort duration
  paasc list --state running --label team=red
  paasc list -a --since 1h --limit 20
  paasc list --format '{{.Name}} {{.Duration}}'
  paasc list -a -o json | jq -r '.[] | select(.exitCode != 0) | .id'
`;

const options: readonly Option[] = [
  { name: "all-states", letter: "a", help: "finished processes, too" },
  { name: "state", value: "running|stopping|finished", repeatable: true, help: "only processes in this state" },
  { name: "name", value: "NAME", help: "only processes with this name" },
  { name: "label", letter: "l", value: "K=V", repeatable: true, help: "only processes with this label" },
  { name: "since", value: "WHEN", help: "only processes started at that time or later" },
  { name: "until", value: "WHEN", help: "only processes started before that time" },
  { name: "limit", letter: "n", also: ["last"], value: "N", help: "list at most N processes" },
  { name: "all-users", letter: "A", help: "processes of all users" },
  { name: "all", help: "both: processes of all users, finished ones, too" },
  { name: "sort", value: ORDERS.join("|"), help: "the order (default started)" },
  { name: "quiet", letter: "q", help: "print only the ids" },
  { name: "format", value: "TEMPLATE", help: "print a line of this form for each process" },
  { name: "no-trunc", help: "cut nothing in the table, ids included" },
  { name: "watch", help: "show the table until Ctrl-C, and each change" },
];

const FILTER_HINT = "'--state', '--name', '--label', '--since' and '--until' select processes";

const STATES = ["running", "stopping", "finished"] as const;

export const list: Command = {
  name: "list",
  aliases: { ls: {}, ps: {} },
  summary: "list your processes, the newest first",
  help,
  options,
  hints: { "-f": FILTER_HINT, "--filter": FILTER_HINT, "-w": "'--watch' shows each change" },
  outputs: ["wide"],

  async run(words, context) {
    const { settings, given, repeated, stdout, stderr, columns } = context;
    if (words.length > 0) throw usageError("list", "list takes options only");
    const forms = formsIn(given);
    if (forms.length > 1) {
      const [one, other] = forms as [string, string];
      throw one === "quiet" && other === "output json"
        ? usageError("list", "option '--quiet' is for text, not for '-o json'")
        : exclusive("list", `--${one}`, `--${other}`);
    }
    const { limit, ...which } = listOptionsFrom(given, repeated, Date.now());
    const order = optionValue("list", given, "sort", ORDERS.join(", "), (text) => ORDERS.find((each) => each === text));
    const template = given.format === undefined ? undefined : await templateFrom(given);
    const watching = given.watch !== undefined;
    if (watching && columns === undefined) {
      throw usageError("list", "option '--watch' needs a terminal: 'paasc events' prints changes to a pipe");
    }

    const paint = columns === undefined ? undefined : await statePaint();
    const wide = given.output === "wide";
    const whole = given["no-trunc"] !== undefined;
    const uncut = wide || whole;
    const formatted = async (processes: readonly ProcessStatus__Output[], width: number | undefined) => {
      const now = Date.now();
      if (settings.output === "json") return jsonLine(processes.map(statusJson));
      if (given.quiet !== undefined) return processes.map(({ processId }) => `${processId}\n`).join("");
      if (template) return processes.map((process) => template(process, now)).join("");
      if (width === undefined && !wide) return processLines(processes, which.allUsers);
      const form = { columns: uncut ? Infinity : width!, now, paint, allUsers: which.allUsers, wide, whole };
      return await processTable(processes, form);
    };
    const { listProcesses } = await import("../../streams/list_processes.ts");
    const request = listRequest(which);
    const query = async (connection: Parameters<typeof listProcesses>[0]) => {
      try {
        if (order === undefined) return await listProcesses(connection, request, limit);
        return sorted(await listProcesses(connection, request), order, Date.now()).slice(0, limit);
      } catch (error) {
        throw which.allUsers ? notForAll(error) : error;
      }
    };
    if (watching) return await (await import("./list_watch.ts")).watchList(context, query, formatted, which.allUsers);

    using connection = await context.connect();
    const processes = await query(connection);
    await print(stdout, await formatted(processes, columns));
    if (
      processes.length === 0 && forms.length === 0 && columns !== undefined && !repeated.state && which.state?.length
    ) {
      const hint = "nothing of that runs; 'paasc list -a' lists finished processes, too";
      await print(stderr, errorLine(new Error(hint)), "stderr");
    }
  },
};

/** The template of `--format`, whose module no other form of the output needs. */
async function templateFrom(given: Given): Promise<Template | undefined> {
  const { parseTemplate, TEMPLATE } = await import("../../print/process_template.ts");
  return optionValue("list", given, "format", TEMPLATE, parseTemplate);
}

/** The given options that choose a form of the output. */
function formsIn(given: Given): string[] {
  const forms = ["quiet", "format", "watch"].filter((name) => given[name] !== undefined);
  return given.output === "json" || given.output === "wide" && forms.some((form) => form !== "watch")
    ? [...forms, `output ${given.output}`]
    : forms;
}

/** The error of a user who may not list the processes of all users, with what they may have meant. */
function notForAll(error: unknown): unknown {
  if (!(error instanceof PaasError && error.code === "permission-denied")) return error;
  const hint = "'paasc list --all-states' lists your finished processes, too";
  return new PaasError(error.code, `${error.message}; ${hint}`, { cause: error });
}

/** Paints the states in their colours. */
async function statePaint(): Promise<StatePaint> {
  const { terminalColors } = await import("../../print/terminal_colors.ts");
  const { green, red, yellow } = await terminalColors((name) => Deno.env.get(name));
  return (word, { state, exit, exitCode, endReason }) => {
    if (state !== "PROCESS_STATE_FINISHED") return state === "PROCESS_STATE_STOPPING" ? yellow(word) : green(word);
    const wanted = exit === "exitCode" && exitCode === 0 || endReason === "END_REASON_STOPPED";
    return wanted ? word : red(word);
  };
}

/** The options of the library that follow from the given options. */
function listOptionsFrom(given: Given, repeated: Repeated, now: number): ListOptions {
  const time = (name: string) => optionValue("list", given, name, TIME, (text) => parseWhen(text, now));
  const state = (text: string) => STATES.find((state) => state === text);
  const states = optionValues("list", repeated, "state", "running, stopping or finished", state);
  const has = (name: string) => given[name] !== undefined || given.all !== undefined;
  return {
    state: states.length > 0 || has("all-states") ? states : ["running", "stopping"],
    name: given.name,
    labels: Object.fromEntries(optionValues("list", repeated, "label", "NAME=VALUE", pair)),
    since: time("since"),
    until: time("until"),
    limit: optionValue("list", given, "limit", "a number of processes", wholeNumber),
    allUsers: has("all-users"),
  };
}
