/** `paasc signal`: sends a signal to processes. */
import { signalRequest } from "../../client/requests.ts";
import type { Command } from "../../command.ts";
import { jsonLine } from "../../words/enum_words.ts";
import { print } from "../../print/output.ts";
import { processWords } from "../../options/process_words.ts";
import { usageError } from "../../options/value.ts";
import { KNOWN_SIGNALS, signalNumber } from "../../words/signal_names.ts";
import { eachProcess } from "./each_process.ts";

const help = `Usage: paasc signal [options] SIGNAL ID...

Sends a signal to each process and its group, and prints nothing. SIGNAL is a
name, with or without SIG and in any case, or a number from 1 to 64; real-time
signals are RTMIN+1, RTMAX-1 and so on. As with kill, the signal may also be an
option: -9, -KILL, -s KILL. 'paasc kill' is the same command, but has no default
signal. 'paasc pause' sends STOP, and 'paasc unpause' CONT. To end a process for
certain, see 'paasc stop'.

A failure for one of several processes is printed to stderr; the others still get
the signal, and the exit code is 1.

With -o json it prints {"id":"...","signal":15} for each process, one a line.

Examples:
  paasc signal HUP my-server
  paasc signal --leader SIGUSR1 2b5c
  paasc kill -9 2b5c my-server
  paasc pause my-server
`;

export const signal: Command = {
  name: "signal",
  aliases: { kill: {}, pause: { signal: "STOP" }, unpause: { signal: "CONT" } },
  summary: "send a signal to processes",
  help,
  options: [
    { name: "leader", help: "signal only the process itself, not its group" },
    {
      name: "signal",
      letter: "s",
      value: "SIGNAL",
      help: "the signal; all words are then ids",
      bare: (word) => signalNumber(word) !== undefined,
    },
  ],

  async run(words, context) {
    const { settings, given, stdout } = context;
    const [name, ...names] = given.signal === undefined ? words : [given.signal, ...words];
    if (name === undefined) throw usageError("signal", "signal needs a signal and the id of a process");
    const signal = signalNumber(name);
    if (signal === undefined && words.length === 1 && given.signal === undefined) {
      const ways = `'paasc stop ${name}' ends a process, 'paasc kill KILL ${name}' at once`;
      throw usageError("signal", `a signal is missing before '${name}' (${ways})`);
    }
    if (signal === undefined) throw usageError("signal", `there is no signal '${name}' (${KNOWN_SIGNALS})`);
    processWords("signal", names);
    using connection = await context.connect();
    const leader = given.leader !== undefined;
    const ifLost = "it is not known whether the signal was sent";
    return await eachProcess(context, connection, names, async (id) => {
      await connection.signal(signalRequest(id, signal, { leader }), { ifLost });
      if (settings.output === "json") await print(stdout, jsonLine({ id, signal }));
    });
  },
};
