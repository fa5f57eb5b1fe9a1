/** `paasc logs`: prints the output of a process. */
import type { Command } from "../../command.ts";
import { ExitError } from "../../exit.ts";
import { noteTo } from "../../print/output.ts";
import { processId } from "../../options/process_words.ts";
import { logChoice, logOptions } from "../../options/logs.ts";

const help = `Usage: paasc logs [options] ID

Prints the output of the process to stdout, byte for byte: all since its start,
then what it writes, as it writes it, until it has finished. The order within
its stdout and its stderr is exact; between the two, which are separate pipes,
it is that in which the daemon read them.

When the connection breaks it is made anew, and the output goes on at the next
byte. A daemon that was restarted knows the process only if it has a spool
directory.

It exits with 0 when every byte asked for was printed or is declared missing on
stderr: how much, and why; with 3 when the daemon does not account for every
byte, when bytes are damaged on its disk, or when nobody knows whether that was
all, because it was killed while the process ran. Ctrl-C ends the printing, not
the process.

A reader that is slower than the process writes gets everything, later. With
--on-slow skip it goes on at the present when it is more than 4 MiB behind, also
of what was there before it came, and what it skips is declared missing. With
--compress the daemon sends compressed what is long enough: for slow networks;
it costs time on both sides.

WHEN is a duration, such as 500ms, 10m or 1h30m: that long ago; or an RFC 3339
time, such as 2026-01-31T23:59:59Z. With --timestamps a line that one stream has
left unfinished is broken off when a line of the other one comes.

With -o json it prints a line for each piece of output: offset (how many bytes
come before it), stream (stdout, stderr), time, data (the bytes in base64), and
partial: true when its last line goes on in the next piece of that stream; and a
last line with end: bytes and lines (how many the log has in all), status, and
mayBeCut: true when nobody knows whether that was all. A line with gap (from,
to, reason, and lines if that is known) declares bytes missing that were asked
for. Then nothing of it is on stderr.

Examples:
  paasc logs 2b5c
  paasc logs my-server
  paasc logs --tail 20 --timestamps ID
  paasc logs --since 1h30m --until 10m --no-follow ID
  paasc logs --tail 100 --on-slow skip --compress ID
  paasc logs --split ID >out.txt 2>err.txt
  paasc logs -o json --stderr-only ID | jq -rj '.data // empty | @base64d'
`;

/** How long after Ctrl-C stdout may take what has been received, in milliseconds. */
const farewell = 1_000;

export const logs: Command = {
  name: "logs",
  summary: "print the output of a process, live until it has finished",
  help,
  options: logOptions,

  async run(words, { settings, given, stdout, stderr }) {
    const { request, form, patience } = logChoice(given, settings.output, Date.now());
    const process = processId("logs", words);
    const [{ followLog }, { LogPrinter }] = await Promise.all([
      import("../../streams/follow.ts"),
      import("../../print/log_printer.ts"),
    ]);
    const note = noteTo(stderr);
    const log = new LogPrinter(stdout, stderr, form, note);
    const interrupted = new AbortController();

    const printAll = async () => {
      try {
        const { signal } = interrupted;
        const position = () => log.position;
        const messages = followLog({ settings, process, request, position, patience, note, signal });
        for await (const message of messages) await log.print(message);
        if (!log.complete) {
          throw new ExitError("incomplete", "the daemon ended it without saying that it is complete");
        }
      } catch (error) {
        if (log.complete) return; // what comes behind the end changes nothing
        throw log.cutShort(error);
      }
    };

    // After Ctrl-C nothing more is received. What has been comes first, then `printAll` fails for the cancelled call;
    // it does not where stdout is stuck.
    const stuck = Promise.withResolvers<void>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const interrupt = () => {
      interrupted.abort();
      timer ??= setTimeout(stuck.resolve, farewell);
    };
    Deno.addSignalListener("SIGINT", interrupt);
    try {
      await Promise.race([printAll(), stuck.promise]);
    } catch (error) {
      if (timer === undefined) throw error;
    } finally {
      clearTimeout(timer);
      Deno.removeSignalListener("SIGINT", interrupt);
    }
    if (!log.complete) throw new ExitError("interrupted", "");
    if (log.shortfall) throw new ExitError("incomplete", form.output === "json" ? "" : log.shortfall);
  },
};
