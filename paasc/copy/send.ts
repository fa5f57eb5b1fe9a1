/**
 * Makes a tar stream of files, directories and links of this machine.
 *
 * @module
 */
import { createTarPacker } from "modern-tar";
import { copyFailure, localFailure } from "./failure.ts";

/** Size of the pieces in which files are read, in bytes. */
const PIECE = 256 * 1024;

/** The permissions that a copy keeps: without setuid, setgid and the sticky bit, as cp(1) has it. */
const PERMISSIONS = 0o777;

type Packer = ReturnType<typeof createTarPacker>["controller"];

/** A tar stream of a source, and whether all of the source is in it. */
export interface Sending {
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Whether all was packed. Known when the stream has ended. */
  isWhole(): boolean;
}

/**
 * Makes a tar stream of a source. What cannot be read is left out.
 *
 * @param path The source
 * @param name The name of the source in the stream
 * @param note Called with a sentence for what is left out
 */
export function pack(path: string, name: string, note: (sentence: string) => void): Sending {
  const { readable, controller } = createTarPacker();
  const packing = new Packing(controller, note);
  packing.add(path, name).then(() => controller.finalize()).catch((error) => controller.error(error));
  return { stream: readable, isWhole: () => packing.whole };
}

class Packing {
  whole = true;

  constructor(readonly packer: Packer, readonly note: (sentence: string) => void) {}

  /** Adds a file, a link, or a directory with all that is in it. */
  async add(path: string, name: string): Promise<void> {
    let found: Deno.FileInfo;
    try {
      found = await Deno.lstat(path);
      if (path.endsWith("/")) found = await Deno.stat(path); // as the system reads it
    } catch (cause) {
      return this.#leaveOut(localFailure("read", path, cause).message);
    }
    const header = {
      name,
      mode: (found.mode ?? 0o644) & PERMISSIONS,
      mtime: new Date(Math.max(0, found.mtime?.getTime() ?? 0)),
      size: 0,
    };
    if (found.isDirectory) {
      let names: string[];
      try {
        names = await Array.fromAsync(Deno.readDir(path), ({ name }) => name);
      } catch (cause) {
        return this.#leaveOut(localFailure("read", path, cause).message);
      }
      await this.packer.add({ ...header, name: `${name}/`, type: "directory" }).close();
      const top = path.endsWith("/") ? path : `${path}/`;
      for (const each of names) {
        if (each.includes("\ufffd")) this.#leaveOut(`not copied: ${top}${each}: its name is not UTF-8`);
        else await this.add(top + each, `${name}/${each}`);
      }
    } else if (found.isSymlink) {
      await this.packer.add({ ...header, type: "symlink", linkname: await Deno.readLink(path) }).close();
    } else if (found.isFile) {
      await this.#addFile(path, header);
    } else {
      this.#leaveOut(`not copied: ${path}: it is no file, directory or link`);
    }
  }

  async #addFile(path: string, header: Parameters<Packer["add"]>[0]): Promise<void> {
    let file: Deno.FsFile;
    try {
      file = await Deno.open(path);
    } catch (cause) {
      return this.#leaveOut(localFailure("read", path, cause).message);
    }
    using _ = file;
    const { size } = await file.stat();
    const writer = this.packer.add({ ...header, size, type: "file" }).getWriter();
    for (let left = size; left > 0;) {
      const piece = new Uint8Array(Math.min(left, PIECE));
      const read = await file.read(piece).catch((cause) => {
        throw localFailure("read", path, cause);
      });
      if (read === null) throw copyFailure(`${path} became shorter while it was copied`);
      await writer.write(piece.subarray(0, read));
      left -= read;
    }
    await writer.close();
  }

  #leaveOut(sentence: string): void {
    this.whole = false;
    this.note(sentence);
  }
}
