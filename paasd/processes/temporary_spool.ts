/**
 * A spool for one run of the daemon.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { StartError } from "../errors.ts";

/**
 * Makes a new private directory inside `home`, the directory of this user for daemons, which is made if missing. It
 * stands there under a fixed name so that write permission can be given for it before the start.
 *
 * @throws {StartError} when `home` cannot be used.
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

/** Removes a temporary spool, and its home when nobody else is in there. */
export async function removeTemporarySpool(spool: string): Promise<void> {
  await Deno.remove(spool, { recursive: true });
  await Deno.remove(dirname(spool)).catch(() => {});
}

/** Makes a directory, or sees that it is one that nobody else can reach into: its parent may be open to everyone. */
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
