/**
 * A map that keeps its values only as long as somebody else does.
 *
 * @module
 */

/**
 * A map whose values may be collected: a value that somebody holds is found, so that all share one.
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

  /** How many it has, with those that were collected a moment ago. */
  get size(): number {
    return this.#values.size;
  }

  /** The value of a key, if somebody still holds it. */
  get(key: Key): Value | undefined {
    return this.#values.get(key)?.deref();
  }

  /** The value of a key; where nobody holds one any more, a new one. */
  getOrMake(key: Key, make: () => Value): Value {
    const value = this.get(key) ?? make();
    this.set(key, value);
    return value;
  }

  /** Gives a key a value. */
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
