/**
 * A lease on a process: the process is stopped when its client has vanished.
 *
 * @module
 */
import type { Process } from "@paas/worker";

/** A holder of leases: a connection or a call. */
export interface LeaseHolder {
  /** Aborts when the holder is gone. */
  readonly signal: AbortSignal;
  /** The leases that the holder holds, for a holder that wants to know them. */
  readonly leases?: Set<Pick<Lease, "counts">>;
}

/** Stops a process once nobody has held it for some time. */
export class Lease {
  readonly #process: Process;
  readonly #milliseconds: number;
  /** Time that the client has announced to be away, in milliseconds. */
  absence = 0;
  /** The functions that let go, by the signals of the holders. */
  readonly #holders = new Map<AbortSignal, () => void>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ended = false;

  /** @param milliseconds Time that the process goes on without a holder, in milliseconds. */
  constructor(process: Process, milliseconds: number) {
    this.#process = process;
    this.#milliseconds = milliseconds;
    process.finished.then(() => {
      clearTimeout(this.#timer);
      for (const letGo of this.#holders.values()) letGo();
    });
  }

  /** Whether the process lives, and would be stopped some time after its last holder has gone. */
  get counts(): boolean {
    return !this.#ended && this.#process.status.state !== "finished";
  }

  /** The number of holders. */
  get holders(): number {
    return this.#holders.size;
  }

  /** Holds the process until the holder is gone. */
  hold({ signal, leases }: LeaseHolder): void {
    if (this.#process.status.state === "finished" || this.#holders.has(signal)) return;
    clearTimeout(this.#timer);
    const letGo = () => {
      this.#holders.delete(signal);
      leases?.delete(this);
      signal.removeEventListener("abort", release);
    };
    const release = () => {
      letGo();
      if (this.#holders.size === 0) this.#stopSoon();
    };
    this.#holders.set(signal, letGo);
    leases?.add(this);
    if (signal.aborted) release();
    else signal.addEventListener("abort", release, { once: true });
  }

  /** Ends the lease: the process may go on without a holder. */
  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
  }

  #stopSoon(): void {
    if (this.#ended || this.#process.status.state !== "running") return;
    // A process that may not be signalled goes on; one that is being stopped needs no other stop.
    const limit = Math.max(this.#milliseconds, this.absence);
    this.#timer = setTimeout(() => this.#process.stop({ reason: "client-gone" }).catch(() => {}), limit);
  }
}
