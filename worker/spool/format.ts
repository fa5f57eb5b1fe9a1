/**
 * The format of a spool: a file with its version, by which a directory is known to be a spool.
 *
 * @module
 */
import { join } from "node:path";

/** The format that this program writes. */
export const FORMAT = "paas-spool 4";

/** The one before, which is taken over. */
export const OLD_FORMAT = "paas-spool 3";

const NAME = "format";
const NEW_NAME = "format.new";

/** What is left of a format that could not be written, by a full disk or a power failure. */
const TORN = [NAME, NEW_NAME];

/**
 * Makes an empty directory a spool, and sees that another one is a spool.
 *
 * @throws when it holds anything else, or a spool of a format that is not known.
 */
export function claim(directory: string): void {
  if (isNew(directory)) writeFormat(directory);
}

/**
 * Whether a directory is to become a spool; else it is one.
 *
 * @throws when it is neither.
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

/** The format that a directory has; `undefined` if none. */
export function readFormat(directory: string): string | undefined {
  try {
    return Deno.readTextFileSync(join(directory, NAME)).trim();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Writes the format, in one step: whatever happens meanwhile leaves the old one. */
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
    entries.syncSync(); // the new name too (fsync(2))
  } catch {
    // A file system that cannot; the kernel does it in its own time.
  }
}
