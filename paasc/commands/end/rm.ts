/** `paasc rm`: forgets finished processes. */
import type { Command } from "../../command.ts";
import type { Daemon } from "../../connection/connect.ts";
import { ExitError, exitReason } from "../../exit.ts";
import { jsonLine } from "../../words/enum_words.ts";
import { print } from "../../print/output.ts";
import { processIds } from "../../options/process_words.ts";

const help = `Usage: paasc rm [options] ID...

Has the daemon forget finished processes and remove their logs. A process that
has not finished is refused; with --force it is stopped first, as by 'paasc
stop'. It prints nothing.

Of several processes each is removed in turn, up to the first that cannot be.
When one of the words names none, nothing is removed.

With -o json it prints {"id":"..."} for each, a line each.

Examples:
  paasc rm 2b5c
  paasc rm --force my-server
  paasc rm $(paasc list -q --state finished --until 7d)
`;

export const rm: Command = {
  name: "rm",
  summary: "forget finished processes and their logs",
  help,
  options: [{ name: "force", letter: "f", help: "stop them first" }],

  async run(words, { settings, given, stdout }) {
    const names = processIds("rm", words);
    const { connect } = await import("../../connection/connect.ts");
    const { findProcess } = await import("../../streams/find_process.ts");
    using daemon = await connect(settings);
    const ids = new Set(await Promise.all(names.map((name) => findProcess(daemon, name))));
    for (const id of ids) {
      try {
        await remove(daemon, id, given.force !== undefined);
      } catch (error) {
        const reason = exitReason(error);
        if (ids.size === 1 || !reason) throw error;
        throw new ExitError(reason, `${id}: ${(error as Error).message}`, { cause: error });
      }
      if (settings.output === "json") await print(stdout, jsonLine({ id }));
    }
  },
};

async function remove(daemon: Daemon, processId: string, force: boolean): Promise<void> {
  const ifLost = "it is not known whether the process was removed";
  if (force) await daemon.stop({ processId }, { ifLost });
  await daemon.remove(processId, { ifLost });
}
