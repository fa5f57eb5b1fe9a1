/**
 * Those who watch for changes of processes.
 *
 * @module
 */
import { WatcherTooSlowError } from "../errors.ts";
import type { Change, Entry } from "./process_table.ts";

/** So many changes may wait for a watcher: each is but an id. */
const MAX_WAITING = 20_000;

/** Somebody who watches. */
interface Watcher {
  /** Whose processes; `undefined` is all. */
  readonly owner: string | undefined;
  /** Ids, in the order of the last changes. */
  readonly changed: Set<string>;
  /** So many may wait. */
  readonly most: number;
  tooSlow: boolean;
  proceed(): void;
}

/** Tells watchers of changes. For a watcher that is slow only ids are kept, and it gets what is true when it takes them. */
export class Watchers {
  readonly #watchers = new Set<Watcher>();
  readonly #find: (id: string) => Entry | undefined;
  #ended = false;

  /** @param find Gives a process as it is; `undefined` when it was removed. */
  constructor(find: (id: string) => Entry | undefined) {
    this.#find = find;
  }

  /** Tells that a process of that owner has changed. */
  tell(owner: string, id: string): void {
    for (const watcher of this.#watchers) {
      if (watcher.owner !== undefined && watcher.owner !== owner || watcher.tooSlow) continue;
      watcher.changed.delete(id); // in the order of the last changes
      watcher.changed.add(id);
      if (watcher.changed.size > watcher.most) watcher.tooSlow = true;
      watcher.proceed();
    }
  }

  /**
   * Changes of an owner's processes, or of all, until the signal aborts or all is ended.
   *
   * @param first The ids of those that are told at once.
   * @throws {WatcherTooSlowError} when too many wait.
   */
  async *watch(
    owner: string | undefined,
    first: readonly string[],
    signal: AbortSignal,
  ): AsyncGenerator<Change, void, void> {
    const changed = new Set(first);
    let proceed = () => {};
    const watcher: Watcher = {
      owner,
      changed,
      most: first.length + MAX_WAITING,
      tooSlow: false,
      proceed: () => proceed(),
    };
    this.#watchers.add(watcher);
    signal.addEventListener("abort", watcher.proceed);
    try {
      while (!signal.aborted) {
        for (const id of changed) {
          if (watcher.tooSlow) throw new WatcherTooSlowError();
          changed.delete(id);
          yield { id, entry: this.#find(id) };
        }
        if (this.#ended) return;
        if (changed.size === 0 && !signal.aborted) await new Promise<void>((resolve) => proceed = resolve);
      }
    } finally {
      signal.removeEventListener("abort", watcher.proceed);
      this.#watchers.delete(watcher);
    }
  }

  /** Ends all watching, once what has changed was told. */
  end(): void {
    this.#ended = true;
    for (const { proceed } of this.#watchers) proceed();
  }
}
