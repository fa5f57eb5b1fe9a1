/** `paasc logs`: prints the output of a process. */
import type { ServiceError } from "@grpc/grpc-js";
import type { GetLogsResponse__Output, LogChunk__Output, LogEnd__Output } from "@paas/proto";
import { Buffer } from "node:buffer";
import type { Command } from "../command.ts";
import { PaascError } from "../errors.ts";
import { rfc3339, word } from "../json.ts";
import { type Output, print } from "../output.ts";
import { processId } from "../process_id.ts";
import { statusJson } from "../process_status.ts";

const help = `Usage: paasc logs [options] ID

Prints the output of the process to stdout, byte for byte: all since its start,
then what it writes, as it writes it, until it has finished. The order within
its stdout and its stderr is exact; between the two, which are separate pipes,
it is that in which the daemon read them.

It exits with 0 only when the log is complete. Ctrl-C ends the printing, not the
process.

With -o json it prints a line for each piece of output: offset (how many bytes
come before it), stream (stdout, stderr), time, and data (the bytes in base64);
and a last line with end: bytes (how many in all) and status.

Examples:
  paasc logs 2b5c0c4e-2a8f-4a3c-9d5f-0d8e5b9b7c11
  paasc logs -o json ID | jq -rj 'select(.stream == "stderr").data | @base64d'
`;

/** How long after Ctrl-C stdout may take what has been received, in milliseconds. */
const farewell = 1_000;

export const logs: Command = {
  name: "logs",
  summary: "print the output of a process, live until it has finished",
  help,

  async run(words, { settings, stdout }) {
    const id = processId("logs", words);
    const { connect } = await import("../connect.ts");
    using daemon = await connect(settings);
    const call = daemon.client.GetLogs({ processId: id });
    const log = new LogPrinter(stdout, settings.output);

    const printAll = async () => {
      try {
        for await (const message of call as AsyncIterable<GetLogsResponse__Output>) await log.print(message);
      } catch (error) {
        if (error instanceof PaascError) throw error;
        if (!log.complete) throw log.cutShort(daemon.failure(error as ServiceError));
      }
      if (!log.complete) {
        throw log.cutShort(new PaascError("failed", "the daemon ended it without saying that it is complete"));
      }
    };

    // After Ctrl-C nothing more is received. What has been comes first, then `printAll` fails for the cancelled call;
    // it does not where stdout is stuck.
    const stuck = Promise.withResolvers<void>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const interrupt = () => {
      call.cancel();
      timer ??= setTimeout(stuck.resolve, farewell);
    };
    Deno.addSignalListener("SIGINT", interrupt);
    try {
      await Promise.race([printAll(), stuck.promise]);
    } catch (error) {
      if (timer === undefined) throw error;
    } finally {
      call.cancel(); // for an end that came from here, such as a full disk
      clearTimeout(timer);
      Deno.removeSignalListener("SIGINT", interrupt);
    }
    if (!log.complete) throw new PaascError("interrupted", "");
  },
};

/** Prints messages of a log, and holds the daemon to its promise: every byte, once, in order. */
class LogPrinter {
  /** How many bytes of the log have been printed. */
  #bytes = 0;
  /** Whether the daemon has said that this was all. */
  complete = false;

  constructor(private readonly stdout: Output, private readonly form: "text" | "json") {}

  async print({ chunks, end }: GetLogsResponse__Output): Promise<void> {
    let expected = this.#bytes;
    for (const { offset, data } of chunks) {
      if (offset !== expected) {
        throw this.cutShort(new PaascError("failed", `the next piece from the daemon begins at byte ${offset}`));
      }
      expected += data.length;
    }
    await print(this.stdout, this.form === "json" ? chunks.map(chunkJson).join("") : bytesOf(chunks));
    this.#bytes = expected;

    if (!end) return;
    if (end.bytes !== expected) throw this.cutShort(new PaascError("failed", `the daemon counts ${end.bytes}`));
    if (this.form === "json") await print(this.stdout, endJson(end));
    this.complete = true;
  }

  /** A failure, as it is to be told once some of the log has been printed. */
  cutShort(failure: PaascError): PaascError {
    if (this.#bytes === 0) return failure;
    const { reason, message, cause } = failure;
    return new PaascError(reason, `the log is cut short after ${this.#bytes} bytes: ${message}`, { cause });
  }
}

function bytesOf(chunks: readonly LogChunk__Output[]): Uint8Array {
  const [first, second] = chunks;
  return first && !second ? first.data : Buffer.concat(chunks.map(({ data }) => data));
}

function chunkJson({ offset, stream, time, data }: LogChunk__Output): string {
  return JSON.stringify({
    offset,
    stream: word(stream, "LOG_STREAM_"),
    time: time ? rfc3339(time) : undefined,
    data: data.toString("base64"),
  }) + "\n";
}

function endJson({ bytes, status }: LogEnd__Output): string {
  return JSON.stringify({ end: { bytes, status: status ? statusJson(status) : undefined } }) + "\n";
}
