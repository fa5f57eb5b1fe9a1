/**
 * The history of a spool: what has become of its processes, in a database. What a client is told of a process is in there
 * before, so it outlives a SIGKILL of the program.
 *
 * @module
 */
import { clock } from "../system/clock.ts";
import { DamagedError, type Database } from "./database.ts";
import { SpoolError } from "../errors.ts";
import { endLeftOver, findLeftOver, type Trace } from "./left_over.ts";
import type { LogSummary } from "../log/log.ts";
import { Proc, type ProcStat } from "../system/proc.ts";
import { type Beginning, Records } from "./process_store.ts";
import { openSpoolDatabase } from "./spool_database.ts";
import type { FinishedStatus } from "../process/status.ts";

/** How often the sign of life is given, and what could not be written is tried again, in milliseconds. */
const BEAT_MS = 1_000;

/** So many logs are read at a time. */
const READERS = 4;

/** What the opening and the recovery have to tell, mostly of a process: for the log of the program. */
export type RecoveryEvent =
  | "left-over-ended"
  | "left-over-not-proven"
  | "left-over-not-ended"
  | "log-not-read"
  | "log-damaged"
  | "directory-unknown"
  | "database-damaged"
  | "spool-imported";

/** How to recover. */
export interface RecoveryOptions {
  /** From SIGTERM until SIGKILL for what is left of a process, in milliseconds. */
  grace: number;
  /** Ends the recovery as fast as possible. */
  signal: AbortSignal;
  /**
   * Called with what has happened, and the process, file or directory; later as well, when a log that somebody opens is
   * found to be damaged in so many bytes.
   */
  report: (event: RecoveryEvent, subject: string, about?: { bytes: number }) => void;
}

/** Makes the log of a process whole; gives its end, and how many bytes it has on the disk. */
export type RecoverLog = (id: string, signal: AbortSignal) => Promise<{ summary: LogSummary; bytes: number }>;

/** What is told of a process that was begun. */
export interface HistoryEntry {
  /** Larger for a process that was started later. */
  readonly sequence: number;
  /** It has been started. */
  started(pid: number, startTime: number): void;
  /** Its leader has exited. */
  finished(status: FinishedStatus): void;
  /** Its log is complete, with so many bytes on the disk, and its group is gone. */
  ended(log: LogSummary, bytes: number): void;
}

/** The history of one spool. */
export class History {
  /** What is known of processes. */
  readonly records: Records;
  readonly #database: Database;
  readonly #proc: Proc | undefined;
  readonly #findings: readonly [RecoveryEvent, string][];
  /** Those that an earlier program has not seen to their end, until that is done here. */
  readonly #unfinished = new Map<string, { trace: Trace & { sequence: number }; done: PromiseWithResolvers<void> }>();
  /** Changes that could not be written yet, in their order. */
  readonly #waiting: (() => void)[] = [];
  #next: number;
  #damaged = false;
  #report: RecoveryOptions["report"] = () => {};
  #timer: ReturnType<typeof setInterval> | undefined;

  private constructor(database: Database, proc: Proc | undefined, findings: [RecoveryEvent, string][]) {
    this.#database = database;
    this.#proc = proc;
    this.#findings = findings;
    this.records = new Records(database);
    this.#next = this.records.next;
    this.#loseUnfinished();
  }

  /**
   * Opens the history of a spool, and makes it where there is none.
   *
   * @param keep Whether it is for the next program too.
   * @throws {SpoolError} when another program uses the spool, or the database cannot be made.
   */
  static open(directory: string, keep: boolean): History {
    try {
      using opened = new DisposableStack();
      const { database, findings } = openSpoolDatabase(directory, keep);
      opened.use(database);
      const proc = keep ? opened.use(Proc.open()) : undefined; // else nobody comes who would look for what is left
      const history = new History(database, proc, findings);
      opened.move();
      return history;
    } catch (cause) {
      throw new SpoolError(`Cannot use ${directory} as a spool`, { cause });
    }
  }

  /**
   * Notes that a process is about to be started.
   *
   * @param ended Called when it is noted that its log is complete.
   * @throws {SpoolError} when it cannot be noted: it must not be started then.
   */
  begin(beginning: Beginning, ended: () => void = () => {}): HistoryEntry {
    const sequence = this.#next++;
    const proc = this.#proc;
    this.#retry();
    try {
      this.records.begin(sequence, beginning, { boot: proc?.bootId, clock: proc?.clock, ticks: proc?.now() });
    } catch (cause) {
      throw new SpoolError("Cannot note a process in the spool", { cause });
    }
    const { records } = this;
    return {
      sequence,
      started: (pid, startTime) => {
        const start = proc?.stat(pid)?.start;
        this.#write(() => records.started(sequence, pid, start, startTime));
      },
      // What is in the group by now was born while its number was surely taken (left_over.ts).
      finished: (status) => {
        const seen = proc?.now();
        this.#write(() => records.finished(sequence, status, seen));
      },
      ended: (log, bytes) => {
        this.#write(() => records.ended(sequence, log, bytes));
        this.#write(ended);
      },
    };
  }

  /**
   * Reads something.
   *
   * @throws {SpoolError} when that is not possible.
   */
  read<Result>(look: (records: Records) => Result): Result {
    try {
      return look(this.records);
    } catch (cause) {
      throw new SpoolError("Cannot read what is known of processes", { cause });
    }
  }

  /**
   * Changes something at once.
   *
   * @throws {SpoolError} when that is not possible; nothing is changed then.
   */
  change(change: (records: Records) => void): void {
    this.#retry();
    try {
      change(this.records);
    } catch (cause) {
      throw new SpoolError("Cannot note a change in the spool", { cause });
    }
  }

  /** Forgets a process: its files are about to be removed. */
  forget(id: string): void {
    this.#write(() => this.records.remove(id));
  }

  /** The files of a process are gone. */
  forgotten(id: string): void {
    this.#write(() => this.records.removed(id));
  }

  /** Calls back when all that was noted so far is written: mostly at once. */
  whenWritten(callback: () => void): void {
    this.#write(callback);
  }

  /** So many bytes of the log of a process are damaged. */
  logDamaged(id: string, bytes: number): void {
    this.#report("log-damaged", id, { bytes });
  }

  /** Resolves when nothing is left of a process of an earlier program. Never rejects. */
  recovered(id: string): Promise<void> {
    return this.#unfinished.get(id)?.done.promise ?? Promise.resolve();
  }

  /**
   * Ends what processes of earlier programs have left running, and makes the logs whole that were not. It takes its time;
   * the processes can be asked for meanwhile. From then on a sign of life is left each second, by which the next program on
   * the spool knows what was started here.
   */
  async recover({ grace, signal, report }: RecoveryOptions, recoverLog: RecoverLog): Promise<void> {
    this.#report = report;
    for (const [event, subject] of this.#findings) report(event, subject);
    const all = this.#unfinished.size > 0 && this.#proc?.all() || new Map<number, ProcStat>();
    this.#beat();
    this.#timer = setInterval(() => this.#beat(), BEAT_MS);
    const inTurn = limiter(READERS);
    const work = [...this.#unfinished.values()].map(async ({ trace, done }) => {
      const { id, sequence } = trace;
      const reading = inTurn(async () => {
        signal.throwIfAborted();
        return await recoverLog(id, signal);
      }).catch(() => {
        if (!signal.aborted) report("log-not-read", id);
      });
      await this.#endLeftOver(trace, all, { grace, signal, report });
      const read = await reading;
      if (read && !signal.aborted) this.#write(() => this.records.ended(sequence, read.summary, read.bytes));
      this.#unfinished.delete(id);
      done.resolve();
    });
    await Promise.all(work);
  }

  /** Lets go of the spool. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#retry();
    this.#database[Symbol.dispose]();
    this.#proc?.[Symbol.dispose]();
  }

  /** What was running is lost with its program. */
  #loseUnfinished(): void {
    const { life } = this.records;
    for (const { finished, startTime, ...trace } of this.records.unfinished) {
      const { id, sequence, boot } = trace;
      const seen = trace.seen ?? (life && life.boot === boot && life.clock === trace.clock ? life.ticks : undefined);
      if (!finished) this.records.finished(sequence, lostSince(startTime), seen);
      this.#unfinished.set(id, { trace: { ...trace, seen }, done: Promise.withResolvers() });
    }
  }

  async #endLeftOver(
    trace: Trace,
    all: ReadonlyMap<number, ProcStat>,
    { grace, signal, report }: RecoveryOptions,
  ): Promise<void> {
    const found = findLeftOver(trace, this.#proc, all);
    if (found === "gone") return;
    if (found === "unproven") return report("left-over-not-proven", trace.id);
    try {
      await endLeftOver(found.group, grace, signal);
      report("left-over-ended", trace.id);
    } catch {
      report("left-over-not-ended", trace.id);
    }
  }

  /** Makes a change; one that cannot be written (the disk is full) is tried again later, and keeps all behind it. */
  #write(change: () => void): void {
    this.#waiting.push(change);
    this.#retry();
  }

  #retry(): void {
    for (let change; (change = this.#waiting.shift());) {
      try {
        change();
      } catch (error) {
        if (error instanceof DamagedError) {
          // To wait is no use: the next start reads it through.
          if (!this.#damaged) this.#report("database-damaged", error.message);
          this.#damaged = true;
          continue;
        }
        this.#waiting.unshift(change); // the disk is full; it may come back
        return;
      }
    }
  }

  #beat(): void {
    this.#retry();
    try {
      void this.#database.checkpoint();
    } catch {
      // The spool was removed.
    }
    const ticks = this.#proc?.now();
    if (ticks === undefined) return;
    try {
      this.records.live(this.#proc!.bootId, this.#proc!.clock, ticks);
    } catch {
      // The disk is full: who comes next knows less.
    }
  }
}

function lostSince(startTime: number): FinishedStatus {
  const finishTime = Math.max(startTime, clock.now());
  return { state: "finished", startTime, finishTime, exit: {}, endReason: "daemon-lost" };
}

/** Lets only so many pieces of work be under way at a time. */
function limiter(most: number): <Result>(work: () => Promise<Result>) => Promise<Result> {
  const waiting: (() => void)[] = [];
  let free = most;
  return async (work) => {
    if (free > 0) free--;
    else await new Promise<void>((proceed) => waiting.push(proceed));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}
