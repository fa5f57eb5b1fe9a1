/**
 * Watchers of processes, and the changes that they get.
 *
 * @module
 */
import { Bell } from "../bell.ts";
import { WatcherTooSlowError } from "../errors.ts";
import type { Entry } from "./entries.ts";

/** Maximum number of changes that wait for a watcher. Each is only an id. */
const MAX_WAITING = 20_000;

/** A change of a process: a new status, new grants, or its removal. */
export interface Change {
  readonly id: string;
  /** The process as it is now; `undefined` if it was removed. */
  readonly entry?: Entry | undefined;
}

/** A watcher, and the changes that wait for it. */
interface Watcher {
  /** The owner of the processes to watch; `undefined` is any owner. */
  readonly owner: string | undefined;
  /** Ids of changed processes, in the order of their last changes. */
  readonly changed: Set<string>;
  /** Maximum size of `changed`. */
  readonly maxChanged: number;
  readonly bell: Bell;
  tooSlow: boolean;
}

/** Delivers changes to watchers. For a slow watcher only ids wait, and it gets the state at the time of delivery. */
export class Watchers {
  readonly #watchers = new Set<Watcher>();
  readonly #find: (id: string) => Entry | undefined;
  #ended = false;

  /** @param find Finds a process; returns `undefined` after its removal. */
  constructor(find: (id: string) => Entry | undefined) {
    this.#find = find;
  }

  /** Notes a change of a process. */
  changed(owner: string, id: string): void {
    for (const watcher of this.#watchers) {
      if (watcher.owner !== undefined && watcher.owner !== owner || watcher.tooSlow) continue;
      watcher.changed.delete(id); // moves it to the end
      watcher.changed.add(id);
      if (watcher.changed.size > watcher.maxChanged) watcher.tooSlow = true;
      watcher.bell.ring();
    }
  }

  /**
   * Yields the changes of one owner's processes, or of all processes, until the signal aborts or {@linkcode Watchers.end}.
   *
   * @param first The ids of processes that it yields at once.
   * @throws {WatcherTooSlowError} When too many changes wait.
   */
  async *watch(
    owner: string | undefined,
    first: readonly string[],
    signal: AbortSignal,
  ): AsyncGenerator<Change, void, void> {
    using bell = new Bell(signal);
    const changed = new Set(first);
    const watcher: Watcher = { owner, changed, maxChanged: first.length + MAX_WAITING, bell, tooSlow: false };
    this.#watchers.add(watcher);
    try {
      while (!signal.aborted) {
        for (const id of changed) {
          if (watcher.tooSlow) throw new WatcherTooSlowError();
          changed.delete(id);
          yield { id, entry: this.#find(id) };
        }
        if (this.#ended) return;
        if (changed.size === 0 && !signal.aborted) await bell.rung();
      }
    } finally {
      this.#watchers.delete(watcher);
    }
  }

  /** Ends all watching, after the changes that wait. */
  end(): void {
    this.#ended = true;
    for (const { bell } of this.#watchers) bell.ring();
  }
}
