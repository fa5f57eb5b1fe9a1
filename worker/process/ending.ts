/**
 * An end that many callers can wait for, and stop waiting for.
 *
 * A promise keeps each callback until it settles, even if the caller has gone. A caller that waits for a process which runs
 * for a year would stay in memory for a year.
 *
 * @module
 */

/**
 * An end, and the callers that wait for it.
 *
 * @example
 * ```ts
 * import { Ending } from "./ending.ts";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const ending = new Ending<string>();
 * const gone = new AbortController();
 * const waits = ending.wait(gone.signal);
 * gone.abort(new Error("gone"));
 * await assertRejects(() => waits, Error, "gone");
 * assertEquals(ending.waiting, 0);
 * ```
 */
export class Ending<Result> {
  readonly #waiting = new Set<(result: Result) => void>();
  #end: { readonly result: Result } | undefined;

  /** The number of callers that wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Settles the end, and resolves all waiting. */
  come(result: Result): void {
    this.#end = { result };
    for (const tell of this.#waiting) tell(result);
    this.#waiting.clear();
  }

  /**
   * Resolves when the end has come. The caller is forgotten when the signal aborts.
   *
   * @throws The reason of the signal, when the signal aborts first.
   */
  wait(signal?: AbortSignal): Promise<Result> {
    if (this.#end) return Promise.resolve(this.#end.result);
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const tell = (result: Result) => {
        signal?.removeEventListener("abort", forget);
        resolve(result);
      };
      const forget = () => {
        this.#waiting.delete(tell);
        reject(signal!.reason);
      };
      this.#waiting.add(tell);
      signal?.addEventListener("abort", forget, { once: true });
    });
  }
}
