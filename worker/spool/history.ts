/**
 * The history of a spool: the facts about its processes, in a database. A fact is there before a client hears of it, so it
 * outlives a SIGKILL of the program.
 *
 * @module
 */
import { SpoolError } from "../errors.ts";
import type { ProcessHistory } from "../process/spawned_process.ts";
import { Proc } from "../system/proc.ts";
import { DamagedError, type Database } from "./database.ts";
import { ID_VARIABLE } from "./left_over.ts";
import type { Beginning } from "./process_record.ts";
import { Records } from "./records.ts";
import { type RecoverLog, Recovery, type RecoveryOptions } from "./recovery.ts";
import { type Finding, openSpoolDatabase } from "./spool_database.ts";

/** The pause between two heartbeats, and between two tries to write, in milliseconds. */
const BEAT_MS = 1_000;

/** The entry of a process that was begun. */
export interface HistoryEntry extends ProcessHistory {
  /** The variables of the process by which the next program on the spool finds it. */
  readonly mark: Readonly<Record<string, string>>;
  /** Notes that the process was started, with its process id and the time in milliseconds since the Unix epoch. */
  started(pid: number, startTime: number): void;
}

/** The history of one spool. */
export class History {
  /** The facts about processes. */
  readonly records: Records;
  readonly #database: Database;
  readonly #proc: Proc | undefined;
  readonly #findings: readonly Finding[];
  readonly #recovery: Recovery;
  /** Whether it is for the next program too. */
  readonly #keep: boolean;
  /** Changes that could not be written yet, in their order. */
  readonly #waiting: (() => void)[] = [];
  #next: number;
  #damaged = false;
  #report: RecoveryOptions["report"] = () => {};
  #timer: ReturnType<typeof setInterval> | undefined;

  private constructor(
    database: Database,
    proc: Proc | undefined,
    { records, recovery, next, findings, keep }: {
      records: Records;
      recovery: Recovery;
      next: number;
      findings: readonly Finding[];
      keep: boolean;
    },
  ) {
    this.#database = database;
    this.#proc = proc;
    this.records = records;
    this.#recovery = recovery;
    this.#next = next;
    this.#findings = findings;
    this.#keep = keep;
  }

  /**
   * Opens the history of a spool, and makes it where there is none.
   *
   * @param keep Whether it is for the next program too.
   * @throws {SpoolError} When another program uses the spool, or the database cannot be made.
   */
  static open(directory: string, keep: boolean): History {
    try {
      using opened = new DisposableStack();
      const { database, findings } = openSpoolDatabase(directory, keep);
      opened.use(database);
      const proc = keep ? opened.use(Proc.open()) : undefined; // else no program comes that would look for left-overs
      const records = new Records(database);
      const { next } = records;
      const recovery = Recovery.begin(records, proc);
      opened.move();
      return new History(database, proc, { records, recovery, next, findings, keep });
    } catch (cause) {
      throw new SpoolError(`Cannot use ${directory} as a spool`, { cause });
    }
  }

  /**
   * Notes that a process is about to be started.
   *
   * @param ended Called when it is noted that its log is complete.
   * @throws {SpoolError} When it cannot be noted: the process must not be started then.
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
      mark: this.#keep ? { [ID_VARIABLE]: beginning.id } : {},
      started: (pid, startTime) => {
        const start = proc?.stat(pid)?.start;
        this.#write(() => records.started(sequence, pid, start, startTime));
      },
      // All members that the group has by now were born while its number was surely taken (left_over.ts).
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
   * Reads from the records.
   *
   * @throws {SpoolError} When that is not possible.
   */
  read<Result>(look: (records: Records) => Result): Result {
    try {
      return look(this.records);
    } catch (cause) {
      throw new SpoolError("Cannot read what is known of processes", { cause });
    }
  }

  /**
   * Changes the records at once.
   *
   * @throws {SpoolError} When that is not possible; nothing is changed then.
   */
  change(change: (records: Records) => void): void {
    this.#retry();
    try {
      change(this.records);
    } catch (cause) {
      throw new SpoolError("Cannot note a change in the spool", { cause });
    }
  }

  /** Replaces the starter's note of a process. */
  note(sequence: number, note: unknown): void {
    this.#write(() => this.records.note(sequence, note));
  }

  /** Forgets a process: its files are about to be removed. */
  forget(id: string): void {
    this.#write(() => this.records.remove(id));
  }

  /** Notes that the files of a process are gone. */
  forgotten(id: string): void {
    this.#write(() => this.records.removed(id));
  }

  /** Calls back when all that was noted so far is written: mostly at once. */
  whenWritten(callback: () => void): void {
    this.#write(callback);
  }

  /** Reports that more bytes of the log of a process are damaged. */
  logDamaged(id: string, bytes: number): void {
    this.#report("log-damaged", id, { bytes });
  }

  /** Resolves when nothing is left of a process of an earlier program. Never rejects. */
  recovered(id: string): Promise<void> {
    return this.#recovery.of(id);
  }

  /**
   * Ends the rest of the processes that earlier programs have started, and makes their logs whole. Processes can be found
   * and read meanwhile. From now on a heartbeat is noted each second, by which the next program on the spool knows the
   * processes of this one.
   */
  async recover(options: RecoveryOptions, recoverLog: RecoverLog): Promise<void> {
    this.#report = options.report;
    for (const [event, subject] of this.#findings) options.report(event, subject);
    const recovered = this.#recovery.run(options, recoverLog, (sequence, { summary, bytes }) => {
      this.#write(() => this.records.ended(sequence, summary, bytes));
    });
    this.#beat();
    this.#timer = setInterval(() => this.#beat(), BEAT_MS);
    await recovered;
  }

  /** Lets go of the spool. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#retry();
    this.#database[Symbol.dispose]();
    this.#proc?.[Symbol.dispose]();
  }

  /** Makes a change. A change that cannot be written (the disk is full) is tried again later, before all behind it. */
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
          // Waiting is no use: the next start reads the database through.
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
      // The disk is full: the next program knows less.
    }
  }
}
