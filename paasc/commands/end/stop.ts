/** `paasc stop`: ends processes. */
import type { Command } from "../../command.ts";
import { ExitError } from "../../exit.ts";
import { jsonLine } from "../../words/enum_words.ts";
import { print } from "../../print/output.ts";
import { processIds } from "../../options/process_words.ts";
import { statusJson } from "../../print/process_status.ts";
import type { Given } from "../../settings/settings.ts";
import { parseDuration, toDuration } from "../../words/time.ts";
import { eachProcess } from "./each_process.ts";
import { durations, optionValue, wholeNumber } from "../../options/value.ts";

const help = `Usage: paasc stop [options] ID...

Ends each process and all that it started in its group: by SIGTERM and, when the
grace period has passed, by SIGKILL. That is 10 s, unless the daemon was started
or the process was executed with another one, or --grace says otherwise; --time
is the same in seconds. With --force it is SIGKILL at once. Returns when the
processes have finished, and prints nothing. A process that has finished already
is left as it is, and that is no error.

What cannot be stopped of several is told on stderr; the others are stopped, and
the exit code is 1.

Once the daemon has the request the stop goes on, even if paasc is interrupted.

With -o json it prints the final status of each, an object a line, as 'paasc
status -o json' does, in the order in which they finish.

Examples:
  paasc stop 2b5c
  paasc stop --grace 1m my-server
  paasc stop $(paasc list -q --state running)
`;

export const stop: Command = {
  name: "stop",
  summary: "end processes and wait until they have finished",
  help,
  options: [
    { name: "grace", value: "DURATION", help: "how long to wait from SIGTERM to SIGKILL" },
    { name: "time", letter: "t", value: "SECONDS", help: "the same, in seconds" },
    { name: "force", letter: "f", help: "kill at once: no grace" },
  ],

  async run(words, { settings, given, stdout, stderr }) {
    const grace = graceFrom(given);
    const names = processIds("stop", words);
    const { connect } = await import("../../connection/connect.ts");
    using daemon = await connect(settings);
    const ifLost = "it is not known whether the process was stopped; see 'paasc status'";
    return await eachProcess(daemon, names, stderr, async (processId) => {
      const status = await daemon.stop({ processId, grace }, { ifLost });
      if (settings.output === "json") await print(stdout, jsonLine(statusJson(status)));
    });
  },
};

/** The grace period that options give. */
function graceFrom(given: Given) {
  const [one, other] = ["grace", "time", "force"].filter((name) => given[name] !== undefined);
  if (other !== undefined) {
    throw new ExitError("usage", `options '--${one}' and '--${other}' exclude each other: see 'paasc stop --help'`);
  }
  const seconds = optionValue("stop", "time", given.time, "a number of seconds", wholeNumber);
  const milliseconds = given.force !== undefined
    ? 0
    : seconds === undefined
    ? optionValue("stop", "grace", given.grace, durations, parseDuration)
    : seconds * 1000;
  return milliseconds === undefined ? undefined : toDuration(milliseconds);
}
