/**
 * Waits that come to an end.
 *
 * @module
 */

/**
 * Waits for a promise, at most for some time.
 *
 * @param promise `undefined` is nothing to wait for.
 * @param limit The longest time, in milliseconds.
 * @throws {unknown} When the promise rejects within that time.
 */
export async function withinTime(promise: Promise<unknown> | undefined, limit: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<void>((resolve) => timer = setTimeout(resolve, limit));
  try {
    await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
