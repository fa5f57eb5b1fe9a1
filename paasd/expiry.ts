/**
 * How long finished processes are kept.
 *
 * @module
 */
import type { Entry, ProcessTable } from "./process_table.ts";

/** How often it is looked whether something is to go, in milliseconds. */
const PAUSE_MS = 1_000;

/** So many are removed at a time: each has files. */
const MOST_AT_A_TIME = 500;

/** How much is kept. */
export interface ExpiryLimits {
  /** How long a process is kept when it has finished, in milliseconds. */
  readonly retain: number;
  /** How many finished processes there may be. */
  readonly retainCount: number;
}

/** Has finished processes removed that are too old or too many: the oldest first. Live ones are never touched. */
export class Expiry implements Disposable {
  readonly #table: Pick<ProcessTable, "finished">;
  readonly #remove: (entry: Entry) => Promise<void>;
  readonly #timer: ReturnType<typeof setInterval>;
  /** How much is kept. */
  limits: ExpiryLimits;

  /** @param remove Takes a process out of the table at once; must not reject. */
  constructor(
    table: Pick<ProcessTable, "finished">,
    limits: ExpiryLimits,
    remove: (entry: Entry) => Promise<void>,
  ) {
    this.#table = table;
    this.limits = limits;
    this.#remove = remove;
    this.#timer = setInterval(() => this.sweep(), PAUSE_MS);
  }

  /** Has removed what is due. */
  sweep(now = Date.now()): void {
    const { finished } = this.#table;
    const { retain, retainCount } = this.limits;
    let removed = 0;
    for (const entry of finished) {
      const { status } = entry.process;
      const old = status.state === "finished" && now - status.finishTime >= retain;
      if (!old && finished.size <= retainCount || ++removed > MOST_AT_A_TIME) return;
      void this.#remove(entry);
    }
  }

  /** Ends the looking. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
