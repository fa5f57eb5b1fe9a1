/**
 * Prints a log. An account of the log checks that each byte arrives once and in order, or is declared missing.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { ExitError, exitReason } from "../exit.ts";
import { jsonLine, rfc3339 } from "../words/enum_words.ts";
import { gapJson, gapSentence, isMissing, type LogGap, Shortfall } from "../streams/log_gap.ts";
import type { LogMessage, LogPiece } from "@paas/proto/log_wire";
import { LogAccount } from "../streams/log_account.ts";
import { type Output, print } from "./output.ts";
import { statusJson } from "./process_status.ts";

/** Form in which a log is printed. */
export interface LogForm {
  /** Text, or a JSON object a line. */
  readonly output: "text" | "json";
  /** Whether each line begins with the time at which the daemon read it. */
  readonly timestamps: boolean;
  /** Whether the stderr of the process goes to stderr. Otherwise both streams go to stdout. */
  readonly split: boolean;
}

/** Names of the values of the enum `LogStream`, by number. */
const STREAMS: readonly string[] = ["unspecified", "stdout", "stderr"];
const STDERR = STREAMS.indexOf("stderr");
const NEWLINE = "\n".charCodeAt(0);

/** Prints the messages of a log, over any number of connections. */
export class LogPrinter {
  /** Account of the messages that were printed. */
  readonly account: LogAccount = new LogAccount();
  readonly #form: LogForm;
  readonly #note: (text: string) => void;
  readonly #shortfall = new Shortfall();
  readonly #stdout: Printer;
  readonly #stderr: Printer;

  /** @param note Called with a sentence about missing bytes */
  constructor(stdout: Output, stderr: Output, form: LogForm, note: (text: string) => void) {
    const { timestamps } = form;
    this.#form = form;
    this.#note = note;
    this.#stdout = new Printer(stdout, "stdout", timestamps);
    this.#stderr = form.split ? new Printer(stderr, "stderr", timestamps) : this.#stdout;
  }

  /**
   * Prints a message.
   *
   * @throws {PaasError} When the message does not continue the log
   * @throws {ExitError} When the message cannot be printed
   */
  async print(message: LogMessage): Promise<void> {
    // The account takes the message after printing: bytes that could not be printed do not count.
    const position = this.account.check(message);
    const { pieces, gap, end } = message;
    if (gap && isMissing(gap)) await this.#printGap(gap);
    if (this.#form.output === "json") {
      await this.#printLines([...pieces.map(pieceJson), ...(end ? [endJson(end)] : [])]);
    } else if (this.#form.split) {
      // In order of arrival: stdout and stderr may be the same file.
      for (const run of runsOf(pieces)) {
        await (run[0]!.stream === STDERR ? this.#stderr : this.#stdout).print(run);
      }
    } else if (this.#form.timestamps) {
      await this.#stdout.print(pieces);
    } else {
      await this.#stdout.bytes(movedTogether(pieces));
    }
    this.#shortfall.take(message);
    this.account.take(message, position);
  }

  /** Sentence that says why the printed log is, or may be, less than what the process wrote; undefined if it is complete. */
  get shortfall(): string | undefined {
    return this.#shortfall.sentence;
  }

  /** Adds to a failure how much of the log was printed, if any was. */
  cutShort(failure: unknown): unknown {
    const reason = exitReason(failure);
    const { position } = this.account;
    if (!reason || reason === "output-closed" || position === 0) return failure;
    const { message } = failure as Error;
    return new ExitError(reason, `the log is cut short after ${position} bytes: ${message}`, { cause: failure });
  }

  async #printGap(gap: LogGap): Promise<void> {
    if (this.#form.output === "json") return await this.#printLines([gapJson(gap)]);
    for (const printer of [this.#stdout, this.#stderr]) printer.breakOff();
    this.#note(gapSentence(gap));
  }

  async #printLines(objects: readonly unknown[]): Promise<void> {
    await this.#stdout.bytes(objects.map(jsonLine).join(""));
  }
}

/** Groups successive pieces of the same stream. */
function runsOf(pieces: readonly LogPiece[]): LogPiece[][] {
  const runs: LogPiece[][] = [];
  for (const piece of pieces) {
    const run = runs.at(-1);
    if (run && run[0]!.stream === piece.stream) run.push(piece);
    else runs.push([piece]);
  }
  return runs;
}

/** Marks, in place of a stream's number, an unfinished line that missing bytes have cut off. No stream continues it. */
const CUT_OFF = -1;

/** Prints pieces to one output. */
class Printer {
  readonly #output: Output;
  readonly #name: string;
  readonly #timestamps: boolean;
  /** Stream of the unfinished line at the end of the output, if there is one. */
  #open: number | undefined;

  constructor(output: Output, name: string, timestamps: boolean) {
    this.#output = output;
    this.#name = name;
    this.#timestamps = timestamps;
  }

  /** Prints the data of pieces in one write, if the system takes all of it. */
  async print(pieces: readonly LogPiece[]): Promise<void> {
    const parts = this.#timestamps ? pieces.flatMap((piece) => this.#stamped(piece)) : pieces.map(({ data }) => data);
    const [first, second] = parts;
    if (first) await this.bytes(second ? Buffer.concat(parts) : first);
  }

  /** Makes the next piece begin a new line if lines have times and the last line is unfinished. */
  breakOff(): void {
    if (this.#open !== undefined) this.#open = CUT_OFF;
  }

  bytes(content: string | Uint8Array): Promise<void> {
    return print(this.#output, content, this.#name);
  }

  /**
   * Puts the time of a piece before each line that begins in it. An unfinished line of the other stream is broken off
   * first. So every printed line begins with a time, and none contains bytes of both streams.
   */
  #stamped({ stream, time, data }: LogPiece): Uint8Array[] {
    if (data.length === 0) return [];
    const stamp = Buffer.from(time ? `${milliseconds(time)} ` : "- ");
    const parts: Uint8Array[] = [];
    if (this.#open !== undefined && this.#open !== stream) parts.push(Buffer.from("\n"));
    if (this.#open !== stream) parts.push(stamp);
    for (let at = 0; at < data.length;) {
      const end = data.indexOf(NEWLINE, at) + 1 || data.length;
      if (at > 0) parts.push(stamp);
      parts.push(data.subarray(at, end));
      at = end;
    }
    this.#open = data[data.length - 1] === NEWLINE ? undefined : stream;
    return parts;
  }
}

/** Formats a time in RFC 3339 with milliseconds, so that all times have the same width. */
function milliseconds({ seconds, nanos }: { readonly seconds: number; readonly nanos: number }): string {
  return new Date(seconds * 1000 + Math.floor(nanos / 1e6)).toISOString();
}

function pieceJson({ offset, stream, time, data, partial }: LogPiece) {
  return {
    offset,
    stream: STREAMS[stream] ?? String(stream),
    time: time ? rfc3339(time) : undefined,
    data: Buffer.from(data.buffer, data.byteOffset, data.length).toString("base64"),
    partial: partial || undefined,
  };
}

function endJson({ bytes, status, lines, mayBeCut }: NonNullable<LogMessage["end"]>) {
  return { end: { bytes, lines, mayBeCut: mayBeCut || undefined, status: status ? statusJson(status) : undefined } };
}

/**
 * Joins the data of the pieces of a message. The data moves within the memory of the message: copies would be a third of
 * all garbage.
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
