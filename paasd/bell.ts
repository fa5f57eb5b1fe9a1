/**
 * Wakes a loop that waits for more than one thing.
 *
 * @module
 */

/**
 * A loop looks at its state, waits for {@linkcode Bell.rung}, and looks again. Whoever changes the state calls
 * {@linkcode Bell.ring}; the signal does so too when it aborts. A ring while the loop does not wait has no effect.
 *
 * `Promise.race` over lasting promises is no substitute: a promise that never settles keeps everything that it raced with.
 *
 * @example
 * ```ts
 * import { Bell } from "./bell.ts";
 *
 * let done = false;
 * using bell = new Bell();
 * setTimeout(() => {
 *   done = true;
 *   bell.ring();
 * }, 10);
 * while (!done) await bell.rung();
 * ```
 */
export class Bell implements Disposable {
  readonly #signal: AbortSignal | undefined;
  #wake = () => {};
  /** Wakes the loop if it waits. A function of its own, so that it can be passed as a callback. */
  readonly ring = (): void => this.#wake();

  /** @param signal Rings when it aborts. */
  constructor(signal?: AbortSignal) {
    this.#signal = signal;
    signal?.addEventListener("abort", this.ring);
  }

  /** Resolves at the next ring. One loop can wait at a time. */
  rung(): Promise<void> {
    return new Promise((resolve) => this.#wake = resolve);
  }

  /** Lets go of the signal. */
  [Symbol.dispose](): void {
    this.#signal?.removeEventListener("abort", this.ring);
  }
}
