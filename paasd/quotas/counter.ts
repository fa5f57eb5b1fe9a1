/**
 * Counts by key that go back exactly.
 *
 * @module
 */

/** How much of something each key has at the moment. */
export class Counter {
  readonly #counts = new Map<string, number>();
  #total = 0;

  /** How much a key has. */
  of(key: string): number {
    return this.#counts.get(key) ?? 0;
  }

  /** How much all keys have. */
  get total(): number {
    return this.#total;
  }

  /** Counts so much more for a key, until what this returns is disposed of; to do that again changes nothing. */
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
