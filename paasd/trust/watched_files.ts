/**
 * Files that are loaded anew when they change.
 *
 * @module
 */
import { StartError } from "../errors.ts";
import type { DaemonLog } from "../telemetry/daemon_log.ts";
import { MAX_LIST_BYTES, readRegularFile } from "../files/regular_file.ts";

/**
 * Time between two looks at the status of files, in milliseconds. A status finds renames, links and network files too.
 */
const LOOK_MS = 200;

/** Maximum number of looks for which a file that goes on changing is waited for. */
const MAX_UNSTEADY_LOOKS = 2;

/**
 * Time after a change of status during which the content is looked at as well, in milliseconds: two changes within one
 * tick of the file system's clock leave one status. The longest tick is that of FAT, 2 s.
 */
const TICK_MS = 2_000;

/**
 * Time until a refused source is tried again, in milliseconds. It is also tried when any file has changed, which may be
 * the one that was wrong. Not more often, because reading a long list takes the daemon's one thread.
 */
const RETRY_MS = 30_000;

/** A thing that is made of files. */
export interface Source {
  /** The name of the source, for the log. */
  readonly name: string;
  /** The paths of the files. */
  readonly files: readonly string[];
  /**
   * Reads the files, and puts their content into force.
   *
   * @throws {StartError} When they cannot be used; the old content stays in force.
   */
  load(): Promise<void>;
}

/** A source, with the state of its files. */
interface Watched extends Source {
  readonly look: Look;
  /** The state when the files were read last. */
  taken: string;
  /** The state at the last look. */
  seen: string;
  /** Number of looks in a row that found another state. */
  unsteady: number;
  /** The reason of a refusal; `undefined` when the content that was read last is in force. */
  refusal: string | undefined;
}

/**
 * Looks at the files of sources, and loads a source when its files have changed. An error is logged once. A refused
 * source is loaded again when any file has changed, in the order of the sources: those that others depend on come
 * first.
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
   * @param retry Time until a refused source is tried again though no file has changed, in milliseconds.
   * @throws {StartError} When a source cannot be used.
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

  /** Resolves when no load is under way. */
  get settled(): Promise<unknown> {
    return this.#work;
  }

  [Symbol.dispose](): void {
    this.#ended = true;
    clearInterval(this.#timer);
  }

  /** Does one piece of work after the other, so that the newest files win. */
  #inTurn(work: () => Promise<void>): Promise<unknown> {
    return this.#work = this.#work.then(work).catch((error) => this.#log.writeUnforeseen("watched-files", error));
  }

  async #look(): Promise<void> {
    const due = new Set<Watched>();
    for (const source of this.#sources) {
      const state = await source.look.state();
      // A program may be writing: the files are read when they have not changed from one look to the next.
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

  /** @param known The reason of the last refusal, which is not logged again. */
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

/** The state of some files. */
class Look {
  readonly #files: readonly string[];
  #status = "";
  #since = 0;
  #content = "";
  #settled = false;

  constructor(files: readonly string[]) {
    this.#files = files;
  }

  /** Gives a text that changes whenever one of the files does. */
  async state(): Promise<string> {
    const status = await eachOf(this.#files, statusOf);
    const now = performance.now();
    if (status !== this.#status) {
      this.#status = status;
      this.#since = now;
      this.#settled = false;
    }
    // The first look counts, not the times of the files: these are of another clock, or anybody's choice.
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
