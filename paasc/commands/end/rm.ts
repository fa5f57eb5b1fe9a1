/** `paasc rm`: removes finished processes. */
import { stopRequest } from "../../client/requests.ts";
import type { Command, Context } from "../../command.ts";
import type { Connection } from "../../connection/connection.ts";
import { PaasError } from "../../errors.ts";
import { errorLine, ExitError, exitReason } from "../../exit.ts";
import { jsonLine } from "../../words/enum_words.ts";
import { print } from "../../print/output.ts";
import { processWords } from "../../options/process_words.ts";
import { DURATION, optionValue, usageError } from "../../options/value.ts";
import { parseDuration } from "@paas/proto/units";
import { eachProcess } from "./each_process.ts";
import { LABEL_OPTION, processCount, selectedProcesses, type Selection, selectionFrom } from "./selection.ts";

const help = `Usage: paasc rm [options] ID...
       paasc rm [options] --finished|--label K=V

Makes the daemon forget finished processes and remove their logs. A process that
has not finished is refused; with --force it is stopped first, as by 'paasc stop'.
The command prints nothing.

Several processes are removed in turn, up to the first that cannot be removed.
When one of the words names no process, nothing is removed.

In place of ids, --finished selects all of your finished processes, and --label
those with a label; --older keeps those that finished less than that long ago. A
process that has not finished is never selected. stderr then tells how many were
removed. 'paasc prune' is 'paasc rm --finished'.

With -o json it prints {"id":"..."} for each process, one on each line.

Examples:
  paasc rm 2b5c
  paasc rm --force my-server
  paasc rm --finished --older 7d
`;

export const rm: Command = {
  name: "rm",
  summary: "remove finished processes and their logs",
  help,
  aliases: { prune: { finished: "" } },
  options: [
    { name: "force", letter: "f", help: "stop them first" },
    { name: "finished", help: "all of your finished processes" },
    { ...LABEL_OPTION, help: "all of your finished processes with this label" },
    { name: "older", value: "DURATION", help: "of these, only those that finished longer ago" },
  ],

  async run(words, context) {
    const { settings, given, repeated, stdout } = context;
    const older = optionValue("rm", given, "older", DURATION, parseDuration);
    const selection = selectionFrom("rm", "finished", words, given, repeated);
    if (!selection && older !== undefined) throw usageError("rm", "option '--older' needs '--finished' or '--label'");
    if (selection && given.force !== undefined) {
      throw usageError("rm", "option '--force' is for ids: only finished processes are selected");
    }
    using connection = await context.connect();
    if (selection) return await removeFinished(context, connection, selection, older);
    const names = processWords("rm", words);
    const ifLost = "it is not known whether the process was removed";
    const ids = new Set(await Promise.all(names.map((name) => context.find(connection, name))));
    for (const id of ids) {
      try {
        if (given.force !== undefined) await connection.stop(stopRequest(id, {}), { ifLost });
        await connection.remove(id, { ifLost });
      } catch (error) {
        const reason = exitReason(error);
        if (ids.size === 1 || !reason) throw error;
        throw new ExitError(reason, `${id}: ${(error as Error).message}`, { cause: error });
      }
      if (settings.output === "json") await print(stdout, jsonLine({ id }));
    }
    return 0;
  },
};

/**
 * Removes the finished processes of a selection.
 *
 * @param older Time since the end of a process, in milliseconds; those that finished later stay
 * @returns The exit code
 * @throws {PaasError} When the connection fails
 */
async function removeFinished(
  context: Context,
  connection: Connection,
  selection: Selection,
  older = 0,
): Promise<number> {
  const before = Date.now() - older;
  const processes = (await selectedProcesses(connection, selection, ["finished"]))
    .filter(({ finishTime }) => older === 0 || finishTime && finishTime.seconds * 1000 < before);
  let removed = 0;
  const code = await eachProcess(context, connection, processes.map(({ processId }) => processId), async (id) => {
    try {
      await connection.remove(id);
    } catch (error) {
      // The daemon has forgotten it meanwhile.
      if (error instanceof PaasError && error.code === "not-found") return;
      throw error;
    }
    removed++;
    if (context.settings.output === "json") await print(context.stdout, jsonLine({ id }));
  });
  await print(context.stderr, errorLine(new Error(`${processCount(removed)} removed`)), "stderr");
  return code;
}
