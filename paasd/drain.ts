/**
 * The drain of a daemon: it starts nothing new, and ends when its processes have finished, or at a deadline.
 *
 * @module
 */
import type { ProcessTable } from "./processes/process_table.ts";
import type { Restarts } from "./restarts/restarts.ts";
import type { CallServer } from "./server.ts";
import { type DaemonLog, shortId } from "./telemetry/daemon_log.ts";

/** Options of a {@linkcode Drain}. */
export interface DrainOptions {
  readonly log: DaemonLog;
  readonly table: Pick<ProcessTable, "drain" | "processes" | "settled">;
  readonly restarts: Pick<Restarts, "close">;
  readonly server: Pick<CallServer, "drain">;
  /** Time from the beginning to the deadline, in milliseconds; `Infinity` is no deadline. */
  readonly timeout: number;
}

/** A drain, which begins when somebody asks for it. */
export class Drain implements Disposable {
  readonly #options: DrainOptions;
  readonly #over = Promise.withResolvers<void>();
  #deadline: ReturnType<typeof setTimeout> | undefined;
  #begun = false;
  #ended = false;
  /** Time from the beginning to the deadline, in milliseconds; `Infinity` is no deadline. */
  timeout: number;

  constructor(options: DrainOptions) {
    this.#options = options;
    this.timeout = options.timeout;
  }

  /** Resolves when the daemon is to shut down: all processes have finished, or the deadline has come. */
  get over(): Promise<void> {
    return this.#over.promise;
  }

  /**
   * Begins the drain. A drain that has begun goes on, with another deadline if one is given.
   *
   * @param timeout Time until the deadline, in milliseconds.
   * @param user The id of the operator who asks; `undefined` is a signal.
   * @returns The number of processes that have not ended.
   */
  begin(timeout?: number, user?: string): number {
    const { log, table, restarts, server } = this.#options;
    const first = !this.#begun;
    this.#begun = true;
    const wait = timeout ?? (first ? this.timeout : undefined);
    const processes = table.processes().length;
    if (this.#ended) return processes;
    if (wait !== undefined) this.#setDeadline(wait);
    const seconds = wait === undefined || wait === Infinity ? undefined : wait / 1000;
    log.write("draining", { processes, "deadline-in-seconds": seconds, user: user && shortId(user) });
    if (!first) return processes;
    table.drain();
    restarts.close("the daemon ends when its processes have finished");
    server.drain();
    table.settled().then(() => this.#end("drained"));
    return processes;
  }

  /** Gives the drain up, because the daemon shuts down. */
  [Symbol.dispose](): void {
    this.#ended = true;
    clearTimeout(this.#deadline);
  }

  #setDeadline(wait: number): void {
    clearTimeout(this.#deadline);
    if (wait !== Infinity) this.#deadline = setTimeout(() => this.#end("drain-timed-out"), wait);
  }

  #end(event: string): void {
    if (this.#ended) return;
    this[Symbol.dispose]();
    this.#options.log.write(event, { processes: this.#options.table.processes().length });
    this.#over.resolve();
  }
}
