/**
 * A directory for a test.
 *
 * @module
 */

/** Runs a test with an empty directory, which is removed after it. */
export async function withDirectory(test: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
