/** `paasc logs`: prints the output of processes. */
import type { ProcessStatus__Output } from "@paas/proto";
import { logsRequest } from "../../client/requests.ts";
import type { Command, Context } from "../../command.ts";
import { ExitError } from "../../exit.ts";
import { noteTo } from "../../print/output.ts";
import { restartSentence } from "../../print/process_status.ts";
import { processWords } from "../../options/process_words.ts";
import { LOG_OPTIONS, type LogChoice, logChoice } from "../../options/logs.ts";
import { optionValues, pair } from "../../options/value.ts";
import { Ending, noLine } from "./ending.ts";

const help = `Usage: paasc logs [options] ID...
       paasc logs [options] --label K=V

Prints the output of a process to stdout, byte for byte: all output since its
start, then new output as it comes, until the process has finished. The order
within its stdout and within its stderr is exact. Between the two, which are
separate pipes, it is the order in which the daemon read them.

When the connection breaks, paasc makes a new one, and the output goes on at the
next byte. A daemon that was restarted knows the process only if it has a spool
directory.

The exit code is 0 when every requested byte was printed or reported as missing:
stderr then tells how many bytes are missing, and why. The exit code is 3 when
the daemon does not account for every byte, when bytes are damaged on its disk, or
when the end may be missing because the daemon was killed while the process ran.
Ctrl-C ends the printing, not the process. The log of a process that the daemon
restarts (--restart) ends with that process, and stderr tells which one comes after
it.

A reader that is slower than the process gets everything, later. With --on-slow
skip, a reader that is more than 4 MiB behind goes on at the present; old output
counts too. Skipped bytes are reported as missing. With --compress the daemon
compresses long messages, for slow networks; this costs CPU time on both sides.

With several processes, or with --label, each line stands behind the name of its
process, or the first digits of its id: 'web | line'. An unfinished line is held
back for a second and then printed as a line; 'web + rest' continues it. With
--label and follow, processes that start later join, and the command goes on until
Ctrl-C. Without follow the output is in the order of its times. At most 64 logs
are printed at once. A sentence about missing output names its process.

With --grep the daemon searches, and sends only lines that match RE, a regular
expression in the syntax of RE2 (no look-around, no backreferences) of at most
1,024 bytes. It takes the lines that --tail, --since and the like select, and
compares the first 64 KiB of a line, without its line end. A line is shown as it
was written; for RE a byte that is not UTF-8 is U+FFFD. -A, -B and -C add up to
200 lines around each, and before it up to 256 KiB of them; '--' stands between
lines that are not adjacent.

With --until-match the command ends with 0 behind the first line that matches, of
any of the processes. When the output ends without one, the exit code is 1. With
--timeout the command ends after that time with the exit code 124, as timeout(1)
does; the processes run on.

WHEN is a duration before now, such as 500ms, 10m or 1h30m, or an RFC 3339 time,
such as 2026-01-31T23:59:59Z. With --timestamps an unfinished line of one stream
is broken off when a line of the other stream comes.

With -o json it prints a line for each piece of output: offset (the number of
bytes before it), stream (stdout, stderr), time, data (the bytes in base64), and
partial: true when its last line continues in the next piece of that stream. The
last line has end: bytes and lines (the size of the whole log), status, mayBeCut:
true when the end may be missing, and matched: true at the line of --until-match.
A line with gap (from, to, reason, and lines if known) reports missing bytes;
stderr then says nothing about them. With several processes each object begins
with id and name.

Examples:
  paasc logs 2b5c
  paasc logs my-server
  paasc logs --tail 20 --timestamps ID
  paasc logs --since 1h30m --until 10m --no-follow ID
  paasc logs --tail 100 --on-slow skip --compress ID
  paasc logs --split ID >out.txt 2>err.txt
  paasc logs web db
  paasc logs --label app=shop --grep error -i -C 3
  paasc logs --until-match 'listening on' --timeout 30s my-server
  paasc logs -o json --stderr-only ID | jq -rj '.data // empty | @base64d'
`;

export const logs: Command = {
  name: "logs",
  summary: "print the output of processes, live until they have finished",
  help,
  options: LOG_OPTIONS,

  async run(words, context) {
    const { settings, given, repeated } = context;
    const choice = logChoice(given, settings.output, Date.now());
    const labels = optionValues("logs", repeated, "label", "NAME=VALUE", pair);
    const byLabel = labels.length > 0;
    const processes = byLabel && words.length === 0 ? [] : processWords("logs", words);
    using ending = new Ending(choice.timeout);
    if (byLabel || processes.length > 1) {
      const { printLogs } = await import("./many_logs.ts");
      return await printLogs(context, choice, { words: processes, labels: Object.fromEntries(labels) }, ending);
    }
    await printLog(context, choice, processes[0]!, ending);
  },
};

/** Prints the log of one process. */
async function printLog(
  { settings, stdout, stderr }: Context,
  { options, form, patience }: LogChoice,
  process: string,
  ending: Ending,
): Promise<void> {
  const request = logsRequest(options);
  const [{ followLog }, { LogPrinter }] = await Promise.all([
    import("../../streams/follow.ts"),
    import("../../print/log_printer.ts"),
  ]);
  const note = noteTo(stderr);
  const log = new LogPrinter(stdout, stderr, form, note);
  const { account } = log;
  const { signal } = ending;
  const position = () => account.position;
  let last: ProcessStatus__Output | undefined;
  await ending.unlessStuck(async () => {
    try {
      const messages = followLog({ settings, process, request, position, patience, note, signal });
      for await (const message of messages) {
        await log.print(message);
        last = message.end?.status ?? undefined;
      }
    } catch (error) {
      if (account.complete) return; // a failure after the end of the log changes nothing
      throw log.cutShort(error);
    }
    account.finish();
  });
  if (!account.complete) throw ending.error("the output has not ended");
  const restart = last && options.follow !== false && form.output === "text" && restartSentence(last, Date.now());
  if (restart) note(restart);
  if (log.shortfall) throw new ExitError("incomplete", form.output === "json" ? "" : log.shortfall);
  if (options.untilMatch && !log.matched) throw noLine(options.untilMatch);
}
