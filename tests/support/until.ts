/**
 * The one way to wait in tests.
 *
 * @module
 */

/**
 * Waits until a condition holds, and gives the value that it found.
 *
 * @param what Name of the condition, for the error.
 * @param limit Maximum time to wait, in milliseconds. It is generous: a busy machine must not fail a test.
 * @throws {Error} When the condition does not hold in time.
 */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  limit = 60_000,
): Promise<Exclude<T, false | undefined | null>> {
  const deadline = performance.now() + limit;
  for (;;) {
    const found = await condition();
    if (found !== false && found !== undefined && found !== null) {
      return found as Exclude<T, false | undefined | null>;
    }
    if (performance.now() > deadline) throw new Error(`Waited ${limit} ms in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
