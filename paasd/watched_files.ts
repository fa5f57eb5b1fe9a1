/**
 * Files that are read anew when they change.
 *
 * @module
 */
import { StartError } from "./errors.ts";
import type { Log } from "./log.ts";

/** How often files are looked at. By their status, which is sound for renames, links and network file systems. */
const LOOK_MS = 200;

/** A file that changes at each look is not waited for longer than so many. */
const MAX_UNSTEADY_LOOKS = 2;

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
  /** When they were read last. */
  taken: string;
  /** At the last look. */
  seen: string;
  unsteady: number;
}

/** Looks at the files of sources, and has those loaded whose files have changed. Whatever is wrong is logged once. */
export class WatchedFiles implements Disposable {
  readonly #log: Log;
  readonly #sources: Watched[];
  readonly #timer: ReturnType<typeof setInterval>;
  #work: Promise<unknown> = Promise.resolve();
  #looking = false;
  #ended = false;

  private constructor(sources: Watched[], log: Log) {
    this.#sources = sources;
    this.#log = log;
    this.#timer = setInterval(() => {
      if (this.#looking) return; // the disk is slow
      this.#looking = true;
      this.#inTurn(() => this.#look()).finally(() => this.#looking = false);
    }, LOOK_MS);
  }

  /** Loads all sources, and watches their files from then on. */
  static async load(sources: readonly Source[], log: Log): Promise<WatchedFiles> {
    const watched: Watched[] = [];
    for (const source of sources) {
      const taken = await stateOf(source.files); // before the reading: a change meanwhile is seen later
      await source.load();
      watched.push({ ...source, load: () => source.load(), taken, seen: taken, unsteady: 0 });
    }
    return new WatchedFiles(watched, log);
  }

  /** Loads all sources now. */
  reload(): Promise<unknown> {
    return this.#inTurn(async () => {
      for (const source of this.#sources) await this.#load(source, await stateOf(source.files));
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
    for (const source of this.#sources) {
      const state = await stateOf(source.files);
      if (state === source.taken) continue;
      // Somebody may be writing: it is read when it has stood still from one look to the next.
      const steady = state === source.seen || source.unsteady >= MAX_UNSTEADY_LOOKS;
      source.unsteady = steady ? 0 : source.unsteady + 1;
      source.seen = state;
      if (steady) await this.#load(source, state);
    }
  }

  async #load(source: Watched, state: string): Promise<void> {
    if (this.#ended) return;
    source.taken = source.seen = state;
    try {
      await source.load();
      this.#log.write("reloaded", { what: source.name });
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      this.#log.write("not-reloaded", {
        what: source.name,
        cause: error.message,
        consequence: "what was in force still is",
      });
    }
  }
}

/** What changes whenever one of the files does. */
async function stateOf(files: readonly string[]): Promise<string> {
  const states = await Promise.all(files.map(async (file) => {
    try {
      const { dev, ino, size, mtime, ctime } = await Deno.stat(file);
      return [dev, ino, size, mtime?.getTime(), ctime?.getTime()].join();
    } catch (error) {
      return (error as Error).name;
    }
  }));
  return states.join(" ");
}
