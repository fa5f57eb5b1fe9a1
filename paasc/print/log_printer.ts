/**
 * Printing a log, and holding the daemon to its promise: each byte comes once, in order, or is declared missing.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { ExitError, exitReason } from "../exit.ts";
import { jsonLine, rfc3339 } from "../words/enum_words.ts";
import { gapJson, gapSentence, isMissing, type LogGap, Shortfall } from "../streams/log_gap.ts";
import type { LogMessage, LogPiece } from "../streams/log_message.ts";
import { LogAccount } from "../streams/log_account.ts";
import { type Output, print } from "./output.ts";
import { statusJson } from "./process_status.ts";

/** How a log is printed. */
export interface LogForm {
  readonly output: "text" | "json";
  /** Whether each line begins with the time of its arrival. */
  readonly timestamps: boolean;
  /** Whether what the process wrote to stderr goes there. */
  readonly split: boolean;
}

/** The words for the numbers of the enum `LogStream`. */
const streams: readonly string[] = ["unspecified", "stdout", "stderr"];
const stderrNumber = streams.indexOf("stderr");
const newline = "\n".charCodeAt(0);

/** Prints the messages of a log, whichever connections they come by. */
export class LogPrinter {
  /** Counts the messages that have been printed. */
  readonly account: LogAccount = new LogAccount();
  readonly #shortfall = new Shortfall();
  readonly #stdout: Printer;
  readonly #stderr: Printer;

  /** @param note Tells a person that bytes are missing */
  constructor(
    stdout: Output,
    stderr: Output,
    private readonly form: LogForm,
    private readonly note: (text: string) => void,
  ) {
    const { timestamps } = form;
    this.#stdout = new Printer(stdout, "stdout", timestamps);
    this.#stderr = form.split ? new Printer(stderr, "stderr", timestamps) : this.#stdout;
  }

  /**
   * Prints a message.
   *
   * @throws {ExitError} When it does not follow on the last one, or cannot be printed
   */
  async print(message: LogMessage): Promise<void> {
    this.account.check(message);
    const { pieces, gap, end } = message;

    if (gap && isMissing(gap)) await this.#printGap(gap);
    if (this.form.output === "json") {
      await this.#printLines([...pieces.map(pieceJson), ...(end ? [endJson(end)] : [])]);
    } else if (this.form.split) {
      // In their order: both may go to the same place.
      for (const run of runsOf(pieces)) {
        await (run[0]!.stream === stderrNumber ? this.#stderr : this.#stdout).print(run);
      }
    } else if (this.form.timestamps) {
      await this.#stdout.print(pieces);
    } else {
      await this.#stdout.bytes(movedTogether(pieces));
    }
    this.#shortfall.take({ gap, end });
    this.account.take(message);
  }

  /** Why what was printed may not be taken for all that the process has printed, as a sentence; if there is a reason. */
  get shortfall(): string | undefined {
    return this.#shortfall.sentence;
  }

  /** A failure, as it is to be told once some of the log has been printed. */
  cutShort(failure: unknown): unknown {
    const reason = exitReason(failure);
    if (!reason || reason === "output-closed" || this.account.position === 0) return failure;
    const { message } = failure as Error;
    return new ExitError(reason, `the log is cut short after ${this.account.position} bytes: ${message}`, {
      cause: failure,
    });
  }

  async #printGap(gap: LogGap): Promise<void> {
    if (this.form.output === "json") return await this.#printLines([gapJson(gap)]);
    for (const printer of [this.#stdout, this.#stderr]) printer.breakOff();
    this.note(gapSentence(gap));
  }

  async #printLines(objects: readonly unknown[]): Promise<void> {
    await this.#stdout.bytes(objects.map(jsonLine).join(""));
  }
}

/** Pieces that follow each other, as far as they are of the same stream. */
function runsOf(pieces: readonly LogPiece[]): LogPiece[][] {
  const runs: LogPiece[][] = [];
  for (const piece of pieces) {
    const run = runs.at(-1);
    if (run && run[0]!.stream === piece.stream) run.push(piece);
    else runs.push([piece]);
  }
  return runs;
}

/** Instead of the number of a stream: what goes on behind missing bytes is another line, whichever stream it is of. */
const lost = -1;

/** One of the places that pieces are printed to. */
class Printer {
  /** The stream whose unfinished line was printed last. */
  #open: number | undefined;

  constructor(
    private readonly output: Output,
    private readonly name: string,
    private readonly timestamps: boolean,
  ) {}

  /** Prints the data of pieces by one write, as far as the system takes it. */
  async print(pieces: readonly LogPiece[]): Promise<void> {
    const parts = this.timestamps ? pieces.flatMap((piece) => this.#stamped(piece)) : pieces.map(({ data }) => data);
    const [first, second] = parts;
    if (first) await this.bytes(second ? Buffer.concat(parts) : first);
  }

  /** Has an unfinished line end before the next one, where times stand before lines. */
  breakOff(): void {
    if (this.#open !== undefined) this.#open = lost;
  }

  bytes(content: string | Uint8Array): Promise<void> {
    return print(this.output, content, this.name);
  }

  /**
   * The lines of a piece, with its time before each that begins here. Where another stream has left a line unfinished,
   * that line is broken off: so every line that is printed begins with a time, and none holds bytes of both streams.
   */
  #stamped({ stream, time, data }: LogPiece): Uint8Array[] {
    if (data.length === 0) return [];
    const stamp = Buffer.from(time ? `${milliseconds(time)} ` : "- ");
    const parts: Uint8Array[] = [];
    if (this.#open !== undefined && this.#open !== stream) parts.push(Buffer.from("\n"));
    if (this.#open !== stream) parts.push(stamp);
    for (let at = 0; at < data.length;) {
      const end = data.indexOf(newline, at) + 1 || data.length;
      if (at > 0) parts.push(stamp);
      parts.push(data.subarray(at, end));
      at = end;
    }
    this.#open = data[data.length - 1] === newline ? undefined : stream;
    return parts;
  }
}

/** A time in RFC 3339, always of the same width. */
function milliseconds({ seconds, nanos }: { readonly seconds: number; readonly nanos: number }): string {
  return new Date(seconds * 1000 + Math.floor(nanos / 1e6)).toISOString();
}

function pieceJson({ offset, stream, time, data, partial }: LogPiece) {
  return {
    offset,
    stream: streams[stream] ?? String(stream),
    time: time ? rfc3339(time) : undefined,
    data: Buffer.from(data.buffer, data.byteOffset, data.length).toString("base64"),
    partial: partial || undefined,
  };
}

function endJson({ bytes, status, lines, mayBeCut }: NonNullable<LogMessage["end"]>) {
  return { end: { bytes, lines, mayBeCut: mayBeCut || undefined, status: status ? statusJson(status) : undefined } };
}

/**
 * The data of the pieces of a message without what stands between. It is moved within the memory of the message: copies
 * of it would be a third of what the garbage collector has to clear away.
 */
function movedTogether(pieces: readonly LogPiece[]): Uint8Array {
  const [first] = pieces;
  if (!first || pieces.some(({ data }) => data.buffer !== first.data.buffer)) {
    return Buffer.concat(pieces.map(({ data }) => data));
  }
  const { buffer, byteOffset } = first.data;
  const memory = new Uint8Array(buffer, byteOffset);
  let end = 0;
  for (const { data } of pieces) {
    const start = data.byteOffset - byteOffset;
    memory.copyWithin(end, start, start + data.length);
    end += data.length;
  }
  return memory.subarray(0, end);
}
