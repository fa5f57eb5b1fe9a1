/**
 * An end that many callers can wait for, and stop waiting for.
 *
 * @module
 */
import { Waiters } from "../system/waiters.ts";

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
  readonly #waiters = new Waiters<Result>();
  #end: { readonly result: Result } | undefined;

  /** The number of callers that wait. */
  get waiting(): number {
    return this.#waiters.size;
  }

  /** Settles the end, and resolves all waiting. */
  come(result: Result): void {
    this.#end = { result };
    this.#waiters.wake(result);
  }

  /**
   * Resolves when the end has come. The caller is forgotten when the signal aborts.
   *
   * @throws The reason of the signal, when the signal aborts first.
   */
  wait(signal?: AbortSignal): Promise<Result> {
    if (this.#end) return Promise.resolve(this.#end.result);
    return this.#waiters.wait(signal);
  }
}
