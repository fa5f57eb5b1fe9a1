/**
 * Waiting for an event that comes later or never.
 *
 * A promise keeps each callback until it settles, even if the caller has gone. A caller that waits for a process which runs
 * for a year would stay in memory for a year.
 *
 * @module
 */

/**
 * The callers that wait for an event. A caller whose signal aborts is forgotten.
 *
 * @example
 * ```ts
 * import { Waiters } from "./waiters.ts";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const waiters = new Waiters<string>();
 * const gone = new AbortController();
 * const [waits, stays] = [waiters.wait(gone.signal), waiters.wait()];
 * gone.abort(new Error("gone"));
 * await assertRejects(() => waits, Error, "gone");
 * assertEquals(waiters.size, 1);
 * waiters.wake("now");
 * assertEquals([await stays, waiters.size], ["now", 0]);
 * ```
 */
export class Waiters<Event> {
  readonly #all = new Set<(event: Event) => void>();

  /** The number of callers that wait. */
  get size(): number {
    return this.#all.size;
  }

  /**
   * Resolves at the next event.
   *
   * @throws The reason of the signal, when the signal aborts first.
   */
  wait(signal?: AbortSignal): Promise<Event> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const wake = (event: Event) => {
        signal?.removeEventListener("abort", forget);
        resolve(event);
      };
      const forget = () => {
        this.#all.delete(wake);
        reject(signal!.reason);
      };
      this.#all.add(wake);
      signal?.addEventListener("abort", forget, { once: true });
    });
  }

  /** Resolves all waiting with an event. */
  wake(event: Event): void {
    for (const wake of this.#all) wake(event);
    this.#all.clear();
  }
}
