/**
 * An end that many may wait for, and stop waiting for.
 *
 * A promise keeps all that ever waited for it until it is settled, also those that have gone: who waits for a process that
 * runs for a year, and leaves, would stay for a year.
 *
 * @module
 */

/**
 * An end, and those that wait for it.
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

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Tells all. */
  come(result: Result): void {
    this.#end = { result };
    for (const tell of this.#waiting) tell(result);
    this.#waiting.clear();
  }

  /**
   * Resolves when it has come. Who waits is forgotten when the signal aborts.
   *
   * @throws the signal's reason, when it aborts before.
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
