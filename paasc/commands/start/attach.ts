/** `paasc attach`: joins a running process. */
import type { Command } from "../../command.ts";
import { errorLine } from "../../exit.ts";
import { print } from "../../print/output.ts";
import { DETACH_KEYS_OPTION, detachKeys, keysText } from "../../options/detach_keys.ts";
import { processWord } from "../../options/process_words.ts";
import { optionValue, wholeNumber } from "../../options/value.ts";

const help = `Usage: paasc attach [options] ID

Joins a running process: prints its last lines of output and then new output. If
the process was started with stdin or in a terminal, it gets what you type. paasc
exits as the process does; exit codes, Ctrl-Z and the messages on stderr are those
of 'paasc run'.

Ctrl-C goes to a process that gets what you type. With --no-stdin, and for a
process without stdin, Ctrl-C only leaves, with exit code 130.

On a terminal the keys that detach leave the process running. If the process was
started in a terminal, yours is connected to it; otherwise it gets whole lines.
After you have left, paasc makes the terminal usable again and prints how to come
back.

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
    const { given, stderr } = context;
    const word = processWord("attach", words);
    const tailLines = optionValue("attach", given, "tail", "a number of lines", wholeNumber) ?? DEFAULT_TAIL;
    const keys = detachKeys("attach", given);
    const { processId, state, stdin, terminal } = await context.ask(async (connection) => {
      return await connection.status(await context.find(connection, word));
    });
    const { session } = await import("../../session/session.ts");
    const typing = given["no-stdin"] === undefined && (stdin || terminal);
    const tty = typing && terminal && Deno.stdin.isTerminal();
    // A program that reads this one's output, such as a pager, may use the terminal as well.
    const lines = typing && !tty && Deno.stdin.isTerminal() && Deno.stdout.isTerminal();
    const leave = tty || lines ? keysText(given) : typing ? undefined : "Ctrl-C";
    if (leave && state !== "PROCESS_STATE_FINISHED" && Deno.stderr.isTerminal()) {
      await print(stderr, errorLine(new Error(`attached to ${processId}; ${leave} leaves it running`)), "stderr");
    }
    return await session(context, {
      begin: () => Promise.resolve(processId),
      stdin: typing,
      detachKeys: tty || lines ? keys : undefined,
      tty,
      interruptLeaves: !typing,
      tailLines,
    });
  },
};
