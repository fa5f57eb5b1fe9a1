/**
 * A lease on a process: it is stopped when its client has vanished.
 *
 * @module
 */
import type { Process } from "@paas/worker";

/** Stops a process once nobody has held it for so long. */
export class Lease {
  readonly #process: Process;
  readonly #milliseconds: number;
  #holders = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ended = false;

  /** @param milliseconds How long the process goes on when nobody holds it. */
  constructor(process: Process, milliseconds: number) {
    this.#process = process;
    this.#milliseconds = milliseconds;
    process.finished.then(() => clearTimeout(this.#timer));
  }

  /** Holds the process until the signal aborts. */
  hold(until: AbortSignal): void {
    clearTimeout(this.#timer);
    this.#holders++;
    if (until.aborted) this.#release();
    else until.addEventListener("abort", () => this.#release(), { once: true });
  }

  /** Ends the lease: the process may go on without anybody. */
  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
  }

  #release(): void {
    if (--this.#holders > 0 || this.#ended || this.#process.status.state !== "running") return;
    // One that may not be signalled goes on; one that is being stopped needs no other stop.
    this.#timer = setTimeout(() => this.#process.stop({ reason: "client-gone" }).catch(() => {}), this.#milliseconds);
  }
}
