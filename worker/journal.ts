/**
 * A journal: a file to which records are appended, each of them a line.
 *
 * ```text
 * 3f2a91c0 {"id":"…","pid":4711}
 * CRC-32   JSON
 * ```
 *
 * A record is written in one piece before {@linkcode Journal.append} returns, and is not lost when the program is killed
 * then: it is the kernel's. When the machine loses its power the last records may be missing (the kernel writes them to
 * the disk within half a minute or so); what is only partly there fails its checksum, and is passed over.
 *
 * @module
 */
import { dirname } from "node:path";
import { crc32 } from "node:zlib";

const NEWLINE = 0x0a;

/** The length of a checksum, and of the space behind it. */
const HEAD_BYTES = 9;

/** An open journal. */
export class Journal {
  readonly #path: string;
  #file: Deno.FsFile | undefined;
  /** Bytes of whole lines. */
  #size: number;
  /** Whether the file may end in the middle of a line that could not be cut off. */
  #torn = false;
  /** Lines that could not be written. */
  #waiting = "";
  #lines = 0;

  private constructor(path: string, size: number) {
    this.#path = path;
    this.#size = size;
  }

  /**
   * Opens a journal, and makes it where there is none.
   *
   * @returns it, the records that it has, and how many lines were passed over because they are torn or damaged.
   * @throws when the file cannot be read or made.
   */
  static open<Record>(path: string): { journal: Journal; records: Record[]; damaged: number } {
    const bytes = readIfExists(path);
    const { records, damaged, end } = parseJournal<Record>(bytes);
    const journal = new Journal(path, end);
    journal.#open();
    try {
      if (end < bytes.length) journal.#cut();
    } catch (error) {
      journal.close();
      throw error;
    }
    journal.#lines = records.length;
    return { journal, records, damaged };
  }

  /** How many records it has, those that others have superseded too. */
  get lines(): number {
    return this.#lines;
  }

  /**
   * Adds a record.
   *
   * @throws when it cannot be written: it is not in the journal then, and never will be.
   */
  append(record: object): void {
    this.#write(this.#waiting + lineOf(record));
    this.#waiting = "";
    this.#lines++;
  }

  /** Adds a record; one that cannot be written is written later, before the next one or by {@linkcode Journal.retry}. */
  appendSoon(record: object): void {
    this.#waiting += lineOf(record);
    this.#lines++;
    this.retry();
  }

  /** Tries to write what could not be written. */
  retry(): void {
    if (!this.#waiting) return;
    try {
      this.#write(this.#waiting);
      this.#waiting = "";
    } catch {
      // The disk is full, or broken; it may come back.
    }
  }

  /**
   * Replaces all records, in one step: who is killed meanwhile leaves the old journal.
   *
   * @throws when it cannot be written: everything is as before then.
   */
  replace(records: readonly object[]): void {
    const temporary = `${this.#path}.new`;
    const bytes = new TextEncoder().encode(records.map(lineOf).join(""));
    try {
      const file = Deno.openSync(temporary, { create: true, truncate: true, write: true, mode: 0o600 });
      try {
        writeAll(file, bytes);
        file.syncDataSync(); // the name must not come to the disk before the content does
      } finally {
        file.close();
      }
      Deno.renameSync(temporary, this.#path);
    } catch (error) {
      removeIfExists(temporary);
      throw error;
    }
    syncDirectory(dirname(this.#path));
    this.#file?.close();
    this.#open();
    this.#size = bytes.length;
    this.#torn = false;
    this.#waiting = "";
    this.#lines = records.length;
  }

  /** Reads the records again, with those that could not be written yet. */
  read<Record>(): Record[] {
    const waiting = new TextEncoder().encode(this.#waiting);
    return [readIfExists(this.#path), waiting].flatMap((bytes) => parseJournal<Record>(bytes).records);
  }

  /** Closes the file. */
  close(): void {
    this.retry();
    this.#file?.close();
    this.#file = undefined;
  }

  #open(): void {
    this.#file = Deno.openSync(this.#path, { create: true, append: true, mode: 0o600 });
  }

  #cut(): void {
    Deno.truncateSync(this.#path, this.#size);
  }

  #write(lines: string): void {
    if (!this.#file) throw new Error("the journal is closed");
    const bytes = new TextEncoder().encode(this.#torn ? `\n${lines}` : lines);
    try {
      writeAll(this.#file, bytes);
    } catch (error) {
      try {
        this.#cut();
      } catch {
        this.#torn = true;
      }
      throw error;
    }
    this.#size += bytes.length;
    this.#torn = false;
  }
}

/**
 * The records of a journal's bytes.
 *
 * @returns them, how many lines were passed over, and where the last whole line ends.
 *
 * @example
 * ```ts
 * import { parseJournal } from "./journal.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = new TextEncoder().encode('445df8c5 {"id":1}\n445df8c5 {"i');
 * assertEquals(parseJournal(bytes), { records: [{ id: 1 }], damaged: 1, end: 18 });
 * ```
 */
export function parseJournal<Record>(bytes: Uint8Array): { records: Record[]; damaged: number; end: number } {
  const records: Record[] = [];
  const decoder = new TextDecoder();
  let damaged = 0;
  let end = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, end)) {
    const line = bytes.subarray(end, at);
    end = at + 1;
    const json = line.subarray(HEAD_BYTES);
    if (json.length > 0 && decoder.decode(line.subarray(0, HEAD_BYTES)) === `${checksum(json)} `) {
      records.push(JSON.parse(decoder.decode(json)));
    } else if (line.length > 0) {
      damaged++;
    }
  }
  if (end < bytes.length) damaged++;
  return { records, damaged, end };
}

function lineOf(record: object): string {
  const json = JSON.stringify(record);
  return `${checksum(new TextEncoder().encode(json))} ${json}\n`;
}

function checksum(bytes: Uint8Array): string {
  return crc32(bytes).toString(16).padStart(8, "0");
}

function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
}

function readIfExists(path: string): Uint8Array {
  try {
    return Deno.readFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return new Uint8Array();
    throw error;
  }
}

function removeIfExists(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // It was never made.
  }
}

/** Has the names in a directory on the disk, where the file system wants to be asked for that. */
function syncDirectory(path: string): void {
  try {
    using directory = Deno.openSync(path);
    directory.syncSync();
  } catch {
    // Then the kernel does it in its own time.
  }
}
