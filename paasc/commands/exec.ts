/** `paasc exec`: starts a process. */
import type { ExecResponse__Output } from "@paas/proto";
import type { Command } from "../command.ts";
import { PaascError } from "../errors.ts";
import { print } from "../output.ts";

const help = `Usage: paasc exec [options] [--] PROGRAM [ARGUMENT...]

Starts a program on the daemon's machine and prints the id of the process, as
soon as it runs. The process goes on by itself: see it by 'paasc status ID',
'paasc logs ID' and 'paasc stop ID'.

From PROGRAM on, every word is passed on as it is, options too. No shell is
involved: for pipes and variables, start one. PROGRAM is looked up in the
daemon's PATH unless it has a slash.

With -o json it prints {"id":"..."}.

Examples:
  paasc exec ls -l /tmp
  paasc exec sh -c 'echo $HOME | wc -c'
`;

export const exec: Command = {
  name: "exec",
  summary: "start a process and print its id",
  help,

  async run(words, { settings, stdout }) {
    if (words.length === 0) throw new PaascError("usage", "exec needs a program: see 'paasc exec --help'");
    // Deno decodes the command line and puts U+FFFD where it is no UTF-8: better to refuse than to run something else.
    const broken = words.find((word) => word.includes("\ufffd"));
    if (broken !== undefined) {
      throw new PaascError("usage", `'${broken}' is not UTF-8 text, and so cannot be passed on unchanged`);
    }
    const { connect } = await import("../connect.ts");
    using daemon = await connect(settings);
    const { processId: id } = await daemon.answer<ExecResponse__Output>(
      (callback) => daemon.client.Exec({ args: [...words] }, callback),
      "it is not known whether the process was started",
    );
    await print(stdout, `${settings.output === "json" ? JSON.stringify({ id }) : id}\n`);
  },
};
