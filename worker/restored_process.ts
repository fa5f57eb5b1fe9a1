/**
 * A process of an earlier daemon.
 *
 * @module
 */
import { FinishedError } from "./errors.ts";
import { Input } from "./input.ts";
import type { Log } from "./log.ts";
import { linesAt } from "./log_index.ts";
import type { LogReader, LogReaderOptions } from "./log_reader.ts";
import type { KnownProcess } from "./process.ts";
import type { FinishedStatus } from "./status.ts";

/** What is known of it. */
export interface Facts {
  readonly id: string;
  /** What it was started with. */
  readonly args: readonly string[];
  readonly stdin: boolean;
  readonly terminal: boolean;
  /** 0 if it is not known whether it was started at all. */
  readonly pid: number;
  readonly status: FinishedStatus;
  /** What its starter has said of it. */
  readonly description: unknown;
}

/** A process that an earlier daemon has started: it has finished, or was lost with that daemon. */
export class RestoredProcess implements KnownProcess {
  /** The id that it was started with. */
  readonly id: string;
  /** What it was started with. */
  readonly args: readonly string[];
  /** What its starter has said of it. */
  readonly description: unknown;
  /** The process id of its leader; 0 if it is not known whether it was started at all. */
  readonly pid: number;
  /** How it ended. */
  readonly status: FinishedStatus;
  /** A terminal that nobody is in any more, if it was started in one. */
  readonly terminal: { resize(): void } | undefined;
  /** Resolves when nothing of its group is left that can be ended, and its log is whole. Never rejects. */
  readonly ended: Promise<void>;
  readonly #log: Log;
  readonly #stdin: boolean;
  #readable: Promise<void> | undefined;

  /** For the history of a spool. */
  constructor({ id, args, description, pid, status, stdin, terminal }: Facts, log: Log, ended: Promise<void>) {
    this.id = id;
    this.args = args;
    this.description = description;
    this.pid = pid;
    this.status = status;
    this.terminal = terminal ? { resize() {} } : undefined;
    this.ended = ended;
    this.#stdin = stdin;
    this.#log = log;
  }

  /** It has. */
  get finished(): Promise<FinishedStatus> {
    return Promise.resolve(this.status);
  }

  /** Its stdin, which is closed, if it was started with one. */
  get input(): Input | undefined {
    if (!this.#stdin) return undefined;
    const input = new Input(new WritableStream());
    input.abort();
    return input;
  }

  /** How much it has printed, in bytes and lines; of one that was lost, as soon as its log was read. */
  get output(): { bytes: number; lines: number } {
    return { bytes: this.#log.written.offset, lines: linesAt(this.#log.written) };
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
}
