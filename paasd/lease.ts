/**
 * A lease on a process: it is stopped when its client has vanished.
 *
 * @module
 */
import type { Process } from "@paas/worker";

/** The leases that each holder has held. */
const held = new WeakMap<AbortSignal, Set<Lease>>();

/** Whether a process would be stopped if this holder, a connection or a call, ended now and nobody came for it. */
export function holdsLease(holder: AbortSignal): boolean {
  return held.get(holder)?.values().some((lease) => lease.counts) ?? false;
}

/** Stops a process once nobody has held it for so long. */
export class Lease {
  readonly #process: Process;
  readonly #milliseconds: number;
  /** For how many milliseconds its client will be away of its own accord. */
  absence = 0;
  #holders = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ended = false;

  /** @param milliseconds How long the process goes on when nobody holds it. */
  constructor(process: Process, milliseconds: number) {
    this.#process = process;
    this.#milliseconds = milliseconds;
    process.finished.then(() => clearTimeout(this.#timer));
  }

  /** Whether the process lives, and may not go on without anybody. */
  get counts(): boolean {
    return !this.#ended && this.#process.status.state !== "finished";
  }

  /** Holds the process until the signal aborts. */
  hold(until: AbortSignal): void {
    clearTimeout(this.#timer);
    this.#holders++;
    const leases = held.get(until) ?? new Set();
    held.set(until, leases.add(this));
    this.#process.finished.then(() => leases.delete(this));
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
    const limit = Math.max(this.#milliseconds, this.absence);
    this.#timer = setTimeout(() => this.#process.stop({ reason: "client-gone" }).catch(() => {}), limit);
  }
}
