/**
 * Temporary spools: each serves one run of the daemon.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { StartError } from "../errors.ts";

/**
 * Creates a private directory inside `home`, this user's directory for daemons, which it creates if missing. The path of
 * `home` is fixed, so that the permission to write there can be granted before the start.
 *
 * @throws {StartError} When `home` cannot be used.
 */
export async function makeTemporarySpool(home: string): Promise<string> {
  try {
    await makePrivate(home);
    const spool = join(home, crypto.randomUUID());
    await Deno.mkdir(spool, { recursive: true, mode: 0o700 }); // another daemon may just have removed `home`
    return spool;
  } catch (error) {
    throw new StartError(`Cannot make a spool in ${home}: ${(error as Error).message}; give another with --spool-dir`);
  }
}

/** Removes a temporary spool, and its home if no other daemon uses that. */
export async function removeTemporarySpool(spool: string): Promise<void> {
  await Deno.remove(spool, { recursive: true });
  await Deno.remove(dirname(spool)).catch(() => {});
}

/** Creates a directory, or checks that an existing one is private: its parent may be open to everyone. */
async function makePrivate(directory: string): Promise<void> {
  try {
    await Deno.mkdir(directory, { mode: 0o700 });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    const { isDirectory, uid, mode } = await Deno.lstat(directory);
    if (!isDirectory || uid !== Deno.uid() || ((mode ?? 0) & 0o077) !== 0) {
      throw new Error("it exists and is not a private directory of this user");
    }
  }
}
