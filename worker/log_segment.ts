/**
 * A file of a log: a run of its records. A log is a row of segments, so that its oldest part can be dropped as a whole.
 *
 * @module
 */
import { type FileHandle, open } from "node:fs/promises"; // Deno's own files have no read at a position
import { join } from "node:path";
import { SpoolError } from "./errors.ts";
import { MAX_CHUNK_BYTES } from "./line_splitter.ts";
import type { Mark } from "./log_index.ts";

/** One file. It is open while somebody holds it: the writer, or a reader that is in it. */
export class Segment {
  /** The place in the log where it begins. */
  readonly start: Mark;
  /** Bytes of whole records that were written to it. */
  size = 0;
  readonly #path: string;
  #file: FileHandle | undefined;
  /** The opening of the file that is under way: one for all who come meanwhile. */
  #opening: Promise<void> | undefined;
  #holders = 1;
  #reads = 0;
  #removed = false;
  /** Whether more can be written: not behind a torn record that could not be cut off. */
  #whole = true;

  private constructor(start: Mark, path: string, file: FileHandle) {
    this.start = start;
    this.#path = path;
    this.#file = file;
  }

  /** Makes the file, which is held by its writer then. */
  static async create(directory: string, start: Mark): Promise<Segment> {
    const path = join(directory, `${start.position}.log`);
    return new Segment(start, path, await open(path, "ax+", 0o600));
  }

  /** The place in the log behind its last byte, in bytes of all segments. */
  get end(): number {
    return this.start.position + this.size;
  }

  /** Whether it can take more, at most so many bytes in all. */
  takesMore(limit: number): boolean {
    return this.#whole && !this.#removed && this.size < limit;
  }

  /** Finds out whether there is room for a first chunk. */
  async tryRoom(): Promise<void> {
    await writeAll(this.#file!, new Uint8Array(MAX_CHUNK_BYTES));
    await this.#file!.truncate();
  }

  /** Writes whole records at the end: all of them, or, when it throws, none. */
  async write(records: Uint8Array): Promise<void> {
    try {
      await writeAll(this.#file!, records);
    } catch (error) {
      await this.#file!.truncate(this.size).catch(() => this.#whole = false);
      throw error;
    }
    this.size += records.length;
  }

  /**
   * Keeps the file open; to be answered by a {@linkcode Segment.release}.
   *
   * @throws {SpoolError} when it cannot be opened.
   */
  async hold(): Promise<void> {
    this.#holders++;
    if (this.#file || this.#removed) return;
    try {
      await (this.#opening ??= this.#open());
    } catch (cause) {
      if (this.#removed) return;
      this.#holders--;
      throw new SpoolError("Cannot open a log in the spool", { cause });
    }
  }

  async #open(): Promise<void> {
    try {
      this.#file = await open(this.#path, "r");
    } finally {
      this.#opening = undefined;
    }
    await this.#closeIfIdle();
  }

  /** Lets go of the file: whoever is last closes it. */
  async release(): Promise<void> {
    this.#holders--;
    await this.#closeIfIdle();
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
    this.#reads++;
    try {
      const { bytesRead } = await this.#file!.read(bytes, 0, bytes.length, position - this.start.position);
      if (bytesRead === 0) throw new Error("the file is shorter than the log");
      return bytes.subarray(0, bytesRead);
    } catch (cause) {
      throw new SpoolError("Cannot read a log in the spool", { cause });
    } finally {
      this.#reads--;
      if (this.#removed) await this.#closeIfIdle();
    }
  }

  /** Removes the file. Who holds it gets nothing more: its space must be free now, not when a slow reader has left. */
  async remove(): Promise<void> {
    this.#removed = true;
    await this.#closeIfIdle();
    await Deno.remove(this.#path);
  }

  async #closeIfIdle(): Promise<void> {
    if (this.#reads > 0 || this.#holders > 0 && !this.#removed) return;
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at)).bytesWritten;
}
