/** `paasc attach`: joins a running process. */
import type { Command } from "../../command.ts";
import { noteTo } from "../../print/output.ts";
import { processId } from "../../options/process_words.ts";
import { optionValue, wholeNumber } from "../../options/value.ts";

const help = `Usage: paasc attach [options] ID

Joins a running process: prints its last lines of output and what comes, and, if
it was started with stdin or in a terminal, lets you type into it. It exits as
the process does, as 'paasc run' says; Ctrl-C and Ctrl-Z are as there, and so is
what stderr says when the process did not end by itself.

A process that was started in a terminal gets yours lent, if stdin is one, until
it ends or the keys come that detach.

Examples:
  paasc attach 2b5c
  paasc attach --tail 100 my-shell
`;

/** So many lines of output come first. */
const defaultTail = 10;

export const attach: Command = {
  name: "attach",
  summary: "join a running process",
  help,
  options: [
    { name: "tail", value: "N", help: "begin with the last N lines (default 10)" },
    { name: "no-stdin", letter: "n", help: "do not type into it" },
    { name: "detach-keys", value: "KEYS", help: "leave it running (default ctrl-p,ctrl-q)" },
  ],

  async run(words, context) {
    const { given, settings, stderr } = context;
    const word = processId("attach", words);
    const tailLines = optionValue("attach", "tail", given.tail, "a number of lines", wholeNumber) ?? defaultTail;
    const { DEFAULT_DETACH_KEYS, parseKeys } = await import("../../session/local_terminal.ts");
    const keys = given["detach-keys"] ?? DEFAULT_DETACH_KEYS;
    const detachKeys = optionValue("attach", "detach-keys", keys, "keys such as ctrl-p,ctrl-q", parseKeys);
    const { ask } = await import("../../connection/reconnect.ts");
    const { findProcess } = await import("../../streams/find_process.ts");
    const { session } = await import("../../session/session.ts");
    const status = await ask({ settings, note: noteTo(stderr) }, async (daemon) => {
      return await daemon.status(await findProcess(daemon, word));
    });
    const typing = given["no-stdin"] === undefined;
    return await session(context, {
      begin: () => Promise.resolve(status.processId),
      stdin: typing && (status.stdin || status.terminal),
      detachKeys: typing && status.terminal && Deno.stdin.isTerminal() ? detachKeys : undefined,
      tailLines,
    });
  },
};
