/** `paasc stop`: ends a process. */
import type { Command } from "../command.ts";
import { jsonLine } from "../json.ts";
import { print } from "../output.ts";
import { processId as word } from "../process_id.ts";
import { statusJson } from "../process_status.ts";

const help = `Usage: paasc stop [options] ID

Ends the process and all that it started in its group: by SIGTERM and, when the
grace period has passed, by SIGKILL. That is 10 s, unless the daemon was started
or the process was executed with another one. Returns when the process has
finished, and prints nothing. A process that has finished already is left as it
is, and that is no error.

Once the daemon has the request the stop goes on, even if paasc is interrupted.

With -o json it prints the final status, as 'paasc status -o json' does.

Examples:
  paasc stop 2b5c
  paasc stop my-server
`;

export const stop: Command = {
  name: "stop",
  summary: "end a process and wait until it has finished",
  help,

  async run(words, { settings, stdout }) {
    const process = word("stop", words);
    const { connect } = await import("../connect.ts");
    const { findProcess } = await import("../find_process.ts");
    using daemon = await connect(settings);
    const processId = await findProcess(daemon, process);
    const ifLost = "it is not known whether the process was stopped; see 'paasc status'";
    const status = await daemon.stop({ processId }, { ifLost });
    if (settings.output === "json") await print(stdout, jsonLine(statusJson(status)));
  },
};
