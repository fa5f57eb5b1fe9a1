/**
 * Files that are read anew when they change.
 *
 * @module
 */
import { StartError } from "../errors.ts";
import type { DaemonLog } from "../telemetry/daemon_log.ts";
import { MAX_LIST_BYTES, readRegularFile } from "../files/regular_file.ts";

/** How often files are looked at. By their status, which is sound for renames, links and network file systems. */
const LOOK_MS = 200;

/** A file that changes at each look is not waited for longer than so many. */
const MAX_UNSTEADY_LOOKS = 2;

/**
 * What the status of a file says is looked at together with its content for so long: two changes within one tick of the
 * clock of its file system leave one status. The longest tick is that of FAT, 2 s.
 */
const TICK_MS = 2_000;

/**
 * What was refused is tried again so often, and whenever a file has changed: it may be another one that was wrong. Not more
 * often, for to read a long list takes the daemon's one thread.
 */
const RETRY_MS = 30_000;

/** Something that is made of files. */
export interface Source {
  /** What it is, for the log. */
  readonly name: string;
  /** The paths of the files. */
  readonly files: readonly string[];
  /**
   * Reads the files, and puts what they say into force.
   *
   * @throws {StartError} when they are no good; what was in force still is.
   */
  load(): Promise<void>;
}

/** A source, and how its files looked. */
interface Watched extends Source {
  readonly look: Look;
  /** When they were read last. */
  taken: string;
  /** At the last look. */
  seen: string;
  unsteady: number;
  /** Why it was refused; undefined when what was read last is in force. */
  refusal: string | undefined;
}

/**
 * Looks at the files of sources, and has those loaded whose files have changed. Whatever is wrong is logged once. A source
 * that was refused is loaded again when any file has changed, in the order of the sources: those that others depend on
 * stand first.
 */
export class WatchedFiles implements Disposable {
  readonly #log: DaemonLog;
  readonly #sources: Watched[];
  readonly #retry: number;
  readonly #timer: ReturnType<typeof setInterval>;
  #work: Promise<unknown> = Promise.resolve();
  #looking = false;
  #ended = false;
  #retried = performance.now();

  private constructor(sources: Watched[], log: DaemonLog, retry: number) {
    this.#sources = sources;
    this.#retry = retry;
    this.#log = log;
    this.#timer = setInterval(() => {
      if (this.#looking) return; // the disk is slow
      this.#looking = true;
      this.#inTurn(() => this.#look()).finally(() => this.#looking = false);
    }, LOOK_MS);
  }

  /**
   * Loads all sources, and watches their files from then on.
   *
   * @param retry After how many milliseconds what was refused is tried again, though no file has changed.
   * @throws {StartError} when one is no good.
   */
  static async load(sources: readonly Source[], log: DaemonLog, retry = RETRY_MS): Promise<WatchedFiles> {
    const watched: Watched[] = [];
    for (const source of sources) {
      const look = new Look(source.files);
      const taken = await look.state(); // before the reading: a change meanwhile is seen later
      await source.load();
      const { name, files } = source;
      const load = () => source.load();
      watched.push({ name, files, load, look, taken, seen: taken, unsteady: 0, refusal: undefined });
    }
    return new WatchedFiles(watched, log, retry);
  }

  /** Loads all sources now. */
  reload(): Promise<unknown> {
    return this.#inTurn(async () => {
      for (const source of this.#sources) await this.#load(source, await source.look.state());
    });
  }

  /** Resolves when what is under way is done. */
  get settled(): Promise<unknown> {
    return this.#work;
  }

  [Symbol.dispose](): void {
    this.#ended = true;
    clearInterval(this.#timer);
  }

  /** One thing after the other, so that the files of now win. */
  #inTurn(work: () => Promise<void>): Promise<unknown> {
    return this.#work = this.#work.then(work).catch((error) => this.#log.writeUnforeseen("watched-files", error));
  }

  async #look(): Promise<void> {
    const due = new Set<Watched>();
    for (const source of this.#sources) {
      const state = await source.look.state();
      // Somebody may be writing: it is read when it has stood still from one look to the next.
      const steady = state === source.seen || state === source.taken || source.unsteady >= MAX_UNSTEADY_LOOKS;
      source.unsteady = steady ? 0 : source.unsteady + 1;
      source.seen = state;
      if (steady && state !== source.taken) due.add(source);
    }
    const retry = due.size > 0 || performance.now() - this.#retried >= this.#retry;
    if (retry) this.#retried = performance.now();
    for (const source of this.#sources) {
      if (due.has(source)) await this.#load(source, source.seen);
      else if (retry && source.refusal !== undefined && source.seen === source.taken) {
        await this.#load(source, source.taken, source.refusal);
      }
    }
  }

  /** @param known Why it was refused before: that is not logged again. */
  async #load(source: Watched, state: string, known?: string): Promise<void> {
    if (this.#ended) return;
    source.taken = source.seen = state;
    try {
      await source.load();
      source.refusal = undefined;
      this.#log.write("reloaded", { what: source.name });
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      source.refusal = error.message;
      if (error.message === known) return;
      this.#log.write("not-reloaded", {
        what: source.name,
        cause: error.message,
        consequence: "what was in force still is",
      });
    }
  }
}

/** How some files look. */
class Look {
  readonly #files: readonly string[];
  #status = "";
  #since = 0;
  #content = "";
  #settled = false;

  constructor(files: readonly string[]) {
    this.#files = files;
  }

  /** What changes whenever one of the files does. */
  async state(): Promise<string> {
    const status = await eachOf(this.#files, statusOf);
    const now = performance.now();
    if (status !== this.#status) {
      this.#status = status;
      this.#since = now;
      this.#settled = false;
    }
    // By how long ago it was first seen, and not by its times: those are of another clock, or anybody's choice.
    if (!this.#settled) {
      this.#content = await eachOf(this.#files, digestOf);
      this.#settled = now - this.#since > TICK_MS;
    }
    return `${this.#status} ${this.#content}`;
  }
}

async function eachOf(files: readonly string[], look: (file: string) => Promise<string>): Promise<string> {
  const found = await Promise.all(files.map((file) => look(file).catch((error) => (error as Error).name)));
  return found.join(" ");
}

async function statusOf(file: string): Promise<string> {
  const { dev, ino, size, mtime, ctime } = await Deno.stat(file);
  return [dev, ino, size, mtime?.getTime(), ctime?.getTime()].join();
}

async function digestOf(file: string): Promise<string> {
  const content = await readRegularFile(file, MAX_LIST_BYTES) as Uint8Array<ArrayBuffer>;
  return new Uint8Array(await crypto.subtle.digest("SHA-256", content)).toHex(); // in another thread
}
