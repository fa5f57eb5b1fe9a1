/**
 * The spool: the directory where logs live, in a directory of their own for each process.
 *
 * ```text
 * SPOOL/format      version of the format, one line
 * SPOOL/ID/log      the records of one process (log_record.ts)
 * ```
 *
 * @module
 */
import { join } from "node:path";
import { SpoolError } from "./errors.ts";
import { Log } from "./log.ts";

const FORMAT = "paas-spool 1\n";

/** A private directory (mode 0700) for logs. */
export class Spool {
  private constructor(readonly directory: string) {}

  /**
   * Opens a spool, and makes it where there is none.
   *
   * @throws {SpoolError} when the directory cannot be made or written, or holds anything but a spool of this format.
   *
   * @example
   * ```ts
   * import { Spool } from "@paas/worker";
   *
   * const directory = await Deno.makeTempDir();
   * const spool = await Spool.open(directory);
   * console.log(spool.directory);
   * await Deno.remove(directory, { recursive: true });
   * ```
   */
  static async open(directory: string): Promise<Spool> {
    const formatFile = join(directory, "format");
    try {
      await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
      const format = await readIfExists(formatFile);
      if (format === undefined) {
        if (!await isEmpty(directory)) throw new Error("it is not empty, and no spool");
        await Deno.writeTextFile(formatFile, FORMAT, { mode: 0o600, createNew: true });
      } else if (format !== FORMAT) {
        throw new Error(
          `its format is ${JSON.stringify(format.trim())}, and this program's ${JSON.stringify(FORMAT.trim())}`,
        );
      }
      await Deno.chmod(directory, 0o700);
    } catch (cause) {
      throw new SpoolError(`Cannot use ${directory} as a spool`, { cause });
    }
    return new Spool(directory);
  }

  /**
   * Makes the log of a new process.
   *
   * @throws {SpoolError} when that is not possible; nothing is left behind.
   */
  async createLog(id: string): Promise<Log> {
    try {
      await Deno.mkdir(join(this.directory, id), { mode: 0o700 });
    } catch (cause) {
      throw new SpoolError("Cannot create a log in the spool", { cause });
    }
    try {
      return await Log.create(join(this.directory, id, "log"));
    } catch (error) {
      await this.remove(id);
      throw error;
    }
  }

  /** Removes what is stored of a process. */
  async remove(id: string): Promise<void> {
    await Deno.remove(join(this.directory, id), { recursive: true });
  }
}

async function isEmpty(directory: string): Promise<boolean> {
  for await (const _ of Deno.readDir(directory)) return false;
  return true;
}

async function readIfExists(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
