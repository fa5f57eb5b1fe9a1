/**
 * Makes files, directories and links of a tar stream from the daemon's machine.
 *
 * Each file is written under a name of its own, which nobody can foresee, and renamed: it appears whole or not at all.
 * Nothing is ever written through a symbolic link. An entry has a directory that came before it in the same stream, and
 * that was looked at then: a link in its place was refused.
 *
 * @module
 */
import { createTarDecoder, type ParsedTarEntry } from "modern-tar";
import { PaasError } from "../errors.ts";
import { ExitError } from "../exit.ts";
import { checkLink, partsOf, Refusal } from "./entry.ts";
import { copyFailure, localFailure } from "./failure.ts";
import type { Source } from "./place.ts";

/** The permissions that a copy keeps: without setuid, setgid and the sticky bit, as cp(1) has it. */
const PERMISSIONS = 0o777;

/** Maximum number of entries whose refusal is noted one by one. */
const MAX_NOTES = 20;

/** Maximum number of characters of a name in a note. */
const MAX_TEXT = 4_096;

type Header = ParsedTarEntry["header"];

/**
 * Receives a source.
 *
 * @param stream The bytes of the tar stream
 * @param destination A path on this machine. If it is a directory, the copy gets the name of the source in it
 * @param note Called with a sentence for each entry that is not copied
 * @returns Whether all of it was copied
 * @throws {ExitError} When something cannot be written, or the stream is no whole tar stream
 */
export async function receive(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  source: Source,
  destination: string,
  note: (sentence: string) => void,
): Promise<boolean> {
  const receiver = new Receiver(source, destination);
  let [entries, refused] = [0, 0];
  try {
    for await (const entry of stream.pipeThrough(createTarDecoder({ strict: true }))) {
      entries++;
      try {
        await receiver.take(entry);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        if (++refused <= MAX_NOTES) note(`not copied: ${shortened(entry.header.name)}: ${shortened(error.message)}`);
        await entry.body.cancel();
      }
    }
  } catch (error) {
    throw error instanceof ExitError || error instanceof PaasError
      ? error
      : copyFailure(`what arrived is no tar stream, or not all of one: ${(error as Error).message}`, error);
  } finally {
    await receiver.finish();
  }
  if (entries === 0) throw copyFailure("nothing was copied");
  if (refused > MAX_NOTES) note(`not copied: ${refused - MAX_NOTES} more`);
  return refused === 0;
}

/** A text of bounded length: names that arrive may be very long. */
function shortened(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}…`;
}

class Receiver {
  readonly #source: Source;
  readonly #destination: string;
  /** Where the source itself goes; known from its entry on, which is the first one. */
  #target: string | undefined;
  /** Paths of directories that are real ones, no links. */
  readonly #directories = new Set<string>();
  /** Directories that were made, which get their permissions and times at the end: until then they must be writable. */
  readonly #made: { path: string; header: Header }[] = [];
  /** Paths of files that were received. */
  readonly #files = new Set<string>();

  constructor(source: Source, destination: string) {
    this.#source = source;
    this.#destination = destination;
  }

  /**
   * Takes the next entry.
   *
   * @throws {Refusal} When the entry is not copied
   * @throws {ExitError} When it cannot be written
   */
  async take({ header, body }: ParsedTarEntry): Promise<void> {
    const parts = partsOf(header.name, this.#source.name);
    if (this.#target === undefined && parts.length > 0) throw new Refusal("its directory did not come before it");
    const target = this.#target ??= await this.#targetFor(header);
    const path = [target, ...parts].join("/");
    if (parts.length > 0 && !this.#directories.has([target, ...parts.slice(0, -1)].join("/"))) {
      throw new Refusal("its directory was not copied");
    }
    const depth = Math.max(0, parts.length - 1);
    try {
      if (header.type === "directory") await this.#makeDirectory(path, header, parts.length === 0);
      else if (header.type === "file") await this.#writeFile(path, header, body);
      else if (header.type === "symlink") await this.#makeLink(path, header.linkname ?? "", depth);
      else if (header.type === "link") await this.#copyLinked(path, header);
      else throw new Refusal(`it is no file, directory or link, but a ${header.type}`);
    } catch (cause) {
      throw cause instanceof Refusal ? cause : localFailure("write", path, cause);
    }
  }

  /** Gives the directories that were made their permissions and times, the innermost first. */
  async finish(): Promise<void> {
    for (const { path, header } of this.#made.toReversed()) {
      try {
        await setAttributes(path, header);
      } catch (cause) {
        throw localFailure("write", path, cause);
      }
    }
  }

  /** The path that the source gets. */
  async #targetFor({ type }: Header): Promise<string> {
    const destination = this.#destination;
    const { base } = this.#source;
    const found = await orUndefined(Deno.stat(destination)).catch((cause) => {
      throw localFailure("write", destination, cause);
    });
    const bare = destination.replace(/(?<=.)\/+$/, "");
    if (found?.isDirectory) return base === undefined ? bare : `${bare === "/" ? "" : bare}/${base}`;
    if (found && type === "directory") throw copyFailure(`${destination} is no directory, and the source is one`);
    if (bare !== destination && type !== "directory") throw copyFailure(`there is no directory ${destination}`);
    return bare;
  }

  async #makeDirectory(path: string, header: Header, isTop: boolean): Promise<void> {
    // The destination itself is what the user named, and may be a link to a directory.
    const named = isTop && this.#source.base === undefined;
    const there = await orUndefined(named ? Deno.stat(path) : Deno.lstat(path));
    if (there && !there.isDirectory) throw new Refusal("there is something else here under its name");
    if (!there) {
      await Deno.mkdir(path, { mode: 0o700 });
      this.#made.push({ path, header });
    }
    this.#directories.add(path);
  }

  async #writeFile(path: string, header: Header, body: ReadableStream<Uint8Array>): Promise<void> {
    await this.#replace(path, async (draft) => {
      using file = await Deno.open(draft, { write: true, createNew: true, mode: 0o600 });
      for await (const bytes of body) {
        for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await file.write(rest));
      }
      await setAttributes(draft, header);
    });
    this.#files.add(path);
  }

  async #makeLink(path: string, target: string, depth: number): Promise<void> {
    checkLink(target, depth);
    await this.#replace(path, (draft) => Deno.symlink(target, draft));
    this.#files.delete(path);
  }

  /** Makes a copy of a file that this copy has brought: the source has the file under two names. */
  async #copyLinked(path: string, header: Header): Promise<void> {
    const other = [this.#target, ...partsOf(header.linkname ?? "", this.#source.name)].join("/");
    if (!this.#files.has(other)) throw new Refusal("it is a hard link to something outside the copy");
    await this.#replace(path, async (draft) => {
      await Deno.copyFile(other, draft);
      await setAttributes(draft, header);
    });
    this.#files.add(path);
  }

  /** Makes something under a draft's name, and puts it in its place. */
  async #replace(path: string, make: (draft: string) => Promise<void>): Promise<void> {
    const there = await orUndefined(Deno.lstat(path));
    if (there && !there.isFile && !there.isSymlink) throw new Refusal("there is something else here under its name");
    const draft = `${path.slice(0, path.lastIndexOf("/") + 1)}.paasc-${crypto.randomUUID()}`;
    try {
      await make(draft);
      await Deno.rename(draft, path);
    } catch (error) {
      await Deno.remove(draft).catch(() => {});
      throw error;
    }
  }
}

async function setAttributes(path: string, { mode, mtime }: Header): Promise<void> {
  if (mode !== undefined) await Deno.chmod(path, mode & PERMISSIONS);
  if (mtime && Number.isFinite(mtime.getTime())) await Deno.utime(path, mtime, mtime);
}

async function orUndefined<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
