/**
 * The processes that the daemon knows, and whose they are.
 *
 * @module
 */
import type { KnownProcess, Process, RestoredProcess } from "@paas/worker";
import { validate } from "@std/uuid";
import { allowedUntil, type Grant, isInForce, type Right } from "./authorization.ts";
import { InvalidArgumentError, NameTakenError, NotFinishedError, ShuttingDownError } from "./errors.ts";
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
  readonly process: KnownProcess;
  /** The id of its owner. */
  readonly owner: string;
  /** The subject of the certificate that its owner came with. */
  readonly ownerSubject: string;
  /** With whom it is shared. */
  grants: readonly Grant[];
  readonly lease: Lease | undefined;
  /** Larger for a process that was started later. */
  readonly sequence: number;
  readonly requestKey: string | undefined;
}

/** What is kept of an entry besides its process, for the next daemon on the same spool. */
export interface SavedEntry {
  readonly owner: string;
  readonly ownerSubject: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly sequence: number;
  readonly requestKey?: string | undefined;
  readonly digest?: string | undefined;
  readonly grants?: readonly Grant[] | undefined;
}

/**
 * Starts a process. It has the table told of its changes, and keeps what the table has to say of it. The signal ends a start
 * that is under way.
 */
export type Spawn = (
  changed: (process: Process) => void,
  describe: () => unknown,
  signal: AbortSignal,
) => Promise<Process>;

/** A start that can be asked for again. */
interface Request {
  /** Of all that was asked for. */
  readonly digest: string;
  readonly started: Promise<Entry>;
  /** Aborts when the client that asked has gone. */
  readonly client: AbortSignal;
}

/** For who stays until the start is done. */
const STAYS = new AbortController().signal;

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

/** What everybody may do at least. */
const OWN: Pick<Right, "scope" | "sees" | "shared"> = { scope: "own", sees: "own", shared: undefined };

/** All processes of all users, running and finished. */
export class ProcessTable {
  readonly #entries = new Map<string, Entry>();
  /** The oldest first. */
  readonly #finished = new Set<Entry>();
  /** The starts that are under way, and what ends them. */
  readonly #starting = new Map<Promise<unknown>, AbortController>();
  /** Names of live processes, and of those that are being started. */
  readonly #names = new Set<string>();
  readonly #requests = new Map<string, Request>();
  readonly #watchers = new Set<{ owner: string | undefined; tell: (change: Change) => void; proceed: () => void }>();
  #watchingEnded = false;
  #sequence = 0;
  /** The largest sequence number of all entries. */
  #newest = -1;
  #closed = false;

  /**
   * Starts a process for a user; or gives the one that the same request has started already.
   *
   * @param client Ends the start when it aborts, if the program does not run yet.
   * @throws {ShuttingDownError} when the table has been closed, also while the program did not run yet.
   * @throws {NameTakenError} when a live process of the user has that name.
   * @throws {InvalidArgumentError} when the request's id was given with another command.
   * @throws whatever `spawn` throws; there is no process then.
   */
  async start(
    owner: User,
    description: Description,
    spawn: Spawn,
    request: RequestKey = { id: "", digest: "" },
    client: AbortSignal = STAYS,
  ): Promise<Entry> {
    const requestKey = request.id && `${owner.id} ${request.id}`;
    for (let earlier; (earlier = this.#requests.get(requestKey));) {
      if (earlier.digest !== request.digest) {
        throw new InvalidArgumentError(
          "The request_id was given with another command: give each command one of its own",
        );
      }
      try {
        return await earlier.started;
      } catch (error) {
        if (!earlier.client.aborted) throw error; // else its client gave it up, and this one has not
      }
    }
    if (this.#closed) throw new ShuttingDownError();
    const ending = new AbortController();
    const giveUp = () => ending.abort(client.reason);
    client.addEventListener("abort", giveUp, { once: true });
    if (client.aborted) giveUp();
    const saved = requestKey ? { requestKey, digest: request.digest } : {};
    const started = this.#start(owner, description, spawn, saved, ending.signal);
    if (requestKey) this.#requests.set(requestKey, { digest: request.digest, started, client });
    this.#starting.set(started, ending);
    try {
      return await started;
    } catch (error) {
      this.#requests.delete(requestKey);
      throw error;
    } finally {
      this.#starting.delete(started);
      client.removeEventListener("abort", giveUp);
    }
  }

  async #start(
    owner: User,
    description: Description,
    spawn: Spawn,
    { requestKey, digest }: Pick<SavedEntry, "requestKey" | "digest">,
    signal: AbortSignal,
  ): Promise<Entry> {
    const name = description.name && `${owner.id} ${description.name}`;
    if (this.#names.has(name)) throw new NameTakenError(description.name);
    if (name) this.#names.add(name);
    try {
      let sequence: number | undefined;
      const describe = (): SavedEntry => {
        const { name, labels } = description;
        return {
          owner: owner.id,
          ownerSubject: owner.subject,
          name,
          labels,
          sequence: sequence = this.#sequence++,
          requestKey,
          digest,
        };
      };
      const process = await spawn((process) => this.#tell(process.id), describe, signal);
      const { stopAfterDisconnect } = description;
      const lease = stopAfterDisconnect === undefined ? undefined : new Lease(process, stopAfterDisconnect);
      sequence ??= this.#sequence++;
      const entry: Entry = {
        ...description,
        owner: owner.id,
        ownerSubject: owner.subject,
        grants: [],
        process,
        lease,
        sequence,
        requestKey,
      };
      this.#entries.set(process.id, entry);
      this.#keepOrder(sequence);
      this.#tell(process.id);
      process.finished.then(() => {
        this.#names.delete(name);
        if (this.#entries.has(process.id)) this.#finished.add(entry);
      });
      return entry;
    } catch (error) {
      this.#names.delete(name);
      throw error;
    }
  }

  /** Takes in the processes of earlier daemons. Before all others. */
  restore(processes: readonly RestoredProcess[]): void {
    for (const process of processes) {
      const { digest = "", requestKey, grants = [], ...saved } = process.description as SavedEntry;
      const entry: Entry = { ...saved, requestKey, args: process.args, grants, process, lease: undefined };
      const { sequence } = entry;
      this.#entries.set(process.id, entry);
      if (requestKey) this.#requests.set(requestKey, { digest, started: Promise.resolve(entry), client: STAYS });
      this.#sequence = Math.max(this.#sequence, sequence + 1);
    }
    this.#newest = this.#sequence - 1;
    const finishTime = ({ process: { status } }: Entry) => status.state === "finished" ? status.finishTime : Infinity;
    const entries = [...this.#entries.values()].sort((one, other) => finishTime(one) - finishTime(other));
    for (const entry of entries) this.#finished.add(entry);
  }

  /** Those that have finished, the oldest first. */
  get finished(): ReadonlySet<Entry> {
    return this.#finished;
  }

  /**
   * The process of that id, if the user has a right to it.
   *
   * @param right What the user may do; default is with their own processes only.
   * @throws {InvalidArgumentError} when the id is no UUID.
   * @throws {ProcessNotFoundError} when there is none, or they must not know of it.
   * @throws {PermissionDeniedError} when they may see it, but not that.
   */
  find(id: string, user: Pick<User, "id">, right: Pick<Right, "scope" | "sees" | "shared"> = OWN): Entry {
    if (!validate(id)) throw new InvalidArgumentError("The process id is not a UUID: use one that Exec has given");
    const entry = this.#entries.get(id.toLowerCase());
    allowedUntil(id, entry, user, right); // throws when there is none
    return entry!;
  }

  /** The user's own processes, or all there are, the newest first. */
  *list(user: Pick<User, "id">, all = false): Generator<Entry> {
    for (const entry of [...this.#entries.values()].reverse()) if (all || entry.owner === user.id) yield entry;
  }

  /** Lets another user do something with a process, in place of what they could before. */
  share(entry: Entry, grant: Grant): void {
    entry.grants = [...entry.grants.filter((other) => isInForce(other) && other.user !== grant.user), grant];
    this.#tell(entry.process.id);
  }

  /** Takes back what another user could do with a process. */
  unshare(entry: Entry, user: string): void {
    entry.grants = entry.grants.filter((grant) => isInForce(grant) && grant.user !== user);
    this.#tell(entry.process.id);
  }

  /** What is kept of an entry whose grants have changed. */
  describe({ owner, ownerSubject, name, labels, sequence, requestKey, grants }: Entry): SavedEntry {
    const digest = requestKey && this.#requests.get(requestKey)?.digest;
    return { owner, ownerSubject, name, labels, sequence, requestKey, digest, grants };
  }

  /**
   * Forgets a process.
   *
   * @throws {NotFinishedError} when it has not finished.
   */
  remove(entry: Entry): void {
    const { process, requestKey } = entry;
    if (process.status.state !== "finished") throw new NotFinishedError();
    this.#tell(process.id, { id: process.id });
    this.#entries.delete(process.id);
    this.#finished.delete(entry);
    if (requestKey) this.#requests.delete(requestKey);
  }

  /**
   * The user's own live processes, or all users', then whatever changes, until the signal aborts or the table ends it. Who is slow gets
   * the last change of each process.
   */
  async *watch(user: Pick<User, "id">, signal: AbortSignal, all = false): AsyncGenerator<Change, void, void> {
    const changes = new Map<string, Change>();
    let proceed = () => {};
    const tell = (change: Change) => {
      changes.delete(change.id); // in the order of the last changes
      changes.set(change.id, change);
      proceed();
    };
    const watcher = { owner: all ? undefined : user.id, tell, proceed: () => proceed() };
    this.#watchers.add(watcher);
    const abort = () => proceed();
    signal.addEventListener("abort", abort);
    try {
      for (const entry of [...this.list(user, all)].reverse()) {
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

  /** Takes no new processes from now on, ends the starts that are under way, and gives all processes that there are. */
  async close(): Promise<KnownProcess[]> {
    this.#closed = true;
    for (const ending of this.#starting.values()) ending.abort(new ShuttingDownError());
    await Promise.allSettled(this.#starting.keys());
    return this.processes();
  }

  /** Ends all watching, once what has changed was told. */
  endWatching(): void {
    this.#watchingEnded = true;
    for (const { proceed } of this.#watchers) proceed();
  }

  /** All processes. */
  processes(): KnownProcess[] {
    return [...this.#entries.values()].map(({ process }) => process);
  }

  /** One that was noted earlier may have started later. */
  #keepOrder(sequence: number): void {
    if (sequence < this.#newest) {
      const entries = [...this.#entries].sort(([, one], [, other]) => one.sequence - other.sequence);
      this.#entries.clear();
      for (const [id, entry] of entries) this.#entries.set(id, entry);
    }
    this.#newest = Math.max(this.#newest, sequence);
  }

  /** Tells who watches that a process has changed. */
  #tell(id: string, change: Change = { id, entry: this.#entries.get(id) }): void {
    const owner = this.#entries.get(id)?.owner;
    if (owner === undefined) return; // it is being started
    for (const watcher of this.#watchers) {
      if (watcher.owner === undefined || watcher.owner === owner) watcher.tell(change);
    }
  }
}
