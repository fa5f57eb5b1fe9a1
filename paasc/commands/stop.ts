/** `paasc stop`: ends a process. */
import type { StopResponse__Output } from "@paas/proto";
import type { Command } from "../command.ts";
import { PaascError } from "../errors.ts";
import { print } from "../output.ts";
import { processId } from "../process_id.ts";
import { statusJson } from "../process_status.ts";

const help = `Usage: paasc stop [options] ID

Ends the process and all that it started in its group: by SIGTERM and, when the
daemon's grace period (10 s by default) has passed, by SIGKILL. Returns when the
process has finished, and prints nothing. A process that has finished already is
left as it is, and that is no error.

Once the daemon has the request the stop goes on, even if paasc is interrupted.

With -o json it prints the final status, as 'paasc status -o json' does.

Example:
  paasc stop 2b5c0c4e-2a8f-4a3c-9d5f-0d8e5b9b7c11
`;

export const stop: Command = {
  name: "stop",
  summary: "end a process and wait until it has finished",
  help,

  async run(words, { settings, stdout }) {
    const id = processId("stop", words);
    const { connect } = await import("../connect.ts");
    using daemon = await connect(settings);
    const { status } = await daemon.answer<StopResponse__Output>(
      (callback) => daemon.client.Stop({ processId: id }, callback),
      "it is not known whether the process was stopped; see 'paasc status'",
    );
    if (!status) throw new PaascError("failed", "the daemon's answer has no status");
    if (settings.output === "json") await print(stdout, `${JSON.stringify({ id, ...statusJson(status) })}\n`);
  },
};
