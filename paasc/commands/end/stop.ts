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
import type { Connection } from "../../connection/connection.ts";
import { DURATION, exclusive, optionValue, optionValues, pair, usageError, wholeNumber } from "../../options/value.ts";

const help = `Usage: paasc stop [options] ID...

Stops each process and its group: by SIGTERM and, after the grace period, by
SIGKILL. The grace period is 10 s, unless the daemon or the process was started
with another one, or --grace gives one; --time is the same in seconds. With
--force the daemon sends SIGKILL at once. The command returns when the processes
have finished, and prints nothing. A process that has already finished is left as
it is, which is no error.

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
  paasc stop $(paasc list -q --state running)
  paasc stop --user bob --label team=red
`;

export const stop: Command = {
  name: "stop",
  summary: "stop processes and wait until they have finished",
  help,
  options: [
    { name: "grace", value: "DURATION", help: "time from SIGTERM to SIGKILL" },
    { name: "time", letter: "t", value: "SECONDS", help: "the same, in seconds" },
    { name: "force", letter: "f", help: "send SIGKILL at once" },
    { name: "user", value: "USER", help: "stop all processes of this user, as an operator" },
    { name: "label", value: "K=V", repeatable: true, help: "with --user: only processes with this label" },
  ],

  async run(words, context) {
    const { settings, given, repeated, stdout } = context;
    const options = { grace: graceFrom(given) };
    const { user } = given;
    const labels = Object.fromEntries(optionValues("stop", repeated, "label", "NAME=VALUE", pair));
    if (user !== undefined && words.length > 0) throw usageError("stop", "option '--user' takes the place of ids");
    if (user === undefined && repeated.label) throw usageError("stop", "option '--label' needs '--user'");
    const names = user === undefined ? processWords("stop", words) : [];
    using connection = await context.connect();
    const ids = user === undefined ? names : await processesOf(connection, user, labels);
    if (user !== undefined && ids.length === 0) noteTo(context.stderr)(`no process to stop of user '${user}'`);
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
  const seconds = optionValue("stop", given, "time", "a number of seconds", wholeNumber);
  return seconds === undefined ? optionValue("stop", given, "grace", DURATION, parseDuration) : seconds * 1000;
}

/** The ids of the processes of a user that have not finished, and have these labels. */
async function processesOf(connection: Connection, user: string, labels: Record<string, string>): Promise<string[]> {
  const [{ findUser }, { listProcesses }] = await Promise.all([
    import("../../streams/find_user.ts"),
    import("../../streams/list_processes.ts"),
  ]);
  const owner = await findUser(connection, user);
  const states = ["PROCESS_STATE_RUNNING", "PROCESS_STATE_STOPPING"] as const;
  const processes = await listProcesses(connection, { owner, labels, states: [...states], allUsers: true });
  return processes.map(({ processId }) => processId);
}
