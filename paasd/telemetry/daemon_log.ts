/**
 * The daemon's own log: one structured line for each event, on stderr.
 *
 * @module
 */
import { escapeUnprintable } from "@paas/proto/printable";
import { withinTime } from "@paas/worker/system";

/** The form of lines: text for people, or one JSON object each. */
export type LogFormat = "text" | "json";

/** The fields of a line beside its time and event. A value that is `undefined` is left out. */
export type Fields = Record<string, string | number | undefined>;

/** A sink that takes bytes and gives the number that it took, as `Deno.stderr` does. */
interface Sink {
  write(bytes: Uint8Array): Promise<number>;
}

/** Maximum length of a value, in UTF-16 code units: strangers choose some values. */
const MAX_VALUE_LENGTH = 4_000;

/** Length of a user id in a line, in characters. */
const ID_LENGTH = 16;

/** Maximum number of lines that wait for a reader of stderr; more are dropped and counted. */
const MAX_WAITING_LINES = 10_000;

/**
 * The log. Writing never waits and never throws: lines are queued, and dropped when stderr does not take them.
 *
 * No value can forge a line or a field, because unprintable characters and quotes are escaped.
 *
 * @example
 * ```ts
 * import { DaemonLog } from "./daemon_log.ts";
 *
 * const log = new DaemonLog("text");
 * log.write("started", { address: "127.0.0.1:50051" }); // 2026-11-23T10:00:00.000Z started address=127.0.0.1:50051
 * await log.flush(1_000);
 * ```
 */
export class DaemonLog {
  readonly #format: LogFormat;
  readonly #sink: Sink;
  #waiting: string[] = [];
  #dropped = 0;
  #lost = 0;
  #writing: Promise<void> | undefined;

  constructor(format: LogFormat, sink: Sink = Deno.stderr) {
    this.#format = format;
    this.#sink = sink;
  }

  /** The number of lines that were dropped since the start. */
  get lost(): number {
    return this.#lost;
  }

  /** Writes one line. */
  write(event: string, fields: Fields = {}): void {
    if (this.#waiting.length >= MAX_WAITING_LINES) {
      this.#dropped++;
      this.#lost++;
      return;
    }
    this.#waiting.push(formatLine(this.#format, event, fields));
    this.#writing ??= this.#writeWaiting();
  }

  /** Writes an unexpected error in full, under a reference that may be shown to others. */
  writeUnforeseen(reference: string, error: unknown): void {
    this.write("unforeseen", { reference, error: describe(error) });
  }

  /** Waits until everything is written, at most for some time, in milliseconds. */
  async flush(limit: number): Promise<void> {
    await withinTime(this.#writing, limit);
  }

  async #writeWaiting(): Promise<void> {
    await Promise.resolve(); // lines of one moment go out together
    while (this.#waiting.length > 0) {
      const lines = this.#waiting;
      this.#waiting = [];
      if (this.#dropped > 0) lines.push(formatLine(this.#format, "log-lines-dropped", { count: this.#dropped }));
      this.#dropped = 0;
      try {
        let bytes = new TextEncoder().encode(lines.join(""));
        while (bytes.length > 0) bytes = bytes.subarray(await this.#sink.write(bytes));
      } catch {
        // stderr is closed: nobody can read about it
      }
    }
    this.#writing = undefined;
  }
}

/** Cuts the id of a user for a line. The audit log has it in full. */
export function shortId(id: string): string {
  return id.slice(0, ID_LENGTH);
}

/** Formats one line, with its newline. */
export function formatLine(format: LogFormat, event: string, fields: Fields): string {
  const time = new Date().toISOString();
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  if (format === "json") return `${escapeUnprintable(JSON.stringify({ time, event, ...cut(fields) }))}\n`;
  return `${[time, event, ...given.map(([name, value]) => `${name}=${toText(value)}`)].join(" ")}\n`;
}

function cut(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, typeof value === "string" ? shorten(value) : value]),
  );
}

/** Formats a value: a word stays as it is, everything else becomes a JSON string. */
function toText(value: string | number | undefined): string {
  const text = shorten(String(value));
  return /^[\w.:/+@[\]-]+$/.test(text) ? text : escapeUnprintable(JSON.stringify(text));
}

function shorten(text: string): string {
  return text.length > MAX_VALUE_LENGTH ? `${text.slice(0, MAX_VALUE_LENGTH)}…` : text;
}

/** Describes an error in full. */
function describe(error: unknown): string {
  try {
    return Deno.inspect(error, { colors: false, depth: 2 });
  } catch {
    return "an error that cannot be shown";
  }
}
