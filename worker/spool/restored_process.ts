/**
 * A process that has finished, as the history of its spool has it.
 *
 * @module
 */
import { FinishedError } from "../errors.ts";
import { Input } from "../process/input.ts";
import type { Log } from "../log/log.ts";
import { linesAt } from "../log_format/mark.ts";
import type { LogReader, LogReaderOptions } from "../log/reader.ts";
import type { KnownProcess } from "../process/spawned_process.ts";
import type { ProcessRecord } from "./process_store.ts";
import type { FinishedStatus } from "../process/status.ts";

/** A process that has finished, or was lost with the program that had started it. Its log is opened when it is asked for. */
export class RestoredProcess implements KnownProcess {
  /** What is known of it. */
  readonly record: ProcessRecord;
  /** Resolves when nothing of its group is left that can be ended, and its log is whole. Never rejects. */
  readonly ended: Promise<void>;
  readonly #open: () => Log;
  #opened: Log | undefined;
  #readable: Promise<void> | undefined;

  /** For {@linkcode Spool.find}. */
  constructor(record: ProcessRecord, open: () => Log, ended: Promise<void>) {
    this.record = record;
    this.ended = ended;
    this.#open = open;
  }

  /** The id that it was started with. */
  get id(): string {
    return this.record.id;
  }

  /** Larger for a process that was started later. */
  get sequence(): number {
    return this.record.sequence;
  }

  /** The process id of its leader; 0 if it is not known whether it was started at all. */
  get pid(): number {
    return this.record.pid;
  }

  /** How it ended. */
  get status(): FinishedStatus {
    return this.record.status;
  }

  /** A terminal that nobody is in any more, if it was started in one. */
  get terminal(): { resize(): void } | undefined {
    return this.record.terminal ? { resize() {} } : undefined;
  }

  /** It has. */
  get finished(): Promise<FinishedStatus> {
    return Promise.resolve(this.status);
  }

  /** It has. */
  wait(): Promise<FinishedStatus> {
    return this.finished;
  }

  /** Nobody has to. */
  get waiting(): number {
    return 0;
  }

  /** Its stdin, which is closed, if it was started with one. */
  get input(): Input | undefined {
    if (!this.record.stdin) return undefined;
    const input = new Input(new WritableStream());
    input.abort();
    return input;
  }

  /** How much it has printed, in bytes and lines; of one that was lost, as soon as its log was read. */
  get output(): { bytes: number; lines: number } {
    const written = this.#opened?.written ?? this.record.log?.written ?? this.#log.written;
    return { bytes: written.offset, lines: linesAt(written) };
  }

  /** Resolves when its output can be read: its log may have to be looked through first. Never rejects. */
  get readable(): Promise<void> {
    return this.#readable ??= this.#log.recover().catch(() => {}); // its readers are told
  }

  /** A new reader of the output, from its first byte on, once it is {@linkcode RestoredProcess.readable}. */
  logs(options?: LogReaderOptions): LogReader {
    return this.#log.read(options);
  }

  /** Nothing: it has finished. */
  stop(): Promise<FinishedStatus> {
    return this.finished;
  }

  /**
   * Refuses: it has finished.
   *
   * @throws {FinishedError} always.
   */
  signal(signal: number): void {
    throw new FinishedError(`send signal ${signal}`);
  }

  /** Nothing: it has finished. */
  kill(): void {}

  get #log(): Log {
    return this.#opened ??= this.#open();
  }
}
