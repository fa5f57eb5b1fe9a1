/**
 * The processes that an earlier program on the spool has not seen to their end: what is left of them is ended, and their
 * logs are made whole.
 *
 * @module
 */
import type { LogSummary } from "../log/log.ts";
import type { FinishedStatus } from "../process/status.ts";
import { clock } from "../system/clock.ts";
import type { Proc, ProcStat } from "../system/proc.ts";
import { endLeftOver, findLeftOver, type Trace } from "./left_over.ts";
import type { Records } from "./records.ts";

/** Maximum number of logs that are read at a time. */
const MAX_READERS = 4;

/** An event of the opening or the recovery of a spool, for the log of the program. */
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
  /** The time from SIGTERM until SIGKILL for the rest of a process, in milliseconds. */
  grace: number;
  /** Ends the recovery as fast as possible. */
  signal: AbortSignal;
  /**
   * Called with each event and its process, file or directory. It is also called later, when a log that somebody opens is
   * found to be damaged, with the number of damaged bytes.
   */
  report: (event: RecoveryEvent, subject: string, about?: { bytes: number }) => void;
}

/** Makes the log of a process whole; resolves with its end, and the number of bytes that it has on the disk. */
export type RecoverLog = (id: string, signal: AbortSignal) => Promise<RecoveredLog>;

/** A log that was made whole. */
export interface RecoveredLog {
  /** The facts about the log. */
  readonly summary: LogSummary;
  /** The bytes that it has on the disk. */
  readonly bytes: number;
}

/** A process that an earlier program has not seen to its end. */
interface Unfinished {
  readonly trace: Trace & { readonly sequence: number };
  readonly done: PromiseWithResolvers<void>;
}

/** The recovery of the processes of one spool. */
export class Recovery {
  readonly #proc: Proc | undefined;
  readonly #unfinished: Map<string, Unfinished>;

  private constructor(proc: Proc | undefined, unfinished: Map<string, Unfinished>) {
    this.#proc = proc;
    this.#unfinished = unfinished;
  }

  /** Notes that the processes which were running are lost with their program. They are recovered later. */
  static begin(records: Records, proc: Proc | undefined): Recovery {
    const { life } = records;
    const unfinished = new Map<string, Unfinished>();
    for (const { finished, startTime, ...trace } of records.unfinished) {
      const { id, sequence, boot } = trace;
      const seen = trace.seen ?? (life && life.boot === boot && life.clock === trace.clock ? life.ticks : undefined);
      if (!finished) records.finished(sequence, lostSince(startTime), seen);
      unfinished.set(id, { trace: { ...trace, seen }, done: Promise.withResolvers() });
    }
    return new Recovery(proc, unfinished);
  }

  /** Resolves when nothing is left of a process of an earlier program. Never rejects. */
  of(id: string): Promise<void> {
    return this.#unfinished.get(id)?.done.promise ?? Promise.resolve();
  }

  /**
   * Ends the rest of all processes, and makes their logs whole.
   *
   * @param ended Called with the sequence number of each process whose log is whole.
   */
  async run(
    { grace, signal, report }: RecoveryOptions,
    recoverLog: RecoverLog,
    ended: (sequence: number, log: RecoveredLog) => void,
  ): Promise<void> {
    const all = this.#unfinished.size > 0 && this.#proc?.all() || new Map<number, ProcStat>();
    const inTurn = limiter(MAX_READERS);
    const work = [...this.#unfinished.values()].map(async ({ trace, done }) => {
      const { id, sequence } = trace;
      const reading = inTurn(async () => {
        signal.throwIfAborted();
        return await recoverLog(id, signal);
      }).catch(() => {
        if (!signal.aborted) report("log-not-read", id);
      });
      await this.#endLeftOver(trace, all, { grace, signal, report });
      const log = await reading;
      if (log && !signal.aborted) ended(sequence, log);
      this.#unfinished.delete(id);
      done.resolve();
    });
    await Promise.all(work);
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
}

function lostSince(startTime: number): FinishedStatus {
  const finishTime = Math.max(startTime, clock.now());
  return { state: "finished", startTime, finishTime, exit: {}, endReason: "daemon-lost" };
}

/** Makes a function that runs work, at most so many pieces at a time. */
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
