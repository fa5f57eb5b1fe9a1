/**
 * The directory of a set of certificates. No certificate and no key in it is overwritten: a file is new, or the old one is
 * kept under a dated name. Only the revocation list takes the place of the one before, whose entries it has.
 *
 * @module
 */
import { type Authority, loadAuthority, type Pair } from "./authority.ts";

/** Only the owner reads keys and the record; all others may read the rest. */
const MODES = { secret: 0o600, open: 0o644 } as const;

/** The pattern of the date that may follow the name of a file: a file that was kept has one. */
const DATED = String.raw`(?:\.\d{4}-\d\d-\d\d(?:\.\d+)?)?`;

/** The names of the CAs. */
export type AuthorityName = "server-ca" | "client-ca";

/** A directory with certificates. */
export class Directory {
  constructor(readonly path: string) {}

  /** Makes a directory that others cannot read. A directory that exists stays as it is. */
  static async make(path: string): Promise<Directory> {
    await Deno.mkdir(path, { recursive: true, mode: 0o700 });
    return new Directory(path);
  }

  /** A line that says how to keep others out; empty when they are out. */
  async advice(): Promise<string[]> {
    const { mode } = await Deno.stat(this.path);
    return mode !== null && mode & 0o007 ? [`Others can look into the directory: chmod 700 ${this.path}`] : [];
  }

  /** The path of a file. */
  file(name: string): string {
    return `${this.path}/${name}`;
  }

  /** Whether there is something under that name, even a link to nothing. */
  async has(name: string): Promise<boolean> {
    return await orUndefined(Deno.lstat(this.file(name))) !== undefined;
  }

  /** The text of a file; undefined when there is none. */
  async read(name: string): Promise<string | undefined> {
    return await orUndefined(Deno.readTextFile(this.file(name)));
  }

  /**
   * Takes up one of the CAs.
   *
   * @param mayHaveEnded Whether a CA will do whose certificate has ended.
   * @throws {Error} When its files are missing or no good, or it has ended.
   */
  async authority(name: AuthorityName, mayHaveEnded = false): Promise<Authority> {
    const file = this.file(name);
    let authority: Authority;
    try {
      authority = await loadAuthority({
        cert: await Deno.readTextFile(`${file}.crt`),
        key: await Deno.readTextFile(`${file}.key`),
      });
    } catch (cause) {
      throw new Error(`Cannot issue from ${file}.crt and .key: ${(cause as Error).message}.`, { cause });
    }
    if (mayHaveEnded || authority.notAfter.getTime() > Date.now()) return authority;
    throw new Error(`${file}.crt has ended: renew it first, with deno task certs renew ${this.path} ${name}.`);
  }

  /**
   * Refuses names that are taken.
   *
   * @param hint The sentence that says what to do.
   * @throws {Error} When one is taken.
   */
  async refuseToOverwrite(files: readonly string[], hint: string): Promise<void> {
    for (const file of files) {
      if (await this.has(file)) {
        throw new Error(`${this.file(file)} exists already, and nothing is overwritten. ${hint}`);
      }
    }
  }

  /** Writes new files. A file or link that somebody has put there meanwhile stays, and is an error. */
  async create(files: ReadonlyMap<string, string>): Promise<void> {
    for (const [name, text] of files) {
      await Deno.writeTextFile(this.file(name), text, { createNew: true, mode: modeOf(name) });
    }
  }

  /**
   * Puts files in the place of others, each in one step and all of them one right after the other, so that a daemon finds
   * a certificate with its key. The old ones are kept under dated names.
   *
   * @returns The names of the files that were kept.
   */
  async replace(files: ReadonlyMap<string, string>): Promise<string[]> {
    const kept: string[] = [];
    for (const name of files.keys()) kept.push(...await this.#keep(name));
    await this.swap(files);
    return kept;
  }

  /** Puts files in the place of others, as {@linkcode replace}, but keeps nothing of the old ones. */
  async swap(files: ReadonlyMap<string, string>): Promise<void> {
    const made: string[] = [];
    try {
      for (const [name, text] of files) {
        const path = this.file(`.${name}.${crypto.randomUUID()}`);
        using file = await Deno.open(path, { write: true, createNew: true, mode: modeOf(name) });
        made.push(path);
        await writeAll(file, text);
        await file.sync();
      }
      for (const [index, name] of [...files.keys()].entries()) Deno.renameSync(made[index]!, this.file(name));
    } catch (error) {
      for (const path of made) await orUndefined(Deno.remove(path));
      throw error;
    }
  }

  /** Gives a file a dated name, and puts no other one in its place. */
  async putAway(name: string): Promise<string[]> {
    const kept = await this.#keep(name);
    if (kept.length > 0) await Deno.remove(this.file(name));
    return kept;
  }

  /** Copies a file to a dated name; one that does not exist needs none. */
  async #keep(name: string): Promise<string[]> {
    const text = await this.read(name);
    if (text === undefined) return [];
    const day = new Date().toISOString().slice(0, 10);
    for (let count = 1;; count++) {
      const copy = `${name}.${day}${count > 1 ? `.${count}` : ""}`;
      try {
        await Deno.writeTextFile(this.file(copy), text, { createNew: true, mode: modeOf(name) });
        return [copy];
      } catch (error) {
        if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
      }
    }
  }

  /** The texts of all certificates but those of the CAs, with the name of their holder; older ones too. */
  async certificates(): Promise<{ name: string; cert: string }[]> {
    const found: { name: string; cert: string }[] = [];
    for await (const { name: file } of Deno.readDir(this.path)) {
      const name = new RegExp(`^([^.].*)\\.crt${DATED}$`).exec(file)?.[1];
      if (name === undefined || name === "server-ca" || name === "client-ca") continue;
      found.push({ name, cert: await Deno.readTextFile(this.file(file)) });
    }
    return found;
  }
}

/** The files of pairs, by their names: keys first, so that a certificate is never there without its key. */
export function filesOf(pairs: ReadonlyMap<string, Pair>): Map<string, string> {
  return new Map([...pairs].flatMap(([name, { cert, key }]) => [[`${name}.key`, key], [`${name}.crt`, cert]]));
}

/** Waits for a promise; gives undefined when a file was not found. */
async function orUndefined<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function modeOf(name: string): number {
  return new RegExp(`\\.(?:crt|crl)${DATED}$`).test(name) ? MODES.open : MODES.secret;
}

async function writeAll(file: Deno.FsFile, text: string): Promise<void> {
  let rest = new TextEncoder().encode(text);
  while (rest.length > 0) rest = rest.subarray(await file.write(rest));
}
