/**
 * A process that has finished, restored from the history of its spool.
 *
 * @module
 */
import { FinishedError } from "../errors.ts";
import type { Log } from "../log/log.ts";
import { type ChunkOptions, chunksOf, LogReader } from "../log/reader.ts";
import type { LogReaderOptions } from "../log/reading.ts";
import { linesAt } from "../log_format/mark.ts";
import type { LogChunk } from "../log_format/record.ts";
import type { Process } from "../process/process.ts";
import type { FinishedStatus } from "../process/status.ts";
import type { ProcessRecord } from "./process_record.ts";

/**
 * A process that has finished, or was lost with the program that had started it. Its log is opened when somebody asks for
 * it.
 */
export class RestoredProcess implements Process {
  /** The facts that the spool has kept. */
  readonly record: ProcessRecord;
  /** Resolves when nothing of its group is left that can be ended, and its log is whole. Never rejects. */
  readonly ended: Promise<void>;
  readonly #open: () => Log;
  #opened: Log | undefined;

  /** Makes the process; {@linkcode Spool.find} does. */
  constructor(record: ProcessRecord, open: () => Log, ended: Promise<void>) {
    this.record = record;
    this.ended = ended;
    this.#open = open;
  }

  get id(): string {
    return this.record.id;
  }

  get sequence(): number {
    return this.record.sequence;
  }

  get pid(): number {
    return this.record.pid;
  }

  get status(): FinishedStatus {
    return this.record.status;
  }

  /** The output, in bytes and lines. For a process that was lost it is known as soon as its log was read. */
  get output(): { bytes: number; lines: number } {
    const written = this.#opened?.written ?? this.record.log?.written ?? this.#log.written;
    return { bytes: written.offset, lines: linesAt(written) };
  }

  get stdin(): boolean {
    return this.record.stdin;
  }

  /** Always `undefined`: nobody reads the stdin any more. */
  get input(): undefined {
    return undefined;
  }

  get terminal(): { resize(): void } | undefined {
    return this.record.terminal ? { resize() {} } : undefined;
  }

  get finished(): Promise<FinishedStatus> {
    return Promise.resolve(this.status);
  }

  wait(): Promise<FinishedStatus> {
    return this.finished;
  }

  logs(options?: ChunkOptions): AsyncGenerator<LogChunk, void, void> {
    return chunksOf((options) => this.records(options), options);
  }

  async records(options?: LogReaderOptions): Promise<LogReader> {
    await this.#log.recover().catch(() => {}); // the reader fails with the same error
    return new LogReader(this.#log, options);
  }

  /** Resolves at once. */
  stop(): Promise<FinishedStatus> {
    return this.finished;
  }

  /**
   * Refuses: the process has finished.
   *
   * @throws {FinishedError} Always.
   */
  signal(signal: number): void {
    throw new FinishedError(`send signal ${signal}`);
  }

  /** Does nothing. */
  kill(): void {}

  get #log(): Log {
    return this.#opened ??= this.#open();
  }
}
