/**
 * A segment: a file with a run of records of a log. A log is a row of segments, so that its oldest part can be dropped as a
 * whole.
 *
 * The files are Deno's own, which are read and written in a thread. Files of `node:fs` make the whole program wait for a
 * slow disk (Deno 2.9.6).
 *
 * @module
 */
import { join } from "node:path";
import { SpoolError } from "../errors.ts";
import { MAX_CHUNK_BYTES } from "./line_splitter.ts";
import { type Mark, START } from "../log_format/mark.ts";

/** One segment. Its file is open for reading while a reader is in it. */
export class Segment {
  /** The place in the log where the segment begins. */
  readonly start: Mark;
  /** The size of the whole records in the segment, in bytes. */
  size = 0;
  readonly #path: string;
  /** The file for writing, until all is written. */
  #writer: Deno.FsFile | undefined;
  #file: Deno.FsFile | undefined;
  /** The opening of the file that is under way, shared by all readers that come meanwhile. */
  #opening: Promise<void> | undefined;
  /** The last of the reads that wait for each other: a file has one position. */
  #lastRead: Promise<unknown> = Promise.resolve();
  #readers = 0;
  #reads = 0;
  #removed = false;
  /** Whether more can be written: not behind a torn record that could not be cut off. */
  #whole = true;

  private constructor(start: Mark, path: string, writer?: Deno.FsFile) {
    this.start = start;
    this.#path = path;
    this.#writer = writer;
  }

  /** Makes a segment, open for writing. */
  static async create(directory: string, start: Mark): Promise<Segment> {
    const path = join(directory, nameOf(start));
    return new Segment(start, path, await Deno.open(path, { createNew: true, append: true, mode: 0o600 }));
  }

  /** Finds a segment that exists, for reading. */
  static async restore(directory: string, start: Mark): Promise<Segment> {
    const path = join(directory, nameOf(start));
    const segment = new Segment(start, path);
    segment.size = (await Deno.stat(path)).size;
    return segment;
  }

  /** Takes no more records: the segment is damaged. */
  giveUp(): void {
    this.#whole = false;
  }

  /**
   * Resolves when all records are on the disk (fdatasync(2)). The directory is not synced: usual file systems write the name
   * of a new file with it, and a missing file would be noticed.
   */
  async sync(): Promise<void> {
    using file = await Deno.open(this.#path);
    await file.syncData();
  }

  /** The place in the log behind the last byte of the segment, in bytes of all segments. */
  get end(): number {
    return this.start.position + this.size;
  }

  /** Returns whether the segment can take more, up to a size in bytes. */
  takesMore(limit: number): boolean {
    return this.#whole && !this.#removed && this.size < limit;
  }

  /** Writes whole records at the end: all of them, or, when it throws, none. */
  async write(records: Uint8Array): Promise<void> {
    try {
      await this.#append(records);
    } catch (error) {
      await this.#writer!.truncate(this.size).catch(() => this.#whole = false);
      throw error;
    }
    this.size += records.length;
  }

  async #append(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.#writer!.write(bytes.subarray(at));
  }

  /** Ends the writing. */
  endWriting(): void {
    this.#writer?.close();
    this.#writer = undefined;
  }

  /**
   * Holds the file open for reading, until {@linkcode Segment.release}. A file that has vanished counts as empty.
   *
   * @throws {SpoolError} When the file cannot be opened.
   */
  async hold(): Promise<void> {
    this.#readers++;
    if (this.#file || this.#removed) return;
    try {
      await (this.#opening ??= this.#open());
    } catch (cause) {
      if (this.#removed || cause instanceof Deno.errors.NotFound) return;
      this.#readers--;
      throw new SpoolError("Cannot open a log in the spool", { cause });
    }
  }

  async #open(): Promise<void> {
    try {
      this.#file = await Deno.open(this.#path);
    } finally {
      this.#opening = undefined;
    }
    this.#closeIfIdle();
  }

  /** Lets go of the file. The last reader closes it. */
  release(): void {
    this.#readers--;
    this.#closeIfIdle();
  }

  /**
   * Reads at most `length` bytes of the log, from a position of this segment on. Returns no bytes where the disk does not
   * have them (any more), and `undefined` when the segment was removed. The caller has to hold the segment.
   *
   * @throws {SpoolError} When the file cannot be read for a reason that may pass.
   */
  async read(position: number, length: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (this.#removed) return undefined;
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.end - position)));
    const file = this.#file;
    if (!file || bytes.length === 0) return new Uint8Array();
    this.#reads++;
    const reading = this.#lastRead.then(async () => {
      file.seekSync(position - this.start.position, Deno.SeekMode.Start);
      return await file.read(bytes);
    });
    this.#lastRead = reading.catch(() => {});
    try {
      return bytes.subarray(0, await reading ?? 0);
    } catch (cause) {
      if ((cause as { code?: unknown }).code === "EIO") return new Uint8Array(); // a sector that the disk cannot read
      throw new SpoolError("Cannot read a log in the spool", { cause });
    } finally {
      this.#reads--;
      this.#closeIfIdle();
    }
  }

  /** Removes the file. Its readers get no more of it: the space must be free now, not when a slow reader has left. */
  async remove(): Promise<void> {
    this.#removed = true;
    this.endWriting();
    this.#closeIfIdle();
    await Deno.remove(this.#path);
  }

  #closeIfIdle(): void {
    if (this.#reads > 0 || this.#readers > 0 && !this.#removed) return;
    this.#file?.close();
    this.#file = undefined;
  }
}

/** Returns the name of a file that begins at a place. The name has the whole mark, for the files before may be dropped. */
function nameOf({ position, offset, newlines, unfinished, time }: Mark, suffix = "log"): string {
  return position === 0 ? "0.log" : `${[position, offset, newlines, unfinished, time].join("-")}.${suffix}`;
}

/**
 * Reads the name of a file: a segment begins at a mark, or the whole log does (`first`). Returns `undefined` for another
 * file.
 */
export function markOf(name: string): { mark: Mark; first: boolean } | undefined {
  if (name === "0.log") return { mark: START, first: false };
  const [, ...texts] = /^(\d+)-(\d+)-(\d+)-([0-3])-(\d+)\.(log|first)$/.exec(name) ?? [];
  if (texts.length === 0) return undefined;
  const suffix = texts.pop();
  const [position, offset, newlines, unfinished, time] = texts.map(Number) as [number, number, number, number, number];
  return { mark: { position, offset, newlines, unfinished, time }, first: suffix === "first" };
}

/**
 * Notes, by the name of an empty file, that all before a place was dropped. Otherwise it would count as damaged.
 *
 * @param before The place that was noted before, or the start of the log.
 */
export async function noteFirst(directory: string, first: Mark, before: Mark): Promise<void> {
  const path = (mark: Mark) => join(directory, nameOf(mark, "first"));
  if (before.position > 0) await Deno.rename(path(before), path(first));
  else await Deno.writeFile(path(first), new Uint8Array(), { mode: 0o600 });
}

/** Notes where a log begins that has no such note. */
export function noteFirstSync(directory: string, first: Mark): void {
  Deno.writeFileSync(join(directory, nameOf(first, "first")), new Uint8Array(), { mode: 0o600 });
}

/**
 * Checks whether a directory has room for a first chunk, by a file of its own: ext4 writes a file that was truncated to zero
 * through to the disk when it is closed, which takes time (auto_da_alloc).
 *
 * @throws {Error} When there is no room.
 */
export async function tryRoom(directory: string): Promise<void> {
  const path = join(directory, "room");
  try {
    await Deno.writeFile(path, new Uint8Array(MAX_CHUNK_BYTES), { createNew: true, mode: 0o600 });
  } catch (error) {
    await Deno.remove(path).catch(() => {}); // without free descriptors there is no such file
    throw error;
  }
  await Deno.remove(path);
}
