/** `paasc attach`: joins a running process. */
import type { Command } from "../../command.ts";
import { DETACH_KEYS_OPTION, detachKeys } from "../../options/detach_keys.ts";
import { processWord } from "../../options/process_words.ts";
import { optionValue, wholeNumber } from "../../options/value.ts";

const help = `Usage: paasc attach [options] ID

Joins a running process: prints its last lines of output and then new output. If
the process was started with stdin or in a terminal, it gets what you type. paasc
exits as the process does; exit codes, Ctrl-C, Ctrl-Z and the messages on stderr
are those of 'paasc run'.

If the process was started in a terminal and your stdin is a terminal, yours is
connected to that of the process until it ends or you press the keys that detach.

Examples:
  paasc attach 2b5c
  paasc attach --tail 100 my-shell
`;

/** Default number of lines of output to begin with. */
const DEFAULT_TAIL = 10;

export const attach: Command = {
  name: "attach",
  summary: "join a running process",
  help,
  exitsAsProcess: true,
  options: [
    { name: "tail", value: "N", help: `begin with the last N lines (default ${DEFAULT_TAIL})` },
    { name: "no-stdin", letter: "n", help: "do not type into it" },
    DETACH_KEYS_OPTION,
  ],

  async run(words, context) {
    const { given } = context;
    const word = processWord("attach", words);
    const tailLines = optionValue("attach", given, "tail", "a number of lines", wholeNumber) ?? DEFAULT_TAIL;
    const keys = detachKeys("attach", given);
    const { processId, stdin, terminal } = await context.ask(async (connection) => {
      return await connection.status(await context.find(connection, word));
    });
    const { session } = await import("../../session/session.ts");
    const typing = given["no-stdin"] === undefined;
    return await session(context, {
      begin: () => Promise.resolve(processId),
      stdin: typing && (stdin || terminal),
      detachKeys: typing && terminal && Deno.stdin.isTerminal() ? keys : undefined,
      tailLines,
    });
  },
};
