/** `paasc signal`: sends a signal to a process. */
import type { Command } from "../command.ts";
import { PaascError } from "../errors.ts";
import { jsonLine } from "../json.ts";
import { print } from "../output.ts";
import { processId as word } from "../process_id.ts";
import { signalNumber } from "../signals.ts";

const help = `Usage: paasc signal [options] SIGNAL ID

Sends a signal to the process and all that it started in its group, and prints
nothing. SIGNAL is a name, with or without SIG and in any case, or a number from
1 to 31. 'paasc kill' is the same. To end a process, and be sure that it has,
see 'paasc stop'.

With -o json it prints {"id":"...","signal":15}.

Examples:
  paasc signal HUP my-server
  paasc signal --leader SIGUSR1 2b5c
  paasc kill 9 2b5c
`;

export const signal: Command = {
  name: "signal",
  aliases: ["kill"],
  summary: "send a signal to a process",
  help,
  options: [{ name: "leader", help: "to the process alone, not to what it started" }],

  async run([name, ...words], { settings, given, stdout }) {
    if (name === undefined) {
      throw new PaascError("usage", "signal needs a signal and the id of a process: see 'paasc signal --help'");
    }
    const signal = signalNumber(name);
    if (signal === undefined) {
      throw new PaascError(
        "usage",
        `there is no signal '${name}' (there are HUP, INT, TERM and so on, and 1 to 31): see 'paasc signal --help'`,
      );
    }
    const process = word("signal", words);
    const { connect } = await import("../connect.ts");
    const { findProcess } = await import("../find_process.ts");
    using daemon = await connect(settings);
    const id = await findProcess(daemon, process);
    const target = given.leader === undefined ? "SIGNAL_TARGET_GROUP" : "SIGNAL_TARGET_LEADER";
    await daemon.signal({ processId: id, signal, target }, { ifLost: "it is not known whether the signal was sent" });
    if (settings.output === "json") await print(stdout, jsonLine({ id, signal }));
  },
};
