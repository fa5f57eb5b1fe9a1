/** `paasc unshare`: ends the sharing of a process. */
import type { Command } from "../../command.ts";
import { jsonLine } from "../../words/enum_words.ts";
import { print } from "../../print/output.ts";
import { processAndUser } from "../../options/process_words.ts";

const help = `Usage: paasc unshare [options] ID USER

Ends the sharing of a process with a user ('paasc share'). The process is then as
unknown to that user as any other of yours, and what they are reading of it ends
at once. Without such a sharing the command does nothing. It prints nothing.

With -o json it prints {"id":"...","user":"..."}.

Examples:
  paasc unshare 2b5c 45436d8c...63079fe
`;

export const unshare: Command = {
  name: "unshare",
  summary: "end the sharing of a process with another user",
  help,

  async run(words, context) {
    const { settings, stdout } = context;
    const [word, user] = processAndUser("unshare", words);
    using connection = await context.connect();
    const id = await context.find(connection, word);
    await connection.unshare({ processId: id, user }, { ifLost: "it is not known whether it was taken back" });
    if (settings.output === "json") await print(stdout, jsonLine({ id, user }));
  },
};
