/** `paasc unshare`: takes back what another user could do with a process. */
import type { Command } from "../../command.ts";
import { jsonLine } from "../../words/enum_words.ts";
import { print } from "../../print/output.ts";
import { processAndUser } from "./share.ts";

const help = `Usage: paasc unshare [options] ID USER

Takes back what 'paasc share' gave: from now on the process is as unknown to that
user as any other of yours; what they are reading of it ends at once. Where
nothing is shared it does nothing. It prints nothing.

With -o json it prints {"id":"...","user":"..."}.

Examples:
  paasc unshare 2b5c 45436d8c...63079fe
`;

export const unshare: Command = {
  name: "unshare",
  summary: "take that back",
  help,

  async run(words, { settings, stdout }) {
    const [word, user] = processAndUser("unshare", words);
    const { connect } = await import("../../connection/connect.ts");
    const { findProcess } = await import("../../streams/find_process.ts");
    using daemon = await connect(settings);
    const processId = await findProcess(daemon, word);
    await daemon.unshare({ processId, user }, { ifLost: "it is not known whether it was taken back" });
    if (settings.output === "json") await print(stdout, jsonLine({ id: processId, user }));
  },
};
