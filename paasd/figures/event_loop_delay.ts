/**
 * The delay of the event loop: how late the daemon's one thread gets to what is due.
 *
 * @module
 */

/** Time between two samples, in milliseconds. */
const SAMPLE_MS = 100;

/** Number of samples that are kept: those of a minute. */
const SAMPLES = 600;

/** Measures the delay of the event loop. The runtime's own meter (`monitorEventLoopDelay`) shows none (Deno 2.9.6). */
export class EventLoopDelay implements Disposable {
  readonly #delays = new Float64Array(SAMPLES); // the oldest is overwritten
  readonly #timer: ReturnType<typeof setInterval>;
  #count = 0;
  #last = performance.now();

  constructor() {
    this.#timer = setInterval(() => {
      const now = performance.now();
      this.#delays[this.#count++ % SAMPLES] = Math.max(0, now - this.#last - SAMPLE_MS);
      this.#last = now;
    }, SAMPLE_MS);
  }

  /** Gives a percentile of the delays within the last minute, in seconds; 100 is the longest. */
  percentile(percent: number): number {
    const sorted = this.#delays.slice(0, Math.min(this.#count, SAMPLES)).sort();
    return (sorted[Math.max(0, Math.ceil(sorted.length * percent / 100) - 1)] ?? 0) / 1_000;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
