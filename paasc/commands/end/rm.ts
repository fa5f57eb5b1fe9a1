/** `paasc rm`: removes finished processes. */
import { stopRequest } from "../../client/requests.ts";
import type { Command } from "../../command.ts";
import { ExitError, exitReason } from "../../exit.ts";
import { jsonLine } from "../../words/enum_words.ts";
import { print } from "../../print/output.ts";
import { processWords } from "../../options/process_words.ts";

const help = `Usage: paasc rm [options] ID...

Makes the daemon forget finished processes and remove their logs. A process that
has not finished is refused; with --force it is stopped first, as by 'paasc stop'.
The command prints nothing.

Several processes are removed in turn, up to the first that cannot be removed.
When one of the words names no process, nothing is removed.

With -o json it prints {"id":"..."} for each process, one on each line.

Examples:
  paasc rm 2b5c
  paasc rm --force my-server
  paasc rm $(paasc list -q --state finished --until 7d)
`;

export const rm: Command = {
  name: "rm",
  summary: "remove finished processes and their logs",
  help,
  options: [{ name: "force", letter: "f", help: "stop them first" }],

  async run(words, context) {
    const { settings, given, stdout } = context;
    const names = processWords("rm", words);
    const ifLost = "it is not known whether the process was removed";
    using connection = await context.connect();
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
  },
};
