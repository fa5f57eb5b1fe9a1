/**
 * The history of a spool: what has become of its processes, for the next daemon on the same spool.
 *
 * ```text
 * SPOOL/lock     locked by the daemon that uses the spool, with its last sign of life (spool_lock.ts)
 * SPOOL/journal  a few records for each process (journal.ts): before its start, with its process id, at its end, when its
 *                log is complete, when it is removed. The fields of later records stand beside those of earlier ones.
 * ```
 *
 * @module
 */
import { join } from "node:path";
import { SpoolError } from "./errors.ts";
import { Journal } from "./journal.ts";
import { endLeftOver, findLeftOver, type Trace } from "./left_over.ts";
import { Log, type LogSummary } from "./log.ts";
import { Proc, type ProcStat } from "./proc.ts";
import { RestoredProcess } from "./restored_process.ts";
import type { Retention } from "./retention.ts";
import { SpoolLock } from "./spool_lock.ts";
import type { FinishedStatus } from "./status.ts";

/** So many logs are read at a time. */
const READERS = 4;

/** The journal is written anew when it has so many records more than twice what they come to. */
const SPARE_RECORDS = 10_000;

/** What is known of a process before it is started. */
export interface Beginning {
  /** Its id. */
  readonly id: string;
  /** The program and its arguments. */
  readonly args: readonly string[];
  /** Whether it gets a stdin. */
  readonly stdin: boolean;
  /** Whether it gets a terminal. */
  readonly terminal: boolean;
  /** In milliseconds since the Unix epoch. */
  readonly startTime: number;
  /** Any JSON. */
  readonly description: unknown;
  /** Whose log it is, for the limits of the spool. */
  readonly group?: string | undefined;
}

/** All that the journal knows of a process. */
interface Saved extends Beginning, Trace {
  readonly status?: FinishedStatus;
  readonly log?: LogSummary;
  readonly removed?: true;
}

/** What the recovery has to tell of a process: what was left of it was ended, or is left because nothing proves it. */
export type RecoveryEvent =
  | "left-over-ended"
  | "left-over-not-proven"
  | "left-over-not-ended"
  | "log-not-read"
  | "log-damaged";

/** How to recover. */
export interface RecoveryOptions {
  /** From SIGTERM until SIGKILL for what is left of a process, in milliseconds. */
  grace: number;
  /** Ends the recovery as fast as possible. */
  signal: AbortSignal;
  /**
   * Called when something has happened to a process; later as well, when a log that somebody opens is found to be damaged
   * in so many bytes.
   */
  report: (event: RecoveryEvent, id: string, about?: { bytes: number }) => void;
}

/** The history of one spool. */
export class History {
  readonly #journal: Journal;
  readonly #lock: SpoolLock;
  readonly #proc: Proc | undefined;
  readonly #retention: Retention;
  readonly #directory: string;
  readonly #unfinished = new Map<Saved, () => void>();
  readonly #logs = new Map<string, Log>();
  readonly #ids: Set<string>;
  #report: RecoveryOptions["report"] = () => {};
  /** The processes of earlier daemons, in the order of their starts. */
  readonly restored: readonly RestoredProcess[];
  /** How many records were passed over because they are torn or damaged. */
  readonly damaged: number;

  private constructor(
    directory: string,
    retention: Retention,
    lock: SpoolLock,
    proc: Proc | undefined,
    { journal, records, damaged }: { journal: Journal; records: Saved[]; damaged: number },
  ) {
    this.#directory = directory;
    this.#retention = retention;
    this.#lock = lock;
    this.#proc = proc;
    this.#journal = journal;
    this.damaged = damaged;
    const saved = merge(records).map((record) => this.#finish(record));
    this.#ids = new Set(saved.map(({ id }) => id));
    removeStrays(directory, this.#ids);
    if (damaged > 0) this.#rewrite(saved);
    else this.#compact();
    this.restored = saved.map((record) => this.#restore(record));
  }

  /**
   * Opens the history of a spool, and makes it where there is none.
   *
   * @throws {SpoolError} when another program uses the spool, or the journal cannot be read.
   */
  static async open(directory: string, retention: Retention): Promise<History> {
    try {
      using opened = new DisposableStack();
      const proc = opened.use(Proc.open());
      const lock = opened.use(await SpoolLock.take(join(directory, "lock"), proc));
      const journal = Journal.open<Saved>(join(directory, "journal"));
      opened.defer(() => journal.journal.close());
      const history = new History(directory, retention, lock, proc, journal);
      opened.move();
      return history;
    } catch (cause) {
      throw new SpoolError(`Cannot use ${directory} as a spool`, { cause });
    }
  }

  /** The log of a process of an earlier daemon. */
  log(id: string): Log | undefined {
    return this.#logs.get(id);
  }

  /**
   * Notes that a process is about to be started.
   *
   * @throws {SpoolError} when it cannot be noted: it must not be started then.
   */
  begin(beginning: Beginning): HistoryEntry {
    this.#compact();
    const { id } = beginning;
    try {
      this.#journal.append({
        ...beginning,
        boot: this.#proc?.bootId,
        ticks: this.#proc?.now(),
        forks: this.#lock.forks,
      });
    } catch (cause) {
      throw new SpoolError("Cannot note a process in the spool", { cause });
    }
    this.#ids.add(id);
    return {
      started: (pid, startTime) => {
        this.#journal.appendSoon({ id, pid, startTime, start: this.#proc?.stat(pid)?.start });
      },
      // What is in the group by now was born while its number was surely taken (left_over.ts).
      finished: (status) => this.#journal.appendSoon({ id, status, seen: this.#proc?.now() }),
      ended: (log) => this.#journal.appendSoon({ id, log }),
    };
  }

  /** Replaces the description of a process. */
  describe(id: string, description: unknown): void {
    if (this.#ids.has(id)) this.#journal.appendSoon({ id, description });
  }

  /** Forgets a process. */
  forget(id: string): void {
    this.#logs.delete(id);
    if (this.#ids.delete(id)) this.#journal.appendSoon({ id, removed: true });
  }

  /**
   * Ends what processes of earlier daemons have left running, and makes the logs whole that were not. It takes its time;
   * the processes can be asked for meanwhile.
   */
  async recover(options: RecoveryOptions): Promise<void> {
    this.#report = options.report;
    const all = this.#unfinished.size > 0 && this.#proc?.all() || new Map<number, ProcStat>();
    const inTurn = limiter(READERS);
    const unfinished = [...this.#unfinished].map(async ([saved, ended]) => {
      const { id } = saved;
      const reading = inTurn(() => this.#readLog(id, options));
      await this.#endLeftOver(saved, all, options);
      if (await reading && !options.signal.aborted) this.#journal.appendSoon({ id, log: this.#logs.get(id)?.summary });
      ended();
    });
    this.#unfinished.clear();
    // All others as well where the spool has a limit, so that they are counted.
    const logs = !this.#retention.limited
      ? []
      : [...this.#logs.keys()].map((id) => inTurn(() => this.#readLog(id, options)));
    await Promise.all([...unfinished, ...logs]);
  }

  /** Lets go of the spool. */
  close(): void {
    this.#journal.retry();
    if (this.#journal.lines > this.#ids.size) this.#rewrite(); // for a fast start
    this.#journal.close();
    this.#lock[Symbol.dispose]();
    this.#proc?.[Symbol.dispose]();
  }

  /** What was running is lost with its daemon. */
  #finish(saved: Saved): Saved {
    if (saved.status) return saved;
    const { id, startTime } = saved;
    const found = { status: lostSince(startTime), seen: this.#lastSeen(saved.boot) };
    this.#journal.appendSoon({ id, ...found });
    return { ...saved, ...found };
  }

  #lastSeen(boot: string | undefined): number | undefined {
    const { last } = this.#lock;
    return last && last.boot === boot ? last.ticks : undefined;
  }

  #restore(saved: Saved): RestoredProcess {
    const { id, pid = 0 } = saved;
    const damaged = (bytes: number) => this.#report("log-damaged", id, { bytes });
    const log = Log.restore(join(this.#directory, id), this.#retention, saved.log, saved.group, damaged);
    this.#logs.set(id, log);
    const { promise, resolve } = Promise.withResolvers<void>();
    if (saved.log) resolve();
    else this.#unfinished.set(saved, resolve);
    return new RestoredProcess({ ...saved, pid, status: saved.status! }, log, promise);
  }

  async #endLeftOver(
    saved: Saved,
    all: ReadonlyMap<number, ProcStat>,
    { grace, signal, report }: RecoveryOptions,
  ): Promise<void> {
    const found = findLeftOver(saved, this.#proc, all);
    if (found === "gone") return;
    if (found === "unproven") return report("left-over-not-proven", saved.id);
    try {
      await endLeftOver(found.group, grace, signal);
      report("left-over-ended", saved.id);
    } catch {
      report("left-over-not-ended", saved.id);
    }
  }

  /** Makes a log ready to be read, and tells whether that is done. */
  async #readLog(id: string, { signal, report }: RecoveryOptions): Promise<boolean> {
    if (signal.aborted) return false;
    try {
      await this.#logs.get(id)?.recover(signal);
      return true;
    } catch {
      if (!signal.aborted) report("log-not-read", id);
      return false;
    }
  }

  /** Writes the journal anew when most of it is superseded. */
  #compact(): void {
    if (this.#journal.lines >= 2 * this.#ids.size + SPARE_RECORDS) this.#rewrite();
  }

  #rewrite(saved = merge(this.#journal.read<Saved>())): void {
    try {
      this.#journal.replace(saved);
    } catch {
      // The disk is full: what it has is good enough.
    }
  }
}

/** What is told of a process that was begun. */
export interface HistoryEntry {
  /** It has been started. */
  started(pid: number, startTime: number): void;
  /** Its leader has exited. */
  finished(status: FinishedStatus): void;
  /** Its log is complete, and its group is gone. */
  ended(log: LogSummary): void;
}

function lostSince(startTime: number): FinishedStatus {
  return { state: "finished", startTime, finishTime: Date.now(), exit: {}, endReason: "daemon-lost" };
}

/** One record for each process that was not removed, in their order. */
function merge(records: readonly Saved[]): Saved[] {
  const merged = new Map<string, Saved>();
  for (const record of records) {
    const { id } = record;
    const earlier = merged.get(id);
    if (record.removed) merged.delete(id);
    else if (earlier) merged.set(id, { ...earlier, ...record });
    else if (record.args) merged.set(id, record); // else its first record is damaged
  }
  return [...merged.values()];
}

/** Removes directories of processes that were not even noted: there is no output in them. */
function removeStrays(directory: string, known: ReadonlySet<string>): void {
  for (const { name, isDirectory } of Deno.readDirSync(directory)) {
    if (!isDirectory || known.has(name)) continue;
    const stray = join(directory, name);
    const files = [...Deno.readDirSync(stray)].map(({ name }) => name);
    const empty = files.every((file) =>
      file === "room" || file === "0.log" && Deno.statSync(join(stray, file)).size === 0
    );
    if (empty) Deno.removeSync(stray, { recursive: true });
  }
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
