/** `paasc status`: tells how a process stands. */
import type { GetStatusResponse__Output } from "@paas/proto";
import type { Command } from "../command.ts";
import { PaascError } from "../errors.ts";
import { print } from "../output.ts";
import { processId } from "../process_id.ts";
import { statusJson, statusText } from "../process_status.ts";

const help = `Usage: paasc status [options] ID

Prints how the process stands, one of:

  Status: running
  Status: stopping
  Status: finished (exit code 0)
  Status: finished (signal 15)

The exit code of paasc says whether the question was answered (0), not how the
process ended.

With -o json it prints one object: id, state (running, stopping, finished),
exitCode or signal, startTime, finishTime, endReason (exited, stopped,
timed-out, daemon-shutdown) and stop (by: the SHA-256 of the user's
certificate; time; killed: whether SIGKILL was needed). What is not known yet is
left out.

Examples:
  paasc status 2b5c0c4e-2a8f-4a3c-9d5f-0d8e5b9b7c11
  paasc status -o json ID | jq .exitCode
`;

export const status: Command = {
  name: "status",
  summary: "tell how a process stands",
  help,

  async run(words, { settings, stdout }) {
    const id = processId("status", words);
    const { connect } = await import("../connect.ts");
    using daemon = await connect(settings);
    const { status } = await daemon.answer<GetStatusResponse__Output>(
      (callback) => daemon.client.GetStatus({ processId: id }, callback),
    );
    if (!status) throw new PaascError("failed", "the daemon's answer has no status");
    await print(
      stdout,
      `${settings.output === "json" ? JSON.stringify({ id, ...statusJson(status) }) : statusText(status)}\n`,
    );
  },
};
