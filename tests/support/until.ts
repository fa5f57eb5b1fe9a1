/**
 * The one way to wait in tests.
 *
 * @module
 */

/**
 * Waits until a condition holds, and gives what it found.
 *
 * @param what Names the condition, for the error.
 * @param limit Milliseconds after which the wait fails.
 * @throws {Error} when the condition does not hold in time.
 */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  limit = 15_000,
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
