/**
 * The format of a spool: a file with its version. A directory with this file is a spool.
 *
 * @module
 */
import { join } from "node:path";

/** The format of spools that this program writes. */
export const FORMAT = "paas-spool 4";

/** The previous format, which is taken over. */
export const OLD_FORMAT = "paas-spool 3";

const NAME = "format";
const NEW_NAME = "format.new";

/** The files that may be left when a full disk or a power failure has stopped the writing of the format. */
const TORN = [NAME, NEW_NAME];

/**
 * Makes an empty directory a spool. Any other directory must be a spool already.
 *
 * @throws {Error} When the directory holds other files, or a spool of an unknown format.
 */
export function claim(directory: string): void {
  if (isNew(directory)) writeFormat(directory);
}

/**
 * Returns whether a directory can become a spool; otherwise it is one already.
 *
 * @throws {Error} When the directory is neither.
 */
export function isNew(directory: string): boolean {
  const format = readFormat(directory);
  if (format === FORMAT || format === OLD_FORMAT) return false;
  if (format !== undefined && format !== "") {
    throw new Error(`its format is ${JSON.stringify(format)}, and this program's ${JSON.stringify(FORMAT)}`);
  }
  for (const { name } of Deno.readDirSync(directory)) {
    if (!TORN.includes(name)) throw new Error("it is not empty, and no spool");
  }
  return true;
}

/** Returns the format of a directory; `undefined` if it has none. */
export function readFormat(directory: string): string | undefined {
  try {
    return Deno.readTextFileSync(join(directory, NAME)).trim();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Writes the format in one step: a crash meanwhile leaves the old one. */
export function writeFormat(directory: string): void {
  const path = join(directory, NEW_NAME);
  {
    using file = Deno.openSync(path, { create: true, truncate: true, write: true, mode: 0o600 });
    const bytes = new TextEncoder().encode(`${FORMAT}\n`);
    for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
    file.syncSync();
  }
  Deno.renameSync(path, join(directory, NAME));
  try {
    using entries = Deno.openSync(directory);
    entries.syncSync(); // for the new name (fsync(2))
  } catch {
    // Some file systems cannot sync a directory; the kernel writes it in its own time.
  }
}
