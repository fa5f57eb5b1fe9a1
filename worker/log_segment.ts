/**
 * A file of a log: a run of its records. A log is a row of segments, so that its oldest part can be dropped as a whole.
 *
 * Deno's own files are used, for they are read and written in a thread: those of `node:fs` make the whole program wait for
 * a slow disk (Deno 2.9.6).
 *
 * @module
 */
import { join } from "node:path";
import { SpoolError } from "./errors.ts";
import { MAX_CHUNK_BYTES } from "./line_splitter.ts";
import { type Mark, START } from "./log_index.ts";

/** One file. It is open for reading while some reader is in it. */
export class Segment {
  /** The place in the log where it begins. */
  readonly start: Mark;
  /** Bytes of whole records that were written to it. */
  size = 0;
  readonly #path: string;
  /** Until all is written. */
  #writer: Deno.FsFile | undefined;
  #file: Deno.FsFile | undefined;
  /** The opening of the file that is under way: one for all who come meanwhile. */
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

  /** Makes the file, open for writing. */
  static async create(directory: string, start: Mark): Promise<Segment> {
    const path = join(directory, nameOf(start));
    return new Segment(start, path, await Deno.open(path, { createNew: true, append: true, mode: 0o600 }));
  }

  /** A file that is there, to be read. */
  static async restore(directory: string, start: Mark): Promise<Segment> {
    const path = join(directory, nameOf(start));
    const segment = new Segment(start, path);
    segment.size = (await Deno.stat(path)).size;
    return segment;
  }

  /** Cuts off what lies behind a position. Only of a file that is not written to. */
  async cut(position: number): Promise<void> {
    this.size = position - this.start.position;
    await Deno.truncate(this.#path, this.size);
  }

  /** The place in the log behind its last byte, in bytes of all segments. */
  get end(): number {
    return this.start.position + this.size;
  }

  /** Whether it can take more, at most so many bytes in all. */
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
   * Keeps the file open for reading; to be answered by a {@linkcode Segment.release}.
   *
   * @throws {SpoolError} when it cannot be opened.
   */
  async hold(): Promise<void> {
    this.#readers++;
    if (this.#file || this.#removed) return;
    try {
      await (this.#opening ??= this.#open());
    } catch (cause) {
      if (this.#removed) return;
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

  /** Lets go of the file: whoever is last closes it. */
  release(): void {
    this.#readers--;
    this.#closeIfIdle();
  }

  /**
   * At most `length` bytes of the log from a position of this segment on; `undefined` when it was removed. It has to be
   * held.
   *
   * @throws {SpoolError} when the file cannot be read, or is shorter than what was written to it.
   */
  async read(position: number, length: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (this.#removed) return undefined;
    const bytes = new Uint8Array(Math.min(length, this.end - position));
    const file = this.#file!;
    this.#reads++;
    const reading = this.#lastRead.then(async () => {
      file.seekSync(position - this.start.position, Deno.SeekMode.Start);
      return await file.read(bytes);
    });
    this.#lastRead = reading.catch(() => {});
    try {
      const bytesRead = await reading;
      if (!bytesRead) throw new Error("the file is shorter than the log");
      return bytes.subarray(0, bytesRead);
    } catch (cause) {
      throw new SpoolError("Cannot read a log in the spool", { cause });
    } finally {
      this.#reads--;
      this.#closeIfIdle();
    }
  }

  /** Removes the file. Who holds it gets nothing more: its space must be free now, not when a slow reader has left. */
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

/** The name of the file that begins at a place: it tells all that is known of the place, for what is before it may go. */
function nameOf({ position, offset, newlines, unfinished, time }: Mark): string {
  return position === 0 ? "0.log" : `${[position, offset, newlines, unfinished, time].join("-")}.log`;
}

/** The place where a file of that name begins; of another file `undefined`. */
export function markOf(name: string): Mark | undefined {
  if (name === "0.log") return START;
  const [, ...texts] = /^(\d+)-(\d+)-(\d+)-([0-3])-(\d+)\.log$/.exec(name) ?? [];
  if (texts.length === 0) return undefined;
  const [position, offset, newlines, unfinished, time] = texts.map(Number) as [number, number, number, number, number];
  return { position, offset, newlines, unfinished, time };
}

/**
 * Finds out whether a directory has room for a first chunk. In a file of its own: ext4 writes one that was cut to nothing
 * through to the disk when it is closed, and that takes its time (auto_da_alloc).
 */
export async function tryRoom(directory: string): Promise<void> {
  const path = join(directory, "room");
  try {
    await Deno.writeFile(path, new Uint8Array(MAX_CHUNK_BYTES), { createNew: true, mode: 0o600 });
  } catch (error) {
    await Deno.remove(path).catch(() => {}); // without descriptors it was not even made
    throw error;
  }
  await Deno.remove(path);
}
