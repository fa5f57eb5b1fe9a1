/**
 * A process: started, watched, logged and stopped.
 *
 * @module
 */
import type { Child } from "../child/child.ts";
import { clock } from "../system/clock.ts";
import { type Command, startCommand } from "../child/start.ts";
import { Ending } from "./ending.ts";
import { FinishedError, StopInProgressError } from "../errors.ts";
import type { Guard } from "../group/guard.ts";
import type { HistoryEntry } from "../spool/history.ts";
import { Input } from "./input.ts";
import type { Log } from "../log/log.ts";
import { linesAt } from "../log_format/index.ts";
import type { LogReader, LogReaderOptions } from "../log/reader.ts";
import { ProcessGroup } from "../group/process_group.ts";
import { ID_VARIABLE } from "../spool/left_over.ts";
import { OpenLine, pump } from "../log/pump.ts";
import { type About, NOTHING } from "../spool/process_store.ts";
import type { Spool } from "../spool/spool.ts";
import type { Exit, FinishedStatus, ProcessStatus, StopReason } from "./status.ts";
import type { Terminal } from "../child/terminal.ts";

/** How long what is left of a group may go on by itself after the leader has exited: a pipeline that drains. */
const DRAIN_MS = 500;

/** How long pipes are read on when nobody of the group is left to write to them. */
const LAST_OUTPUT_MS = 2_000;

/** How long a group in a terminal has to obey SIGTERM until it is hung up on as well. */
const HANGUP_MS = 200;

/** The default grace period, in milliseconds. */
const DEFAULT_GRACE_MS = 10_000;

/** What to run, and where its log goes. */
export interface SpawnOptions extends Command {
  /** Where the log goes. */
  spool: Spool;
  /** What is kept with the process in the spool. The logs of an owner share a limit of the spool. */
  about?: About | undefined;
  /** A UUID that no other process of the spool has; default is a new one. */
  id?: string | undefined;
  /** The default grace period of this process, in milliseconds; 10 s unless given. */
  stopGrace?: number | undefined;
  /** How long it may run until it is stopped, in milliseconds, at most 2^31 - 1; default is for ever. */
  timeout?: number | undefined;
  /** Is told each time that the status has changed. */
  changed?: ((process: Process) => void) | undefined;
  /** How much it may print until it is stopped, in bytes; default is everything. */
  maxOutput?: number | undefined;
  /** Ends the start when it aborts, if the program does not run yet: no process exists then. */
  signal?: AbortSignal | undefined;
}

/** What can be done with a process: with one that was started here, and one that was restored from the spool. */
export type KnownProcess = Pick<Process, keyof Process>;

/** What a process is held to, and who is told of it. */
type Terms = Pick<SpawnOptions, "timeout" | "maxOutput" | "changed" | "guard"> & {
  stopGrace: number;
  history: HistoryEntry;
  startTime: number;
  /** Whether its log is for the next program on the spool too. */
  keep: boolean;
};

/** How to stop a process. */
export interface StopOptions {
  /** Milliseconds from SIGTERM until SIGKILL; default is the `stopGrace` of the process. */
  grace?: number | undefined;
  /** Who asks, for the status. */
  by?: string | undefined;
  /** The name of who asks, for the status. */
  byName?: string | undefined;
  /** Why, for the status. */
  reason?: StopReason | undefined;
}

/**
 * Starts a process as the leader of its own session and process group.
 *
 * @throws {SpawnError} when it cannot be started; no process exists, and nothing is left behind.
 * @throws {SpoolError} when its log cannot be made.
 * @throws the reason of the signal when that has aborted.
 *
 * @example
 * ```ts
 * import { decodeLogChunks, spawn, Spool } from "@paas/worker";
 * import { assertEquals } from "@std/assert";
 *
 * const directory = await Deno.makeTempDir();
 * using spool = await Spool.open(directory);
 * const process = await spawn({ args: ["echo", "hello"], spool });
 * let output = "";
 * for await (const records of process.logs()) {
 *   for (const { data } of decodeLogChunks(records)) output += new TextDecoder().decode(data);
 * }
 * assertEquals(output, "hello\n");
 * assertEquals((await process.finished).exit, { code: 0 });
 * await process.ended;
 * await Deno.remove(directory, { recursive: true });
 * ```
 */
export async function spawn(
  { spool, id = crypto.randomUUID(), stopGrace = DEFAULT_GRACE_MS, about = NOTHING, signal, ...options }: SpawnOptions,
): Promise<Process> {
  const log = await spool.createLog(id, about.owner || undefined);
  try {
    // The shorter it is from here to the note of its number, the better: who is killed meanwhile has not even that.
    const { args, stdin = false, terminal } = options;
    const streams = { stdin: stdin || terminal !== undefined, terminal: terminal !== undefined };
    let startTime = clock.now();
    const history = spool.begin({ id, args, ...streams, startTime, about });
    const child = await startCommand(options, {
      signal,
      mark: spool.keep ? { [ID_VARIABLE]: id } : undefined,
      forked: (pid) => history.started(pid, startTime = clock.now()),
    });
    return new Process(id, child, log, { ...options, stopGrace, history, startTime, keep: spool.keep });
  } catch (error) {
    await log.end();
    await spool.remove(id);
    throw error;
  }
}

/**
 * A process that was started: its status, its log and its stop. Made by {@linkcode spawn}.
 *
 * It is finished when its leader has exited, whoever still holds its pipes. What is left of its group then has a moment
 * to end by itself, and is ended otherwise: a process leaves nobody of its group behind, and its log always ends.
 */
export class Process {
  /** The id that it was started with. */
  readonly id: string;
  /** The process id of its leader, which is the number of its group. */
  readonly pid: number;
  /** Its stdin, if it was started with one. In a terminal it is what a user types: to close it is to type ^D. */
  readonly input: Input | undefined;
  /** Its terminal, if it was started in one. */
  readonly terminal: Pick<Terminal, "resize"> | undefined;
  /** Resolves when the leader has exited. Never rejects. */
  readonly finished: Promise<FinishedStatus>;
  /** Resolves when nothing of the group is left and the log is complete. Never rejects. */
  readonly ended: Promise<void>;

  readonly #group: ProcessGroup;
  readonly #guard: Guard | undefined;
  readonly #log: Log;
  readonly #stopGrace: number;
  readonly #keep: boolean;
  #status: ProcessStatus;
  /** The way of the group from SIGTERM until it is gone or killed, once that has begun. */
  #termination: Promise<void> | undefined;
  #stopInProgress = false;
  readonly #changed: (process: Process) => void;
  readonly #history: HistoryEntry;
  readonly #ending = new Ending<FinishedStatus>();

  /** For {@linkcode spawn}. */
  constructor(
    id: string,
    { pid, exit, stdin, stdout, stderr, terminal }: Child,
    log: Log,
    { stopGrace, timeout, maxOutput = Infinity, changed = () => {}, guard, history, startTime, keep }: Terms,
  ) {
    this.id = id;
    this.pid = pid;
    this.#status = { state: "running", startTime };
    this.#keep = keep;
    this.#history = history;
    this.input = stdin && new Input(stdin);
    this.terminal = terminal;
    this.#guard = guard;
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
    const logged = Promise.all([
      pump(stdout, "stdout", log, lastOutput.signal, printed, open, terminal ? 0 : undefined), // who types sees it at once
      stderr && pump(stderr, "stderr", log, lastOutput.signal, printed, open),
      this.finished, // the status is final before the log ends
    ]).then(() => log.end());
    this.ended = this.#conclude(logged, lastOutput);
    if (timeout !== undefined) {
      const timer = setTimeout(() => this.#stopFor("timed-out"), timeout);
      this.finished.then(() => clearTimeout(timer));
    }
  }

  /** Where in its life the process is. */
  get status(): ProcessStatus {
    return this.#status;
  }

  /** Larger for a process that was started later in the same spool. */
  get sequence(): number {
    return this.#history.sequence;
  }

  /** How much it has printed so far, in bytes and lines; one that is not finished counts too. */
  get output(): { bytes: number; lines: number } {
    return { bytes: this.#log.written.offset, lines: linesAt(this.#log.written) };
  }

  /**
   * Resolves when the leader has exited. Who waits is forgotten when the signal aborts, unlike at `finished`.
   *
   * @throws the signal's reason, when it aborts before.
   */
  wait(signal?: AbortSignal): Promise<FinishedStatus> {
    return this.#ending.wait(signal);
  }

  /** How many wait. */
  get waiting(): number {
    return this.#ending.waiting;
  }

  /** Resolves when all of its output so far can be read: at once, but for one that was restored. Never rejects. */
  get readable(): Promise<void> {
    return Promise.resolve();
  }

  /** A new reader of the output, from its first byte on. */
  logs(options?: LogReaderOptions): LogReader {
    return this.#log.read(options);
  }

  /**
   * Stops the process: SIGTERM to its group, and SIGKILL after the grace period, one deadline from that SIGTERM on.
   * Resolves with the final status when the leader has exited and the group is gone or was killed; at once when the
   * process has finished already.
   *
   * @throws {StopInProgressError} while another stop has not resolved.
   * @throws {SignalError} when the process may not be signalled.
   *
   * @example
   * ```ts
   * import { spawn, Spool } from "@paas/worker";
   * import { assertEquals } from "@std/assert";
   *
   * const directory = await Deno.makeTempDir();
   * using spool = await Spool.open(directory);
   * const process = await spawn({ args: ["sleep", "60"], spool });
   * const { exit, endReason } = await process.stop();
   * assertEquals([exit.signal, endReason], [15, "stopped"]);
   * await process.ended;
   * await Deno.remove(directory, { recursive: true });
   * ```
   */
  async stop(
    { grace = this.#stopGrace, by, byName, reason = "stopped" }: StopOptions = {},
  ): Promise<FinishedStatus> {
    if (this.#stopInProgress) throw new StopInProgressError();
    if (this.#status.state === "finished") return this.#status;
    this.#group.signal("SIGTERM");
    const { startTime } = this.#status;
    this.#become({ state: "stopping", startTime, stop: { reason, by, byName, time: clock.now(), killed: false } });
    this.#stopInProgress = true;
    try {
      await (this.#termination = this.#awaitTermination(grace));
      return await this.finished;
    } finally {
      this.#stopInProgress = false;
    }
  }

  /**
   * Sends a signal to the group, or to its leader alone.
   *
   * @param signal Its number, 1 to 64 (signal(7)).
   * @throws {FinishedError} when the process has finished.
   * @throws {SignalError} when the process may not be signalled.
   */
  signal(signal: number, to: "group" | "leader" = "group"): void {
    if (this.#status.state === "finished") throw new FinishedError(`send signal ${signal}`);
    if (to === "group") this.#group.signal(signal);
    else this.#group.signalLeader(signal);
  }

  /** Kills the whole group now. */
  kill(): void {
    this.#markKilled();
    this.#group.signal("SIGKILL");
  }

  /** From SIGTERM on: lets the group end, and kills what is left of it at the deadline. */
  async #awaitTermination(grace: number): Promise<void> {
    this.#group.signal("SIGCONT"); // a frozen process cannot obey
    let left = grace;
    if (this.terminal && grace > HANGUP_MS) {
      if (await this.#group.gone(HANGUP_MS)) return;
      this.#group.signal("SIGHUP"); // a shell that somebody types in ignores SIGTERM
      left -= HANGUP_MS;
    }
    if (await this.#group.gone(left)) return;
    this.kill();
  }

  /** Stops it for a reason of its own limits, unless it is being stopped. */
  #stopFor(reason: StopReason): void {
    if (this.#status.state !== "running") return;
    this.stop({ reason }).catch(() => {}); // one that may not be signalled goes on
  }

  #markKilled(): void {
    if (this.#status.state !== "stopping") return;
    this.#become({ ...this.#status, stop: { ...this.#status.stop, killed: true } });
  }

  #finish(exit: Exit): FinishedStatus {
    const stop = this.#status.state === "stopping" ? this.#status.stop : undefined;
    const { startTime } = this.#status;
    const endReason = stop?.reason ?? (exit.signal === undefined ? "exited" : "signalled");
    const status = { state: "finished", startTime, finishTime: clock.now(), exit, endReason, stop } as const;
    this.#history.finished(status); // before anybody is told
    this.#become(status);
    this.#ending.come(status);
    return status;
  }

  #become<Status extends ProcessStatus>(status: Status): Status {
    this.#status = status;
    this.#changed(this);
    return status;
  }

  /** Ends what the leader left behind: the rest of its group, then the wait for its pipes. */
  async #conclude(logged: Promise<void>, lastOutput: AbortController): Promise<void> {
    await this.finished;
    this.input?.abort();
    try {
      await (this.#termination ?? this.#endRest());
    } catch {
      // A rest that may not be signalled is not ours to end; the log ends all the same.
    }
    this.#guard?.remove(this.pid); // its number is free
    const limit = setTimeout(() => lastOutput.abort(), LAST_OUTPUT_MS);
    await logged.catch(() => {}); // readers have been told of a log that failed
    clearTimeout(limit);
    if (this.#keep) await this.#log.sync(); // the end that is noted has to be there after a power failure
    this.#history.ended(this.#log.summary, this.#log.bytes);
  }

  async #endRest(): Promise<void> {
    if (await this.#group.gone(DRAIN_MS)) return;
    this.#group.signal("SIGTERM");
    await this.#awaitTermination(this.#stopGrace);
  }
}
