/**
 * The one way to wait in tests, and the one to do something many times.
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

/** Does something so many times, at most so many at a time, and gives each the number of times before it. */
export async function repeat(
  times: number,
  atATime: number,
  action: (index: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const work = async () => {
    while (next < times) await action(next++);
  };
  await Promise.all(Array.from({ length: atATime }, work));
}
