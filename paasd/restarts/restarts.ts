/**
 * Restarts: processes that have failed are started again after a pause, as their owners wanted.
 *
 * @module
 */
import { status as Code } from "@paas/proto/grpc";
import type { StopOptions } from "@paas/worker";
import { clock } from "@paas/worker/system";
import type { Entry, RestartState } from "../processes/entries.ts";
import type { ProcessTable } from "../processes/process_table.ts";
import { Counter } from "../quotas/counter.ts";
import { toRefusal } from "../rpc/status_codes.ts";
import type { DaemonLog } from "../telemetry/daemon_log.ts";
import { nextAttempt } from "./policy.ts";

/** Maximum number of an owner's restarts that wait. Each keeps the entry of its process in memory. */
const MAX_WAITING = 1_000;

/** Maximum length of the reason that is kept with a process, in UTF-16 code units. */
const MAX_REASON_LENGTH = 200;

/**
 * Starts the process of an entry once more.
 *
 * @param restart The place of the new process.
 * @param signal Ends the start when it aborts, unless the program runs already.
 */
export type StartAgain = (entry: Entry, restart: RestartState, signal: AbortSignal) => Promise<Entry>;

/** Calls back after some milliseconds, unless the returned function is called before. */
export type After = (milliseconds: number, action: () => void) => () => void;

/** Options of {@linkcode Restarts}. */
export interface RestartsOptions {
  readonly table: Pick<ProcessTable, "setRestart">;
  readonly log: Pick<DaemonLog, "write" | "writeUnforeseen">;
  /** The timer; tests give another one. */
  readonly after?: After;
}

/** A restart that waits, or is being made. */
interface Pending {
  /** Counts it to its owner, until it is disposed of. */
  readonly counted: Disposable;
  /** Aborts when the restart is given up. */
  readonly ending: AbortController;
  /** Takes the timer back. */
  readonly takeBack: () => void;
  /** Resolves when the restart is made or has failed; `undefined` while it waits. */
  making: Promise<void> | undefined;
  /** How to stop the new process, if it runs in spite of all. */
  stop: StopOptions | undefined;
}

/** The restarts that wait. Each belongs to a finished process that its owner has not removed. */
export class Restarts {
  readonly #options: RestartsOptions;
  readonly #after: After;
  /** By the id of the process that has finished. */
  readonly #pending = new Map<string, { readonly entry: Entry; readonly pending: Pending }>();
  readonly #waiting = new Counter();
  #closed: string | undefined;

  constructor(options: RestartsOptions) {
    this.#options = options;
    this.#after = options.after ?? afterTime;
  }

  /**
   * Lets a process that has just failed be started again, if its policy says so. Called before anybody hears of its end.
   *
   * @param start Starts it.
   */
  finished(entry: Entry, start: StartAgain): void {
    const { restart, process: { status } } = entry;
    const next = restart && status.state === "finished" ? nextAttempt(restart, status) : undefined;
    if (!restart || !next) return;
    if (this.#closed !== undefined) return this.#giveUp(entry, this.#closed);
    if (this.#waiting.of(entry.owner) >= MAX_WAITING) {
      return this.#giveUp(entry, `you have ${MAX_WAITING} processes that wait for a restart, as much as may be`);
    }
    const make = () => pending.making = this.#make(entry, next, start, pending);
    const pending: Pending = {
      counted: this.#waiting.add(entry.owner),
      ending: new AbortController(),
      takeBack: this.#after(next.pause, make),
      making: undefined,
      stop: undefined,
    };
    this.#pending.set(entry.process.id, { entry, pending });
    this.#options.table.setRestart(entry, { ...restart, nextTime: clock.now() + next.pause });
  }

  /**
   * Gives the restart of a process up, if there is one.
   *
   * @param reason Why; it completes "not restarted:".
   * @param stop How to stop the new process, if it runs already.
   * @returns `undefined` when no restart is pending; otherwise it resolves when no new process runs.
   */
  cancel(id: string, reason: string, stop: StopOptions = {}): Promise<void> | undefined {
    const found = this.#pending.get(id);
    if (!found) return undefined;
    const { entry, pending } = found;
    pending.stop = stop;
    pending.ending.abort(new Error(reason));
    if (pending.making) return pending.making;
    this.#giveUpWaiting(entry, pending, reason);
    return Promise.resolve();
  }

  /** Gives up all restarts that wait, and those that would come. Those that are being made go on. */
  close(reason: string): void {
    this.#closed ??= reason;
    for (const { entry, pending } of [...this.#pending.values()]) {
      if (!pending.making) this.#giveUpWaiting(entry, pending, reason);
    }
  }

  #giveUpWaiting(entry: Entry, pending: Pending, reason: string): void {
    pending.takeBack();
    this.#forget(entry, pending);
    this.#giveUp(entry, reason);
  }

  async #make(entry: Entry, next: RestartState, start: StartAgain, pending: Pending): Promise<void> {
    const { table, log } = this.#options;
    const { signal } = pending.ending;
    const { id, ended } = entry.process;
    try {
      // Nothing of the old group may be in the way of the new process. Its grace period may be long.
      await Promise.race([ended, new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }))]);
      signal.throwIfAborted();
      const started = await start(entry, next, signal);
      table.setRestart(entry, { ...entry.restart!, nextTime: undefined, next: started.process.id });
      log.write("restarted", { process: started.process.id, "again-of": id, attempt: next.attempt });
      if (!signal.aborted) return;
      await started.process.stop(pending.stop).catch(() => {}); // one that may not be signalled goes on
      await this.cancel(started.process.id, signal.reason.message, pending.stop); // it may have failed before the stop
    } catch (error) {
      if (signal.aborted) return this.#giveUp(entry, signal.reason.message);
      const { code, details } = toRefusal(error, (reference, error) => log.writeUnforeseen(reference, error));
      this.#giveUp(entry, details, Code[code]);
    } finally {
      this.#forget(entry, pending);
    }
  }

  #forget({ process: { id } }: Entry, { counted }: Pending): void {
    this.#pending.delete(id);
    counted[Symbol.dispose]();
  }

  /** @param code The code of a refusal. The log gets it in place of the sentence, which may have the user's own words. */
  #giveUp(entry: Entry, reason: string, code?: string): void {
    const short = reason.length > MAX_REASON_LENGTH ? `${reason.slice(0, MAX_REASON_LENGTH).toWellFormed()}…` : reason;
    this.#options.table.setRestart(entry, { ...entry.restart!, nextTime: undefined, givenUp: short });
    this.#options.log.write("not-restarted", { process: entry.process.id, code, cause: code ? undefined : short });
  }
}

function afterTime(milliseconds: number, action: () => void): () => void {
  const timer = setTimeout(action, milliseconds);
  return () => clearTimeout(timer);
}
