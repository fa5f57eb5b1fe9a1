/**
 * The log of one process: an append-only file of records, and readers that are positions in it.
 *
 * @module
 */
import { type FileHandle, open } from "node:fs/promises"; // Deno's own files have no read at a position
import { SpoolError } from "./errors.ts";
import { MAX_CHUNK_BYTES } from "./line_splitter.ts";
import { LogIndex, type Mark, START } from "./log_index.ts";
import { LogReader, type LogReaderOptions } from "./log_reader.ts";
import { type LogSlice, type LogStream, RecordBuffer } from "./log_record.ts";
import { countNewlines } from "./log_search.ts";

const NEWLINE = 0x0a;

/** Output that waits to be written, in bytes, above which a process has to wait for the spool. */
const MAX_PENDING_BYTES = 1024 * 1024;

/**
 * The log of one process.
 *
 * Output is appended, collected while an earlier write is under way, and written in one piece. Only what is in the file
 * is shown to readers. Memory is bounded by {@linkcode Log.writable}, not by the number or the pace of the readers.
 */
export class Log {
  readonly #path: string;
  #file: FileHandle | undefined;
  /** The opening of the file that is under way: one for all who come meanwhile. */
  #opening: Promise<void> | undefined;
  /** The writer and the readers that keep the file open. */
  #users = 1;
  #pending: RecordBuffer | undefined;
  /** A buffer that nobody holds any more, while writes follow each other. */
  #spare: RecordBuffer | undefined;
  #writing: Promise<void> | undefined;
  /** The one write that is under way. */
  #batch: Promise<void> | undefined;
  /** The end of all that was appended. */
  #appended: Mark = START;
  /** The end of what is in the file. */
  #written: Mark = START;
  readonly #unfinished = new Set<LogStream>();
  #ended = false;
  #failure: SpoolError | undefined;
  readonly #waiting = new Set<(grown: LogSlice | undefined) => void>();

  private constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  /**
   * Makes the file of a new log. There has to be room for a first chunk in the spool: better no process than one whose
   * output is lost.
   *
   * @throws {SpoolError} when that is not possible, or the file exists.
   */
  static async create(path: string): Promise<Log> {
    try {
      const file = await open(path, "ax+", 0o600);
      try {
        await writeAll(file, new Uint8Array(MAX_CHUNK_BYTES));
        await file.truncate();
      } catch (error) {
        await file.close();
        throw error;
      }
      return new Log(path, file);
    } catch (cause) {
      throw new SpoolError("Cannot create a log in the spool", { cause });
    }
  }

  /** Places in the log, for a search. They may lie behind what is in the file. */
  readonly index: LogIndex = new LogIndex();

  /** The end of what is in the file, which readers see: always between two records. */
  get written(): Mark {
    return this.#written;
  }

  /** Whether the log is complete: nothing more will come. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Why the log is cut short, if it is: the spool could not be written. */
  get failure(): SpoolError | undefined {
    return this.#failure;
  }

  /**
   * Adds a chunk; its bytes are copied. After a failure of the spool it is dropped.
   *
   * @param partial Whether the line goes on in the next chunk of the stream.
   */
  append(stream: LogStream, data: Uint8Array, partial = false): void {
    if (this.#failure) return;
    const { position, offset, newlines, time: last } = this.#appended;
    const time = Math.max(Date.now(), last); // a clock that is set back must not put the log out of order
    this.#pending ??= this.#emptyBuffer(data.length);
    const before = this.#pending.length;
    this.#pending.add({ offset, stream, time, data, partial: partial || undefined });
    if (partial || data.at(-1) !== NEWLINE) this.#unfinished.add(stream);
    else this.#unfinished.delete(stream);
    this.#appended = {
      position: position + this.#pending.length - before,
      offset: offset + data.length,
      newlines: newlines + countNewlines(data),
      unfinished: this.#unfinished.size,
      time,
    };
    this.index.add(this.#appended);
    this.#writing ??= this.#write();
  }

  /** Waits while too much output is not written yet: the back-pressure of the disk. */
  async writable(): Promise<void> {
    while (this.#batch && this.#appended.offset - this.#written.offset > MAX_PENDING_BYTES) await this.#batch;
  }

  /** Writes what is left and completes the log. */
  async end(): Promise<void> {
    while (this.#writing) await this.#writing;
    this.#ended = true;
    this.#wake(undefined);
    await this.release();
  }

  /** A new reader, at the start of the log unless it asks for another place. */
  read(options: LogReaderOptions = {}): LogReader {
    return new LogReader(this, options);
  }

  /** Takes part in keeping the file open; each call is to be answered by a {@linkcode Log.release}. */
  async acquire(): Promise<void> {
    this.#users++;
    try {
      if (!this.#file) await (this.#opening ??= this.#open());
    } catch (cause) {
      this.#users--;
      throw new SpoolError("Cannot open a log in the spool", { cause });
    }
  }

  async #open(): Promise<void> {
    try {
      this.#file = await open(this.#path, "r");
    } finally {
      this.#opening = undefined;
    }
  }

  /** Lets go of the file: whoever is last closes it. */
  async release(): Promise<void> {
    if (--this.#users > 0) return;
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  /**
   * Up to `length` bytes of the file from a position on. The file has to be acquired.
   *
   * @throws {SpoolError} when the file cannot be read, or is shorter than what was written to it.
   */
  async readAt(position: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(length);
    try {
      const { bytesRead } = await this.#file!.read(bytes, 0, length, position);
      if (bytesRead === 0) throw new Error("the file is shorter than the log");
      return bytes.subarray(0, bytesRead);
    } catch (cause) {
      throw new SpoolError("Cannot read a log in the spool", { cause });
    }
  }

  /**
   * Waits until the log has grown or ended. A reader that has read everything gets what came, shared with all who
   * waited, and needs no file for it; at the end, or when the spool failed, `undefined`.
   */
  growth(signal: AbortSignal): Promise<LogSlice | undefined> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const wake = (grown: LogSlice | undefined) => {
        signal.removeEventListener("abort", forget);
        resolve(grown);
      };
      const forget = () => {
        this.#waiting.delete(wake);
        reject(signal.reason);
      };
      this.#waiting.add(wake);
      signal.addEventListener("abort", forget, { once: true });
    });
  }

  #emptyBuffer(payloadBytes: number): RecordBuffer {
    const buffer = this.#spare?.clear() ?? new RecordBuffer(payloadBytes);
    this.#spare = undefined;
    return buffer;
  }

  #wake(grown: LogSlice | undefined): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake(grown);
  }

  /** Writes as long as something is pending, one batch at a time. */
  async #write(): Promise<void> {
    while (this.#pending) {
      const batch = this.#pending;
      this.#pending = undefined;
      this.#batch = this.#writeBatch(batch, this.#appended);
      await this.#batch;
    }
    this.#spare = undefined;
    this.#batch = undefined;
    this.#writing = undefined;
  }

  async #writeBatch(batch: RecordBuffer, end: Mark): Promise<void> {
    const { bytes } = batch;
    try {
      await writeAll(this.#file!, bytes);
    } catch (cause) {
      // What is in the file already stays readable; the process goes on, and what it prints from here on is dropped.
      this.#failure = new SpoolError("Cannot write the rest of the log to the spool", { cause });
      this.#pending = undefined;
      return this.#wake(undefined);
    }
    this.#written = end;
    if (this.#waiting.size === 0) this.#spare = batch;
    else this.#wake({ records: bytes, endOffset: end.offset });
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at)).bytesWritten;
}
