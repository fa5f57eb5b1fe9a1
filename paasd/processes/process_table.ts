/**
 * The table of all processes and their owners: who may start, find, list, share, watch and remove which process.
 *
 * @module
 */
import type { Process, Spool } from "@paas/worker";
import type { About } from "@paas/worker/spool";
import { clock } from "@paas/worker/system";
import { validate } from "@std/uuid";
import { allowedUntil, type Grant, isInForce, type Right } from "../access/authorization.ts";
import { InvalidArgumentError, NameTakenError, NotFinishedError } from "../errors.ts";
import type { User } from "../identity/identity.ts";
import { aboutOf, Entries, type Entry, noteOf, type RestartState } from "./entries.ts";
import { Lease } from "./lease.ts";
import { list, type Listed, type ListFilter, type Place } from "./listing.ts";
import { type RequestKey, Starts, STAYS } from "./starts.ts";
import { type Change, Watchers } from "./watchers.ts";

/** A user's description of a new process. */
export interface Description
  extends Pick<Entry, "args" | "name" | "labels">, Partial<Pick<Entry, "againOf" | "restart" | "recipe">> {
  /** How long the process goes on without its client, in milliseconds; `undefined` is for ever. */
  readonly stopAfterDisconnect?: number | undefined;
  /** Called when the process has finished, before anybody hears of that. */
  readonly finished?: ((entry: Entry) => void) | undefined;
}

/**
 * Starts a process.
 *
 * @param changed Called after each change of its status.
 * @param about Data that the spool keeps of the process.
 * @param signal Ends the start when it aborts.
 */
export type Spawn = (
  changed: (process: Process) => void,
  about: About,
  signal: AbortSignal,
) => Promise<Process>;

/** A filter that selects no process: another user's are not listed without a right to all. */
const NOTHING: ListFilter = {
  before: -1,
  name: "",
  idPrefix: "",
  labels: false,
  finished: false,
  waiting: false,
  holds: () => false,
};

/** A user's rights without any role: to their own processes alone. */
const OWN: Pick<Right, "scope" | "sees" | "shared"> = { scope: "own", sees: "own", shared: undefined };

/** All processes of all users, running and finished. */
export class ProcessTable {
  readonly #history: Spool["history"];
  readonly #entries: Entries;
  readonly #starts: Starts;
  readonly #watchers: Watchers;
  /** Names of live processes, and of those that are being started. */
  readonly #names = new Set<string>();

  /** @param spool Contains finished processes. */
  constructor(spool: Pick<Spool, "find" | "history">) {
    this.#history = spool.history;
    this.#entries = new Entries(spool);
    this.#starts = new Starts((owner, requestId) => this.#startedBy(owner, requestId));
    this.#watchers = new Watchers((id) => this.#entries.get(id));
  }

  /**
   * Starts a process for a user, or returns the one that the same request has started already.
   *
   * @param client Ends the start when it aborts, unless the program runs already.
   * @throws {ShuttingDownError} When the table has been closed before the program ran.
   * @throws {DrainingError} When new starts are refused.
   * @throws {NameTakenError} When a live process of the user has that name.
   * @throws {InvalidArgumentError} When another request of the user has the same id.
   * @throws Whatever `spawn` throws; no process exists then.
   */
  start(
    owner: User,
    description: Description,
    spawn: Spawn,
    request: RequestKey = { id: "", digest: "" },
    client: AbortSignal = STAYS,
  ): Promise<Entry> {
    return this.#starts.start(
      owner.id,
      request,
      client,
      (signal) => this.#start(owner, description, spawn, request, signal),
    );
  }

  async #start(
    owner: User,
    description: Description,
    spawn: Spawn,
    request: RequestKey,
    signal: AbortSignal,
  ): Promise<Entry> {
    const { stopAfterDisconnect, finished } = description;
    const releaseName = this.#takeName(owner, description.name);
    try {
      const about = aboutOf(owner, description, request.id ? request : undefined);
      let entry: Entry | undefined;
      const changed = () => {
        if (entry?.process.status.state === "finished") finished?.(entry);
        if (entry) this.#changed(entry);
      };
      const process = await spawn(changed, about, signal);
      const lease = stopAfterDisconnect === undefined ? undefined : new Lease(process, stopAfterDisconnect);
      const started = entry = this.#entries.add(process, about, lease);
      changed(); // it may have finished already
      process.finished.then(releaseName);
      process.ended.then(() => this.#history.whenWritten(() => this.#retire(started, request)));
      return started;
    } catch (error) {
      releaseName();
      throw error;
    }
  }

  /** Gives the process that the same request has started, or is starting; `undefined` if there is none. */
  known({ id }: Pick<User, "id">, request: RequestKey): Promise<Entry> | undefined {
    return this.#starts.known(id, request);
  }

  /** Reserves a name, if it is not empty, until the caller releases it. */
  #takeName({ id }: User, name: string): () => void {
    if (name === "") return () => {};
    const owned = `${id} ${name}`;
    if (this.#names.has(owned)) throw new NameTakenError(name);
    this.#names.add(owned);
    return () => this.#names.delete(owned);
  }

  /** Leaves a process that has ended to the spool. */
  #retire(entry: Entry, request: RequestKey): void {
    this.#entries.retire(entry);
    this.#starts.forget(entry.owner, request);
  }

  #startedBy(owner: string, requestId: string): { digest: string; entry: Entry } | undefined {
    const found = this.#history.read((records) => records.findRequest(owner, requestId));
    const entry = found && this.#entries.get(found.id);
    return entry && { digest: found.digest, entry };
  }

  /**
   * Finds a process by its id, if the user has a right to it.
   *
   * @param right The user's rights; by default to their own processes only.
   * @throws {InvalidArgumentError} When the id is not a UUID.
   * @throws {ProcessNotFoundError} When no such process exists, or the user must not know of it.
   * @throws {PermissionDeniedError} When the user may see the process, but has no right to this call.
   */
  find(id: string, user: Pick<User, "id">, right: Pick<Right, "scope" | "sees" | "shared"> = OWN): Entry {
    if (!validate(id)) throw new InvalidArgumentError("The process id is not a UUID: use one that Exec has given");
    const entry = this.#entries.get(id.toLowerCase());
    allowedUntil(id, entry, user, right); // throws without an entry
    return entry!;
  }

  /**
   * Lists the user's own processes, or those of all users, the newest first. Whenever it has examined many processes, it
   * yields `undefined`, so that nobody waits for long; the list can go on later from `place`.
   */
  list(user: Pick<User, "id">, all: boolean, filter: ListFilter, place: Place): Generator<Entry | undefined> {
    const source = { entries: this.#entries, history: this.#history };
    const { owner = all ? undefined : user.id } = filter;
    return list(source, owner, all || owner === user.id ? filter : NOTHING, place);
  }

  /**
   * Adds a grant to a process. It replaces an earlier grant to the same user.
   *
   * @throws {SpoolError} When the spool cannot record the grant.
   */
  share(entry: Entry, grant: Grant): void {
    this.#history.change((records) => records.grant(entry.sequence, entry.owner, grant, clock.now()));
    entry.grants = [...entry.grants.filter((other) => isInForce(other) && other.user !== grant.user), grant];
    this.#changed(entry);
  }

  /**
   * Removes a user's grant from a process.
   *
   * @throws {SpoolError} When the spool cannot record the removal.
   */
  unshare(entry: Entry, user: string): void {
    entry.grants = entry.grants.filter((grant) => isInForce(grant) && grant.user !== user); // even if the spool fails
    this.#changed(entry);
    this.#history.change((records) => records.revoke(entry.sequence, user, clock.now()));
  }

  /** Notes the place of a process in a row of restarts. */
  setRestart(entry: Entry, restart: RestartState): void {
    this.#entries.setRestart(entry, restart);
    this.#history.note(entry.sequence, noteOf(entry));
    this.#changed(entry);
  }

  /**
   * Hides a finished process from now on.
   *
   * @returns The entry, and what the caller disposes of after the spool has removed the process. `undefined` when no such
   * process exists, or its removal is in progress.
   * @throws {NotFinishedError} When the process has not finished.
   */
  remove(id: string): { entry: Entry; gone: Disposable } | undefined {
    const entry = this.#entries.get(id);
    if (!entry) return undefined;
    if (entry.process.status.state !== "finished") throw new NotFinishedError();
    const gone = this.#entries.hide(id);
    this.#changed(entry);
    return { entry, gone };
  }

  /**
   * Yields the live processes of the user, or of all users, then each change, until the signal aborts or the table ends
   * the watching. A slow watcher gets only the last change of each process.
   *
   * @throws {WatcherTooSlowError} When too many changes wait.
   */
  watch(user: Pick<User, "id">, signal: AbortSignal, all = false): AsyncGenerator<Change, void, void> {
    const live = this.#entries.live.filter(({ owner, process: { status: { state } } }) =>
      (all || owner === user.id) && state !== "finished"
    ).sort((one, other) => one.sequence - other.sequence);
    return this.#watchers.watch(all ? undefined : user.id, live.map(({ process: { id } }) => id), signal);
  }

  /** Refuses new starts; those in progress go on. */
  drain(): void {
    this.#starts.drain();
  }

  /** Resolves when no start is in progress, and all live processes have ended. New starts must be refused before. */
  async settled(): Promise<void> {
    await this.#starts.settled();
    await Promise.all(this.processes().map(({ ended }) => ended));
  }

  /** Refuses further starts, ends those in progress, and returns the live processes. */
  async close(): Promise<Process[]> {
    await this.#starts.close();
    return this.processes();
  }

  /** Ends all watching after the last change. */
  endWatching(): void {
    this.#watchers.end();
  }

  /** The processes that run, or whose end is not in the spool yet. */
  processes(): Process[] {
    return this.#entries.live.map(({ process }) => process);
  }

  /** The number of processes in each state. */
  get counts(): Record<Listed["state"], number> {
    const counts = { running: 0, stopping: 0, finished: this.#history.read((records) => records.usages.finishedCount) };
    for (const { process: { status: { state } } } of this.#entries.live) if (state !== "finished") counts[state]++;
    return counts;
  }

  #changed({ owner, process: { id } }: Entry): void {
    this.#watchers.changed(owner, id);
  }
}
