/**
 * The spool: the directory where logs live, in a directory of their own for each process, and what is known of these.
 *
 * ```text
 * SPOOL/format        version of the format, one line (spool_format.ts)
 * SPOOL/history.db    what is known of processes (database.ts)
 * SPOOL/ID/PLACE.log  records of one process (log_record.ts); PLACE tells what comes before them (log_segment.ts)
 * ```
 *
 * @module
 */
import { join } from "node:path";
import { SpoolError } from "../errors.ts";
import { History, type HistoryEntry, type RecoveryOptions } from "./history.ts";
import { Log } from "../log/log.ts";
import type { Beginning } from "./process_store.ts";
import { RestoredProcess } from "./restored_process.ts";
import { Retention, type SpoolLimits } from "../log/retention.ts";
import { isInUse } from "./spool_database.ts";
import { claim, isNew } from "./format.ts";
import { WeakValues } from "./weak_values.ts";

/** How a spool is used. */
export interface SpoolOptions extends SpoolLimits {
  /**
   * Whether the spool is for the next program too: what is noted outlives a power failure, and children get their id in a
   * variable, by which they are found. By default it is for this program alone.
   */
  keep?: boolean | undefined;
}

/** A private directory (mode 0700) for logs, used by one program at a time. */
export class Spool implements Disposable {
  /** What has become of its processes. */
  readonly history: History;
  /** Whether it is for the next program too. */
  readonly keep: boolean;
  readonly #retention: Retention;
  /** Those that are being written. */
  readonly #logs = new Map<string, Log>();
  /** Those that are complete, as long as somebody reads them. */
  readonly #complete = new WeakValues<string, Log>();

  private constructor(readonly directory: string, history: History, retention: Retention, keep: boolean) {
    this.history = history;
    this.keep = keep;
    this.#retention = retention;
    const { records } = history;
    retention.stored = {
      bytes: (owner) => records.logBytes(owner),
      largest: (owner) => records.largestLog(owner),
      drop: (id) => this.#dropStored(id),
    };
  }

  /**
   * Opens a spool for this program alone, and makes it where there is none. It is to be closed.
   *
   * @throws {RangeError} when a limit is less than 1 MiB.
   * @throws {SpoolError} when the directory cannot be made or written, holds anything but a spool of this format, or
   * another program uses it.
   *
   * @example
   * ```ts
   * import { spawn, Spool } from "@paas/worker";
   * import { assertEquals } from "@std/assert";
   *
   * const directory = await Deno.makeTempDir();
   * let id: string;
   * {
   *   using spool = await Spool.open(directory, { keep: true });
   *   const process = await spawn({ args: ["true"], spool });
   *   id = process.id;
   *   await process.ended;
   * }
   * using spool = await Spool.open(directory, { keep: true });
   * assertEquals(spool.find(id)?.status.exit, { code: 0 });
   * await Deno.remove(directory, { recursive: true });
   * ```
   */
  static async open(directory: string, { keep = false, ...limits }: SpoolOptions = {}): Promise<Spool> {
    const retention = new Retention(limits);
    try {
      await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
      claim(directory);
      await Deno.chmod(directory, 0o700);
    } catch (cause) {
      throw new SpoolError(`Cannot use ${directory} as a spool`, { cause });
    }
    return new Spool(directory, History.open(directory, keep), retention, keep);
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
        isNew(directory);
        await Deno.chmod(directory, (await Deno.stat(directory)).mode! & 0o7777); // an owner's right, as for Spool.open
        await Deno.writeFile(probe, new Uint8Array(), { mode: 0o600 });
        await Deno.remove(probe);
        return { inUse: isInUse(directory) };
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
   * A process that has finished, as it was noted; `undefined` if there is none of that id.
   *
   * @throws {SpoolError} when it cannot be read.
   */
  find(id: string): RestoredProcess | undefined {
    const record = this.history.read((records) => records.find(id));
    return record && new RestoredProcess(record, () => this.#logOf(record), this.history.recovered(id));
  }

  /** Ends what earlier programs have left running, and makes the logs whole that were not. */
  async recover(options: RecoveryOptions): Promise<void> {
    await this.history.recover(options, async (id, signal) => {
      const record = this.history.records.find(id)!;
      const log = this.#logOf(record);
      await log.recover(signal);
      return { summary: log.summary, bytes: log.bytes };
    });
    await this.#retention.makeRoom();
  }

  /** Lets go of the spool. */
  close(): void {
    this.history[Symbol.dispose]();
  }

  /** Lets go of the spool. */
  [Symbol.dispose](): void {
    this.close();
  }

  /**
   * Notes that a process is about to be started, whose log was made.
   *
   * @throws {SpoolError} when it cannot be noted: it must not be started then.
   */
  begin(beginning: Beginning): HistoryEntry {
    const { id } = beginning;
    return this.history.begin(beginning, () => {
      const log = this.#logs.get(id);
      if (!log) return; // it was removed meanwhile
      this.#logs.delete(id);
      this.#complete.set(id, log);
      this.#retention.forget(log); // it counts as a stored one now
    });
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
    this.history.forget(id); // before its files: who is killed meanwhile leaves no process without a log
    const log = this.#logs.get(id) ?? this.#complete.get(id);
    while (log?.canDrop) await log.dropOldest();
    if (log) this.#retention.forget(log);
    this.#logs.delete(id);
    this.#complete.delete(id);
    await Deno.remove(join(this.directory, id), { recursive: true }).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error; // an earlier removal was cut short
    });
    this.history.forgotten(id);
  }

  /** The log of a process that has finished: one for all who ask. */
  #logOf({ id, log, about }: Pick<RestoredProcess["record"], "id" | "log" | "about">): Log {
    const damaged = (bytes: number) => this.history.logDamaged(id, bytes);
    const open = () => Log.restore(join(this.directory, id), this.#retention, log, about.owner || undefined, damaged);
    return this.#logs.get(id) ?? this.#complete.getOrMake(id, open);
  }

  /** Makes room by the oldest segment of a complete log. */
  async #dropStored(id: string): Promise<void> {
    let left = 0; // what cannot be read counts no more
    try {
      const record = this.history.records.find(id);
      if (!record) return;
      const log = this.#logOf(record);
      await log.recover();
      if (log.canDrop) await log.dropOldest();
      if (log.canDrop) left = log.bytes;
    } finally {
      this.history.records.logShrunk(id, left);
    }
  }
}
