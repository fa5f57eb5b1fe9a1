/**
 * The spool: the directory where logs live, in a directory of their own for each process.
 *
 * ```text
 * SPOOL/format        version of the format, one line
 * SPOOL/ID/PLACE.log  records of one process (log_record.ts); PLACE tells what comes before them (log_segment.ts)
 * ```
 *
 * A spool that was opened with a history has two more files, and can be opened again (history.ts).
 *
 * @module
 */
import { join } from "node:path";
import { SpoolError } from "./errors.ts";
import { History } from "./history.ts";
import { Log } from "./log.ts";
import { Retention, type SpoolLimits } from "./retention.ts";
import { isLocked } from "./spool_lock.ts";

const FORMAT = "paas-spool 3\n";

/** A private directory (mode 0700) for logs. */
export class Spool {
  readonly #retention: Retention;
  readonly #logs = new Map<string, Log>();
  #history: History | undefined;

  private constructor(readonly directory: string, limits: SpoolLimits) {
    this.#retention = new Retention(limits);
  }

  /**
   * Opens a spool, and makes it where there is none.
   *
   * @param limits How much it keeps; without any, everything.
   * @throws {RangeError} when a limit is less than 1 MiB.
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
  static async open(directory: string, limits: SpoolLimits = {}): Promise<Spool> {
    const spool = new Spool(directory, limits);
    try {
      await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
      if (await isNew(directory)) {
        await Deno.writeTextFile(join(directory, "format"), FORMAT, { mode: 0o600, createNew: true });
      }
      await Deno.chmod(directory, 0o700);
    } catch (cause) {
      throw new SpoolError(`Cannot use ${directory} as a spool`, { cause });
    }
    return spool;
  }

  /**
   * Sees whether a spool could be opened, and leaves it as it is; a directory that it lies in may be made. Tells whether
   * another program uses it now.
   *
   * @throws {SpoolError} when it could not.
   *
   * @example
   * ```ts
   * import { Spool } from "@paas/worker";
   * import { assertEquals } from "@std/assert";
   *
   * const directory = await Deno.makeTempDir();
   * assertEquals(await Spool.check(`${directory}/spool`), { inUse: false });
   * assertEquals([...Deno.readDirSync(directory)], []);
   * await Deno.remove(directory);
   * ```
   */
  static async check(directory: string): Promise<{ inUse: boolean }> {
    const probe = join(directory, "probe");
    try {
      const made = await Deno.lstat(directory).then(() => false, () => true);
      if (made) await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
      try {
        await isNew(directory);
        await Deno.writeFile(probe, new Uint8Array(), { mode: 0o600 });
        await Deno.remove(probe);
        return { inUse: isLocked(join(directory, "lock")) };
      } finally {
        if (made) await Deno.remove(directory); // it may belong to another account than that of the daemon
      }
    } catch (cause) {
      throw new SpoolError(`Cannot use ${directory} as a spool`, { cause });
    }
  }

  /** Bytes of all logs, with what is about to be written. */
  get bytes(): number {
    return this.#retention.bytes;
  }

  /**
   * Opens a spool as {@linkcode Spool.open} does, for this program alone, and with what earlier ones have left in it. It is
   * to be closed.
   *
   * @throws {SpoolError} when another program uses it as well.
   *
   * @example
   * ```ts
   * import { spawn, Spool } from "@paas/worker";
   * import { assertEquals } from "@std/assert";
   *
   * const directory = await Deno.makeTempDir();
   * const first = await Spool.openWithHistory(directory);
   * await (await spawn({ args: ["true"], spool: first })).ended;
   * first.close();
   *
   * const second = await Spool.openWithHistory(directory);
   * assertEquals(second.history?.restored.map(({ status }) => status.exit), [{ code: 0 }]);
   * second.close();
   * await Deno.remove(directory, { recursive: true });
   * ```
   */
  static async openWithHistory(directory: string, limits: SpoolLimits = {}): Promise<Spool> {
    const spool = await Spool.open(directory, limits);
    spool.#history = await History.open(directory, spool.#retention);
    return spool;
  }

  /** What has become of its processes; `undefined` if it was opened without. */
  get history(): History | undefined {
    return this.#history;
  }

  /** Lets go of a spool that was opened with its history. */
  close(): void {
    this.#history?.close();
  }

  /**
   * Makes the log of a new process.
   *
   * @param group The logs of a group share the limit of it.
   * @throws {SpoolError} when that is not possible; nothing is left behind.
   */
  async createLog(id: string, group?: string): Promise<Log> {
    try {
      await Deno.mkdir(join(this.directory, id), { mode: 0o700 });
    } catch (cause) {
      throw new SpoolError("Cannot create a log in the spool", { cause });
    }
    try {
      const log = await Log.create(join(this.directory, id), this.#retention, group);
      this.#logs.set(id, log);
      return log;
    } catch (error) {
      await Deno.remove(join(this.directory, id)).catch(() => {}); // it is empty; to look into it takes a descriptor
      throw error;
    }
  }

  /** Whether the logs of a group have all that they may, and all of it is being written, so that nothing can give way. */
  isFull(group: string): boolean {
    return this.#retention.isFull(group);
  }

  /** Removes what is stored of a process. Readers of its log are told that the rest was dropped. */
  async remove(id: string): Promise<void> {
    const log = this.#logs.get(id) ?? this.#history?.log(id);
    while (log?.canDrop) await log.dropOldest();
    if (log) this.#retention.forget(log);
    this.#logs.delete(id);
    await Deno.remove(join(this.directory, id), { recursive: true }).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error; // an earlier removal was cut short
    });
    this.#history?.forget(id);
  }
}

/**
 * Whether a directory is to become a spool; else it is one.
 *
 * @throws an error when it is neither.
 */
async function isNew(directory: string): Promise<boolean> {
  const format = await readIfExists(join(directory, "format"));
  if (format === FORMAT) return false;
  if (format !== undefined) {
    throw new Error(
      `its format is ${JSON.stringify(format.trim())}, and this program's ${JSON.stringify(FORMAT.trim())}`,
    );
  }
  if (!await isEmpty(directory)) throw new Error("it is not empty, and no spool");
  return true;
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
