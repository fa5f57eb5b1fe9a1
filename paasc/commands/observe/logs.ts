/** `paasc logs`: prints the output of a process. */
import { logsRequest } from "../../client/requests.ts";
import type { Command } from "../../command.ts";
import { ExitError } from "../../exit.ts";
import { noteTo } from "../../print/output.ts";
import { processWord } from "../../options/process_words.ts";
import { LOG_OPTIONS, logChoice } from "../../options/logs.ts";

const help = `Usage: paasc logs [options] ID

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
Ctrl-C ends the printing, not the process.

A reader that is slower than the process gets everything, later. With --on-slow
skip, a reader that is more than 4 MiB behind goes on at the present; old output
counts too. Skipped bytes are reported as missing. With --compress the daemon
compresses long messages, for slow networks; this costs CPU time on both sides.

WHEN is a duration before now, such as 500ms, 10m or 1h30m, or an RFC 3339 time,
such as 2026-01-31T23:59:59Z. With --timestamps an unfinished line of one stream
is broken off when a line of the other stream comes.

With -o json it prints a line for each piece of output: offset (the number of
bytes before it), stream (stdout, stderr), time, data (the bytes in base64), and
partial: true when its last line continues in the next piece of that stream. The
last line has end: bytes and lines (the size of the whole log), status, and
mayBeCut: true when the end may be missing. A line with gap (from, to, reason, and
lines if known) reports missing bytes; stderr then says nothing about them.

Examples:
  paasc logs 2b5c
  paasc logs my-server
  paasc logs --tail 20 --timestamps ID
  paasc logs --since 1h30m --until 10m --no-follow ID
  paasc logs --tail 100 --on-slow skip --compress ID
  paasc logs --split ID >out.txt 2>err.txt
  paasc logs -o json --stderr-only ID | jq -rj '.data // empty | @base64d'
`;

/** Maximum time after Ctrl-C to print the received output, in milliseconds. */
const FAREWELL_MS = 1_000;

export const logs: Command = {
  name: "logs",
  summary: "print the output of a process, live until it has finished",
  help,
  options: LOG_OPTIONS,

  async run(words, { settings, given, stdout, stderr }) {
    const { options, form, patience } = logChoice(given, settings.output, Date.now());
    const process = processWord("logs", words);
    const request = logsRequest(options);
    const [{ followLog }, { LogPrinter }] = await Promise.all([
      import("../../streams/follow.ts"),
      import("../../print/log_printer.ts"),
    ]);
    const note = noteTo(stderr);
    const log = new LogPrinter(stdout, stderr, form, note);
    const { account } = log;
    const interrupted = new AbortController();

    const printAll = async () => {
      try {
        const { signal } = interrupted;
        const position = () => account.position;
        const messages = followLog({ settings, process, request, position, patience, note, signal });
        for await (const message of messages) await log.print(message);
      } catch (error) {
        if (account.complete) return; // a failure after the end of the log changes nothing
        throw log.cutShort(error);
      }
      account.finish();
    };

    // After Ctrl-C no more output is received. The output received so far is printed, and then `printAll` fails because the
    // call was cancelled. It does not fail while stdout is stuck.
    const stuck = Promise.withResolvers<void>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const interrupt = () => {
      interrupted.abort();
      timer ??= setTimeout(stuck.resolve, FAREWELL_MS);
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
    if (!account.complete) throw new ExitError("interrupted", "");
    if (log.shortfall) throw new ExitError("incomplete", form.output === "json" ? "" : log.shortfall);
  },
};
