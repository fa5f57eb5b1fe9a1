/**
 * A process that this program has started.
 *
 * @module
 */
import type { Child, Exit } from "../child/child.ts";
import { FinishedError, StopInProgressError } from "../errors.ts";
import type { Guard } from "../group/guard.ts";
import { ProcessGroup } from "../group/process_group.ts";
import type { LiveLog, LogSummary } from "../log/log.ts";
import { OpenLine, pump } from "../log/pump.ts";
import { type ChunkOptions, chunksOf, LogReader } from "../log/reader.ts";
import type { LogReaderOptions } from "../log/reading.ts";
import { linesAt } from "../log_format/mark.ts";
import type { LogChunk } from "../log_format/record.ts";
import { clock } from "../system/clock.ts";
import { Ending } from "./ending.ts";
import { Input } from "./input.ts";
import type { Process, StopOptions } from "./process.ts";
import {
  type FinishedStatus,
  type ProcessStatus,
  type RunningStatus,
  type StoppingStatus,
  type StopReason,
  TRANSITIONS,
} from "./status.ts";

/** How long the rest of a group may go on by itself after the leader has exited, in milliseconds: a pipeline that drains. */
const DRAIN_MS = 500;

/** How long pipes are read on when nobody of the group is left to write to them, in milliseconds. */
const LAST_OUTPUT_MS = 2_000;

/** How long a group in a terminal has to obey SIGTERM until it is hung up on as well, in milliseconds. */
const HANGUP_MS = 200;

/** The entry of a process in a history, which outlives the program. */
export interface ProcessHistory {
  /** A number that is larger for a process that was started later. */
  readonly sequence: number;
  /** Notes that the leader has exited. */
  finished(status: FinishedStatus): void;
  /** Notes that the log is complete and the group gone. `bytes` is the size of the log on the disk. */
  ended(log: LogSummary, bytes: number): void;
}

/** The limits of a process, and those who hear of it. */
export interface ProcessOptions {
  /** The id of the process. */
  readonly id: string;
  /** The time of its start, in milliseconds since the Unix epoch. */
  readonly startTime: number;
  /** The default grace period of a stop, in milliseconds. */
  readonly stopGrace: number;
  /** How long it may run until it is stopped, in milliseconds; default is for ever. */
  readonly timeout?: number | undefined;
  /** How much it may print until it is stopped, in bytes; default is everything. */
  readonly maxOutput?: number | undefined;
  /** Called after each change of the status. */
  readonly changed?: ((process: Process) => void) | undefined;
  /** The guard that lets its group go at the end. */
  readonly guard?: Guard | undefined;
  /** The history that notes how it ends. */
  readonly history: ProcessHistory;
  /** Whether its log has to outlive a power failure. */
  readonly keep: boolean;
}

/** The way of a group from SIGTERM to its end. */
interface Termination {
  /** Resolves when the group is gone or was killed. */
  readonly group: Promise<void>;
  /** Whether the stop has not resolved yet. */
  inProgress: boolean;
}

/** The state of a process: its status, and the termination of its group once that has begun. */
type State =
  | { readonly status: RunningStatus; readonly termination?: undefined }
  | { readonly status: StoppingStatus; readonly termination: Termination }
  | { readonly status: FinishedStatus; readonly termination: Termination | undefined };

/** A process that this program has started. Made by `spawn`. */
export class SpawnedProcess implements Process {
  readonly id: string;
  readonly pid: number;
  readonly input: Input | undefined;
  readonly terminal: Child["terminal"];
  readonly finished: Promise<FinishedStatus>;
  readonly ended: Promise<void>;

  readonly #group: ProcessGroup;
  readonly #guard: Guard | undefined;
  readonly #log: LiveLog;
  readonly #stopGrace: number;
  readonly #keep: boolean;
  readonly #changed: (process: Process) => void;
  readonly #history: ProcessHistory;
  readonly #ending = new Ending<FinishedStatus>();
  #state: State;

  /** Takes a child over, and reads its pipes from now on. */
  constructor({ pid, exit, stdin, stdout, stderr, terminal }: Child, log: LiveLog, options: ProcessOptions) {
    const { id, startTime, stopGrace, timeout, maxOutput = Infinity, changed = () => {} } = options;
    this.id = id;
    this.pid = pid;
    this.#state = { status: { state: "running", startTime } };
    this.#keep = options.keep;
    this.#history = options.history;
    this.input = stdin && new Input(stdin);
    this.terminal = terminal;
    this.#guard = options.guard;
    this.#log = log;
    this.#stopGrace = stopGrace;
    this.#changed = changed;
    const printed = () => {
      if (log.written.offset > maxOutput) this.#stopFor("output-limit");
    };
    this.#group = new ProcessGroup(pid, exit);
    this.finished = exit.then((exit) => this.#finish(exit));
    const lastOutput = new AbortController();
    const open = new OpenLine();
    const partialLine = terminal ? 0 : undefined; // a user sees at once what the terminal echoes
    const logged = Promise.all([
      pump(stdout, "stdout", log, lastOutput.signal, printed, open, partialLine),
      stderr && pump(stderr, "stderr", log, lastOutput.signal, printed, open),
      this.finished, // the status is final before the log ends
    ]).then(() => log.end());
    this.ended = this.#conclude(logged, lastOutput);
    if (timeout !== undefined) {
      const timer = setTimeout(() => this.#stopFor("timed-out"), timeout);
      this.finished.then(() => clearTimeout(timer));
    }
  }

  get sequence(): number {
    return this.#history.sequence;
  }

  get status(): ProcessStatus {
    return this.#state.status;
  }

  get output(): { bytes: number; lines: number } {
    return { bytes: this.#log.written.offset, lines: linesAt(this.#log.written) };
  }

  get stdin(): boolean {
    return this.input !== undefined;
  }

  wait(signal?: AbortSignal): Promise<FinishedStatus> {
    return this.#ending.wait(signal);
  }

  /** The number of callers that wait. */
  get waiting(): number {
    return this.#ending.waiting;
  }

  logs(options?: ChunkOptions): AsyncGenerator<LogChunk, void, void> {
    return chunksOf((options) => this.records(options), options);
  }

  records(options?: LogReaderOptions): Promise<LogReader> {
    return Promise.try(() => new LogReader(this.#log, options));
  }

  async stop({ grace = this.#stopGrace, by, byName, reason = "stopped" }: StopOptions = {}): Promise<FinishedStatus> {
    const { status } = this.#state;
    if (this.#state.termination?.inProgress) throw new StopInProgressError();
    if (status.state === "finished") return status;
    this.#group.signal("SIGTERM");
    const termination = { group: this.#terminate(grace), inProgress: true };
    const stop = { reason, by, byName, time: clock.now(), killed: false };
    this.#become({ status: { state: "stopping", startTime: status.startTime, stop }, termination });
    try {
      await termination.group;
      return await this.finished;
    } finally {
      termination.inProgress = false;
    }
  }

  signal(signal: number, to: "group" | "leader" = "group"): void {
    if (this.status.state === "finished") throw new FinishedError(`send signal ${signal}`);
    if (to === "group") this.#group.signal(signal);
    else this.#group.signalLeader(signal);
  }

  kill(): void {
    const { status, termination } = this.#state;
    if (status.state === "stopping") {
      this.#become({ status: { ...status, stop: { ...status.stop, killed: true } }, termination: termination! });
    }
    this.#group.signal("SIGKILL");
  }

  /** Lets the group end after SIGTERM, and kills the rest of it at the deadline. */
  async #terminate(grace: number): Promise<void> {
    this.#group.signal("SIGCONT"); // a frozen process cannot obey
    let left = grace;
    if (this.terminal && grace > HANGUP_MS) {
      if (await this.#group.gone(HANGUP_MS)) return;
      this.#group.signal("SIGHUP"); // an interactive shell ignores SIGTERM
      left -= HANGUP_MS;
    }
    if (await this.#group.gone(left)) return;
    this.kill();
  }

  /** Stops the process for a limit of its own, unless it is being stopped. */
  #stopFor(reason: StopReason): void {
    if (this.status.state !== "running") return;
    this.stop({ reason }).catch(() => {}); // a process that may not be signalled goes on
  }

  #finish(exit: Exit): FinishedStatus {
    const { status: { startTime }, termination } = this.#state;
    const stop = this.#state.status.state === "stopping" ? this.#state.status.stop : undefined;
    const endReason = stop?.reason ?? (exit.signal === undefined ? "exited" : "signalled");
    const status = { state: "finished", startTime, finishTime: clock.now(), exit, endReason, stop } as const;
    this.#history.finished(status); // before anybody hears of it
    this.#become({ status, termination });
    this.#ending.come(status);
    return status;
  }

  #become(state: State): void {
    const [from, to] = [this.status.state, state.status.state];
    if (!TRANSITIONS[from].includes(to)) throw new Error(`A process cannot go from ${from} to ${to}`);
    this.#state = state;
    this.#changed(this);
  }

  /** Ends what the leader left behind: the rest of its group, then the wait for its pipes. */
  async #conclude(logged: Promise<void>, lastOutput: AbortController): Promise<void> {
    await this.finished;
    this.input?.abort();
    try {
      await (this.#state.termination?.group ?? this.#endRest());
    } catch {
      // A rest that may not be signalled is not ours to end; the log ends all the same.
    }
    this.#guard?.remove(this.pid); // its number is free
    const limit = setTimeout(() => lastOutput.abort(), LAST_OUTPUT_MS);
    await logged.catch(() => {}); // readers know of a log that failed
    clearTimeout(limit);
    if (this.#keep) await this.#log.segments.sync(); // the noted end has to be there after a power failure
    this.#history.ended(this.#log.summary, this.#log.segments.bytes);
  }

  async #endRest(): Promise<void> {
    if (await this.#group.gone(DRAIN_MS)) return;
    this.#group.signal("SIGTERM");
    await this.#terminate(this.#stopGrace);
  }
}
