/** `paasc signal`: sends a signal to processes. */
import type { Command } from "../../command.ts";
import { ExitError } from "../../exit.ts";
import { jsonLine } from "../../words/enum_words.ts";
import { print } from "../../print/output.ts";
import { processIds } from "../../options/process_words.ts";
import { KNOWN_SIGNALS, signalNumber } from "../../words/signal_names.ts";
import { eachProcess } from "./each_process.ts";

const help = `Usage: paasc signal [options] SIGNAL ID...

Sends a signal to each process and all that it started in its group, and prints
nothing. SIGNAL is a name, with or without SIG and in any case, or a number from
1 to 64; real-time signals are RTMIN+1 or RTMAX-1 and so on. As kill has it, it
may also stand as an option: -9, -KILL, -s KILL. 'paasc kill' is the same. To end
a process, and be sure that it has, see 'paasc stop'.

What cannot be signalled of several is told on stderr; the others are signalled,
and the exit code is 1.

With -o json it prints {"id":"...","signal":15} for each, an object a line.

Examples:
  paasc signal HUP my-server
  paasc signal --leader SIGUSR1 2b5c
  paasc kill -9 2b5c my-server
`;

export const signal: Command = {
  name: "signal",
  aliases: ["kill"],
  summary: "send a signal to processes",
  help,
  options: [
    { name: "leader", help: "to the process alone, not to what it started" },
    {
      name: "signal",
      letter: "s",
      value: "SIGNAL",
      help: "the signal; then all words are ids",
      bare: (word) => signalNumber(word) !== undefined,
    },
  ],

  async run(words, { settings, given, stdout, stderr }) {
    const [name, ...names] = given.signal === undefined ? words : [given.signal, ...words];
    if (name === undefined) {
      throw new ExitError("usage", "signal needs a signal and the id of a process: see 'paasc signal --help'");
    }
    const signal = signalNumber(name);
    if (signal === undefined) {
      throw new ExitError("usage", `there is no signal '${name}' (${KNOWN_SIGNALS}): see 'paasc signal --help'`);
    }
    processIds("signal", names);
    const { connect } = await import("../../connection/connect.ts");
    using daemon = await connect(settings);
    const target = given.leader === undefined ? "SIGNAL_TARGET_GROUP" : "SIGNAL_TARGET_LEADER";
    const ifLost = "it is not known whether the signal was sent";
    return await eachProcess(daemon, names, stderr, async (processId) => {
      await daemon.signal({ processId, signal, target }, { ifLost });
      if (settings.output === "json") await print(stdout, jsonLine({ id: processId, signal }));
    });
  },
};
