/**
 * A map that keeps its values only as long as other code does.
 *
 * @module
 */

/**
 * A map whose values may be collected. A value that other code still holds is found, so that all callers share one.
 *
 * @example
 * ```ts
 * import { WeakValues } from "./weak_values.ts";
 * import { assertStrictEquals } from "@std/assert";
 *
 * const values = new WeakValues<string, object>();
 * const held = values.getOrMake("a", () => ({}));
 * assertStrictEquals(values.getOrMake("a", () => ({})), held);
 * ```
 */
export class WeakValues<Key, Value extends WeakKey> {
  readonly #values = new Map<Key, WeakRef<Value>>();
  readonly #collected = new FinalizationRegistry<Key>((key) => {
    if (!this.#values.get(key)?.deref()) this.#values.delete(key);
  });

  /** The number of values, including those that were collected a moment ago. */
  get size(): number {
    return this.#values.size;
  }

  /** Returns the value of a key, if other code still holds it. */
  get(key: Key): Value | undefined {
    return this.#values.get(key)?.deref();
  }

  /** Returns the value of a key, and makes a new one when no code holds the old one any more. */
  getOrMake(key: Key, make: () => Value): Value {
    const value = this.get(key) ?? make();
    this.set(key, value);
    return value;
  }

  /** Sets the value of a key. */
  set(key: Key, value: Value): void {
    if (this.get(key) === value) return;
    this.#values.set(key, new WeakRef(value));
    this.#collected.register(value, key);
  }

  /** Forgets the value of a key. */
  delete(key: Key): void {
    this.#values.delete(key);
  }
}
