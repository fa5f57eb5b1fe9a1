/**
 * The spool: the directory of the logs, with a directory for each process, and of the facts about the processes.
 *
 * ```text
 * SPOOL/format        version of the format, one line (format.ts)
 * SPOOL/history.db    the facts about processes (database.ts)
 * SPOOL/ID/PLACE.log  records of one process (log_format/record.ts); PLACE says where they begin (log/segment.ts)
 * ```
 *
 * @module
 */
import { join } from "node:path";
import { SpoolError } from "../errors.ts";
import { LiveLog, type Log } from "../log/log.ts";
import { RestoredLog } from "../log/restored_log.ts";
import { Retention, type SpoolLimits } from "../log/retention.ts";
import { WeakValues } from "../system/weak_values.ts";
import { claim, isNew } from "./format.ts";
import { History, type HistoryEntry } from "./history.ts";
import type { Beginning, ProcessRecord } from "./process_record.ts";
import type { RecoveryOptions } from "./recovery.ts";
import { RestoredProcess } from "./restored_process.ts";
import { isInUse } from "./spool_database.ts";

/** The limits of a spool, and whether it is kept. */
export interface SpoolOptions extends SpoolLimits {
  /**
   * Whether the spool is for the next program too: its facts then outlive a power failure, and children get their id in a
   * variable, by which the next program finds them. By default the spool is for this program alone.
   */
  keep?: boolean | undefined;
}

/** A private directory (mode 0700) for logs, used by one program at a time. */
export class Spool implements Disposable {
  /** The path of the directory. */
  readonly directory: string;
  /** The facts about its processes. */
  readonly history: History;
  /** Whether it is for the next program too. */
  readonly keep: boolean;
  readonly #retention: Retention;
  /** The logs that are being written. */
  readonly #live = new Map<string, Log>();
  /** The logs that are complete, as long as somebody reads them. */
  readonly #complete = new WeakValues<string, Log>();

  private constructor(directory: string, history: History, retention: Retention, keep: boolean) {
    this.directory = directory;
    this.history = history;
    this.keep = keep;
    this.#retention = retention;
    const { usages } = history.records;
    retention.stored = {
      bytes: (owner) => usages.logBytes(owner),
      largest: (owner) => usages.largestLog(owner),
      drop: (id) => this.#dropStored(id),
    };
  }

  /**
   * Opens a spool for this program alone, and makes it where there is none. The caller has to close it.
   *
   * @throws {RangeError} When a limit is less than 1 MiB.
   * @throws {SpoolError} When the directory cannot be made or written, holds anything but a spool of this format, or
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
   *   const child = await spawn({ args: ["true"], spool });
   *   id = child.id;
   *   await child.ended;
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
   * Checks whether a spool could be opened, and leaves it as it is; directories above it may be made.
   *
   * @returns whether another program uses it now.
   * @throws {SpoolError} When it could not be opened.
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

  /** The size of all logs, with the output that is about to be written, in bytes. */
  get bytes(): number {
    return this.#retention.bytes;
  }

  /**
   * Finds a process that has finished. Returns `undefined` when there is none of that id.
   *
   * @throws {SpoolError} When the facts about it cannot be read.
   */
  find(id: string): RestoredProcess | undefined {
    const record = this.history.read((records) => records.find(id));
    return record && new RestoredProcess(record, () => this.#logOf(record), this.history.recovered(id));
  }

  /**
   * Ends the processes that earlier programs have left running, and makes unfinished logs whole. A program calls it once,
   * after it has opened a spool that is kept; processes can be started and found meanwhile.
   *
   * @example
   * ```ts
   * import { Spool } from "@paas/worker";
   *
   * const directory = await Deno.makeTempDir();
   * using spool = await Spool.open(directory, { keep: true });
   * const { signal } = new AbortController();
   * await spool.recover({ grace: 5_000, signal, report: (event, subject) => console.warn(event, subject) });
   * await Deno.remove(directory, { recursive: true });
   * ```
   */
  async recover(options: RecoveryOptions): Promise<void> {
    await this.history.recover(options, async (id, signal) => {
      const record = this.history.records.find(id)!;
      const log = this.#logOf(record);
      await log.recover(signal);
      return { summary: log.summary, bytes: log.segments.bytes };
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
   * Notes that a process is about to be started. Its log has to exist.
   *
   * @internal `spawn` does it.
   * @throws {SpoolError} When it cannot be noted: the process must not be started then.
   */
  begin(beginning: Beginning): HistoryEntry {
    const { id } = beginning;
    return this.history.begin(beginning, () => {
      const log = this.#live.get(id);
      if (!log) return; // it was removed meanwhile
      this.#live.delete(id);
      this.#complete.set(id, log);
      this.#retention.forget(log.segments); // it counts as a stored log now
    });
  }

  /**
   * Makes the log of a new process.
   *
   * @internal `spawn` does it.
   * @param group The owner of the log. All logs of an owner share a limit.
   * @throws {SpoolError} When that is not possible; nothing is left behind.
   */
  async createLog(id: string, group?: string): Promise<LiveLog> {
    try {
      await Deno.mkdir(join(this.directory, id), { mode: 0o700 });
    } catch (cause) {
      throw new SpoolError("Cannot create a log in the spool", { cause });
    }
    try {
      const log = await LiveLog.create(join(this.directory, id), this.#retention, group);
      this.#live.set(id, log);
      return log;
    } catch (error) {
      await Deno.remove(join(this.directory, id)).catch(() => {}); // it is empty; looking into it would take a descriptor
      throw error;
    }
  }

  /** Whether the logs of an owner have reached their limit, and all of them are being written, so that none can shrink. */
  isFull(group: string): boolean {
    return this.#retention.isFull(group);
  }

  /** Removes a process and its log. Readers of the log get a gap for the rest of it. */
  async remove(id: string): Promise<void> {
    this.history.forget(id); // before its files: a daemon that is killed meanwhile leaves no process without a log
    const log = this.#live.get(id) ?? this.#complete.get(id);
    while (log?.segments.canDrop) await log.segments.dropOldest();
    if (log) this.#retention.forget(log.segments);
    this.#live.delete(id);
    this.#complete.delete(id);
    await Deno.remove(join(this.directory, id), { recursive: true }).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error; // an earlier removal was cut short
    });
    this.history.forgotten(id);
  }

  /** Returns the log of a process that has finished: the same one for all callers. */
  #logOf({ id, log, about }: Pick<ProcessRecord, "id" | "log" | "about">): Log {
    const damaged = (bytes: number) => this.history.logDamaged(id, bytes);
    return this.#live.get(id) ?? this.#complete.getOrMake(id, () => {
      return new RestoredLog(join(this.directory, id), this.#retention, log, about.owner || undefined, damaged);
    });
  }

  /** Makes room by the oldest segment of a complete log. */
  async #dropStored(id: string): Promise<void> {
    let left = 0; // a log that cannot be read counts no more
    try {
      const record = this.history.records.find(id);
      if (!record) return;
      const log = this.#logOf(record);
      await log.recover();
      const { segments } = log;
      if (segments.canDrop) await segments.dropOldest();
      if (segments.canDrop) left = segments.bytes;
    } finally {
      this.history.records.logShrunk(id, left);
    }
  }
}
