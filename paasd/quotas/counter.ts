/**
 * Counts by key, which go back exactly.
 *
 * @module
 */

/** A count for each key, and their sum. */
export class Counter {
  readonly #counts = new Map<string, number>();
  #total = 0;

  /** Gives the count of a key. */
  of(key: string): number {
    return this.#counts.get(key) ?? 0;
  }

  /** The sum of all counts. */
  get total(): number {
    return this.#total;
  }

  /** Adds an amount to a key, until the returned object is disposed of for the first time. */
  add(key: string, amount = 1): Disposable {
    this.#counts.set(key, this.of(key) + amount);
    this.#total += amount;
    let counted = true;
    return {
      [Symbol.dispose]: () => {
        if (!counted) return;
        counted = false;
        this.#total -= amount;
        const left = this.of(key) - amount;
        if (left > 0) this.#counts.set(key, left);
        else this.#counts.delete(key);
      },
    };
  }
}
