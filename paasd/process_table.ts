/**
 * The processes that the daemon knows, and whose they are.
 *
 * @module
 */
import type { Process } from "@paas/worker";
import { validate } from "@std/uuid";
import {
  InvalidArgumentError,
  NameTakenError,
  NotFinishedError,
  ProcessNotFoundError,
  ShuttingDownError,
} from "./errors.ts";
import type { User } from "./identity.ts";
import { Lease } from "./lease.ts";

/** What a user has said of a process. */
export interface Description {
  readonly args: readonly string[];
  /** Unique among the user's live processes; empty if it has none. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** How long it goes on without its client, in milliseconds; `undefined` is for ever. */
  readonly stopAfterDisconnect?: number | undefined;
}

/** A process that the daemon knows. */
export interface Entry extends Description {
  readonly process: Process;
  readonly owner: string;
  readonly lease: Lease | undefined;
  /** Larger for a process that was started later. */
  readonly sequence: number;
  readonly requestKey: string | undefined;
}

/** A start that can be asked for again. */
interface Request {
  /** Of all that was asked for. */
  readonly digest: string;
  readonly started: Promise<Entry>;
}

/** What makes a start safe to repeat. */
export interface RequestKey {
  /** The client's text; empty if it has none. */
  readonly id: string;
  /** Of all that was asked for. */
  readonly digest: string;
}

/** What has happened to a process: it has a new status, or was removed. */
export interface Change {
  readonly id: string;
  readonly entry?: Entry | undefined;
}

/** All processes of all users, running and finished, in memory. */
export class ProcessTable {
  readonly #entries = new Map<string, Entry>();
  readonly #starting = new Set<Promise<unknown>>();
  /** Names of live processes, and of those that are being started. */
  readonly #names = new Set<string>();
  readonly #requests = new Map<string, Request>();
  readonly #watchers = new Set<{ owner: string; tell: (change: Change) => void; proceed: () => void }>();
  #watchingEnded = false;
  #sequence = 0;
  #closed = false;

  /**
   * Starts a process for a user; or gives the one that the same request has started already.
   *
   * @param spawn Starts it, and has the table told of its changes.
   * @throws {ShuttingDownError} when the table has been closed.
   * @throws {NameTakenError} when a live process of the user has that name.
   * @throws {InvalidArgumentError} when the request's id was given with another command.
   * @throws whatever `spawn` throws; there is no process then.
   */
  async start(
    owner: User,
    description: Description,
    spawn: (changed: (process: Process) => void) => Promise<Process>,
    request: RequestKey = { id: "", digest: "" },
  ): Promise<Entry> {
    if (this.#closed) throw new ShuttingDownError();
    const requestKey = request.id && `${owner.id} ${request.id}`;
    const earlier = this.#requests.get(requestKey);
    if (earlier) {
      if (earlier.digest === request.digest) return await earlier.started;
      throw new InvalidArgumentError("The request_id was given with another command: give each command one of its own");
    }
    const started = this.#start(owner, description, spawn, requestKey || undefined);
    if (requestKey) this.#requests.set(requestKey, { digest: request.digest, started });
    this.#starting.add(started);
    try {
      return await started;
    } catch (error) {
      this.#requests.delete(requestKey);
      throw error;
    } finally {
      this.#starting.delete(started);
    }
  }

  async #start(
    owner: User,
    description: Description,
    spawn: (changed: (process: Process) => void) => Promise<Process>,
    requestKey: string | undefined,
  ): Promise<Entry> {
    const name = description.name && `${owner.id} ${description.name}`;
    if (this.#names.has(name)) throw new NameTakenError(description.name);
    if (name) this.#names.add(name);
    try {
      const process = await spawn((process) => this.#tell(process.id));
      const { stopAfterDisconnect } = description;
      const lease = stopAfterDisconnect === undefined ? undefined : new Lease(process, stopAfterDisconnect);
      const entry = { ...description, owner: owner.id, process, lease, sequence: this.#sequence++, requestKey };
      this.#entries.set(process.id, entry);
      this.#tell(process.id);
      process.finished.then(() => this.#names.delete(name));
      return entry;
    } catch (error) {
      this.#names.delete(name);
      throw error;
    }
  }

  /**
   * The process of that id, if it is the user's own. The one place where it is decided who may touch what.
   *
   * @throws {InvalidArgumentError} when the id is no UUID.
   * @throws {ProcessNotFoundError} when there is none, or it is another user's.
   */
  find(id: string, user: User): Entry {
    if (!validate(id)) throw new InvalidArgumentError("The process id is not a UUID: use one that Exec has given");
    const entry = this.#entries.get(id.toLowerCase());
    if (entry?.owner !== user.id) throw new ProcessNotFoundError(id);
    return entry;
  }

  /** The user's own processes, the newest first. */
  *list(user: User): Generator<Entry> {
    for (const entry of [...this.#entries.values()].reverse()) if (entry.owner === user.id) yield entry;
  }

  /**
   * Forgets a process.
   *
   * @throws {NotFinishedError} when it has not finished.
   */
  remove({ process, requestKey }: Entry): void {
    if (process.status.state !== "finished") throw new NotFinishedError();
    this.#tell(process.id, { id: process.id });
    this.#entries.delete(process.id);
    if (requestKey) this.#requests.delete(requestKey);
  }

  /**
   * The user's own live processes, then whatever changes, until the signal aborts or the table ends it. Who is slow gets
   * the last change of each process.
   */
  async *watch(user: User, signal: AbortSignal): AsyncGenerator<Change, void, void> {
    const changes = new Map<string, Change>();
    let proceed = () => {};
    const tell = (change: Change) => {
      changes.delete(change.id); // in the order of the last changes
      changes.set(change.id, change);
      proceed();
    };
    const watcher = { owner: user.id, tell, proceed: () => proceed() };
    this.#watchers.add(watcher);
    const abort = () => proceed();
    signal.addEventListener("abort", abort);
    try {
      for (const entry of [...this.list(user)].reverse()) {
        if (entry.process.status.state !== "finished") tell({ id: entry.process.id, entry });
      }
      while (!signal.aborted) {
        for (const [id, change] of changes) {
          changes.delete(id);
          yield change;
        }
        if (this.#watchingEnded) return;
        if (changes.size === 0 && !signal.aborted) await new Promise<void>((resolve) => proceed = resolve);
      }
    } finally {
      signal.removeEventListener("abort", abort);
      this.#watchers.delete(watcher);
    }
  }

  /** Takes no new processes from now on, and gives all there are once those that are being started have been. */
  async close(): Promise<Process[]> {
    this.#closed = true;
    await Promise.allSettled(this.#starting);
    return this.processes();
  }

  /** Ends all watching, once what has changed was told. */
  endWatching(): void {
    this.#watchingEnded = true;
    for (const { proceed } of this.#watchers) proceed();
  }

  /** All processes. */
  processes(): Process[] {
    return [...this.#entries.values()].map(({ process }) => process);
  }

  /** Tells who watches that a process has changed. */
  #tell(id: string, change: Change = { id, entry: this.#entries.get(id) }): void {
    const owner = this.#entries.get(id)?.owner; // nobody's while it is being started
    for (const watcher of this.#watchers) if (watcher.owner === owner) watcher.tell(change);
  }
}
