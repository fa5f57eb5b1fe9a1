/**
 * The processes that the daemon knows, and whose they are: the live ones in memory, the finished ones in the spool.
 *
 * @module
 */
import type { Process } from "@paas/worker";
import type { About, Candidate, Spool } from "@paas/worker/spool";
import { clock, WeakValues } from "@paas/worker/system";
import { validate } from "@std/uuid";
import { allowedUntil, type Grant, isInForce, type Right } from "../access/authorization.ts";
import { InvalidArgumentError, NameTakenError, NotFinishedError, ShuttingDownError } from "../errors.ts";
import type { User } from "../identity/identity.ts";
import { Lease } from "./lease.ts";
import { Watchers } from "./watchers.ts";

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
export interface Entry extends Pick<Description, "name" | "labels"> {
  readonly process: Process;
  /** What it was started with: read from the spool each time, for it may be long. */
  readonly args: readonly string[];
  /** The id of its owner. */
  readonly owner: string;
  /** The subject of the certificate that its owner came with. */
  readonly ownerSubject: string;
  /** With whom it is shared. */
  grants: readonly Grant[];
  readonly lease: Lease | undefined;
  /** Larger for a process that was started later. */
  readonly sequence: number;
}

/**
 * Starts a process. It has the table told of its changes, and the spool keeps what the table says of it. The signal ends a
 * start that is under way.
 */
export type Spawn = (
  changed: (process: Process) => void,
  about: About,
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

/** What is looked at to list a process. */
export interface Listed extends Pick<Candidate, "id" | "sequence" | "name" | "startTime"> {
  readonly state: "running" | "stopping" | "finished";
  /** Empty unless they are asked for. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Which processes are asked for. */
export interface ListFilter {
  /** With smaller sequence numbers; `Infinity` is from the newest on. */
  readonly before: number;
  /** Empty is any. */
  readonly name: string;
  /** Empty is any. */
  readonly idPrefix: string;
  /** Whether `holds` looks at labels. */
  readonly labels: boolean;
  /** Whether finished ones are asked for. */
  readonly finished: boolean;
  holds(listed: Listed): boolean;
}

/** What everybody may do at least. */
const OWN: Pick<Right, "scope" | "sees" | "shared"> = { scope: "own", sees: "own", shared: undefined };

/** A list looks at so much at a time: characters of labels, and for each process as if it had 512 more. */
const MAX_SCAN = 2 * 1024 * 1024;
const SCAN_OF_ONE = 512;

/** All processes of all users, running and finished. */
export class ProcessTable {
  readonly #spool: Pick<Spool, "find" | "history">;
  /** Those that live, or have not come to their end in the spool. */
  readonly #live = new Map<string, Entry>();
  /** Those that somebody holds: a grant that is taken back has to be seen by all calls that go on. */
  readonly #held = new WeakValues<string, Entry>();
  /** The starts that are under way, and what ends them. */
  readonly #starting = new Map<Promise<unknown>, AbortController>();
  /** Names of live processes, and of those that are being started. */
  readonly #names = new Set<string>();
  /** Of live processes, and of those that are being started. */
  readonly #requests = new Map<string, Request>();
  /** Those that are about to be gone. */
  readonly #removing = new Set<string>();
  readonly #watchers = new Watchers((id) => this.#get(id));
  #closed = false;

  /** @param spool Where finished processes are. */
  constructor(spool: Pick<Spool, "find" | "history">) {
    this.#spool = spool;
  }

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
    for (
      let earlier;
      requestKey && (earlier = this.#requests.get(requestKey) ?? this.#finishedRequest(owner, request));
    ) {
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
    const started = this.#start(owner, description, spawn, request, ending.signal);
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

  #finishedRequest({ id }: User, request: RequestKey): Request | undefined {
    const found = this.#spool.history.read((records) => records.findRequest(id, request.id));
    const entry = found && this.#get(found.id);
    return entry && { digest: found.digest, started: Promise.resolve(entry), client: STAYS };
  }

  async #start(
    owner: User,
    description: Description,
    spawn: Spawn,
    request: RequestKey,
    signal: AbortSignal,
  ): Promise<Entry> {
    const { name, labels, stopAfterDisconnect } = description;
    const takenName = name && `${owner.id} ${name}`;
    if (this.#names.has(takenName)) throw new NameTakenError(name);
    if (takenName) this.#names.add(takenName);
    try {
      const note: Note = { ownerSubject: owner.subject };
      const about = { owner: owner.id, name, labels, request: request.id ? request : undefined, note };
      const process = await spawn((process) => this.#tell(process.id), about, signal);
      const lease = stopAfterDisconnect === undefined ? undefined : new Lease(process, stopAfterDisconnect);
      const entry = this.#entry(process, about, [], lease);
      this.#live.set(process.id, entry);
      this.#tell(process.id);
      process.finished.then(() => this.#names.delete(takenName));
      process.ended.then(() => this.#spool.history.whenWritten(() => this.#leave(entry, request)));
      return entry;
    } catch (error) {
      this.#names.delete(takenName);
      throw error;
    }
  }

  /** From now on it is found in the spool. */
  #leave({ process: { id }, owner }: Entry, request: RequestKey): void {
    const entry = this.#live.get(id);
    this.#live.delete(id);
    if (entry && !this.#removing.has(id)) this.#held.set(id, entry);
    if (request.id) this.#requests.delete(`${owner} ${request.id}`);
  }

  #entry(
    process: Process,
    { owner, name, labels, note }: About,
    grants: readonly Grant[],
    lease?: Lease,
  ): Entry {
    const { sequence } = process;
    const { history } = this.#spool;
    return {
      process,
      owner,
      name,
      labels,
      grants,
      lease,
      sequence,
      ownerSubject: (note as Note).ownerSubject ?? "",
      get args() {
        return history.read((records) => records.args(sequence));
      },
    };
  }

  /** A process by its id in small letters. */
  #get(id: string): Entry | undefined {
    if (this.#removing.has(id)) return undefined;
    const known = this.#live.get(id) ?? this.#held.get(id);
    if (known) return known;
    const process = this.#spool.find(id);
    if (!process) return undefined;
    const grants = this.#spool.history.read((records) => records.grants(process.sequence)) as Grant[];
    const entry = this.#entry(process, process.record.about, grants);
    this.#held.set(id, entry);
    return entry;
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
    const entry = this.#get(id.toLowerCase());
    allowedUntil(id, entry, user, right); // throws when there is none
    return entry!;
  }

  /**
   * The user's own processes, or all there are, the newest first. It looks only at so many that nobody waits for it:
   * `undefined` is told instead of a process when it has looked at enough, and where it was then stands in `place`.
   */
  *list(
    user: Pick<User, "id">,
    all: boolean,
    filter: ListFilter,
    place: { before: number },
  ): Generator<Entry | undefined> {
    let scanned = 0;
    const owner = all ? undefined : user.id;
    const live = this.#listedLive(owner, filter);
    let next = live.next();
    for (const stored of filter.finished ? this.#listedFinished(owner, filter) : []) {
      for (; !next.done && next.value.sequence > stored.sequence; next = live.next()) {
        place.before = next.value.sequence;
        yield this.#live.get(next.value.id);
      }
      place.before = stored.sequence;
      if (!this.#live.has(stored.id) && filter.holds(stored)) {
        const entry = this.#get(stored.id);
        if (entry) yield entry;
      }
      scanned += SCAN_OF_ONE + stored.scanned;
      if (scanned > MAX_SCAN) yield undefined;
    }
    for (; !next.done; next = live.next()) {
      place.before = next.value.sequence;
      yield this.#live.get(next.value.id);
    }
  }

  *#listedLive(owner: string | undefined, { before, holds }: ListFilter): Generator<Listed> {
    const listed: Listed[] = [];
    for (const { process, name, labels, sequence, owner: its } of this.#live.values()) {
      if (sequence >= before || owner !== undefined && its !== owner || this.#removing.has(process.id)) continue;
      const { state, startTime } = process.status;
      const candidate = { id: process.id, sequence, name, labels, state, startTime };
      if (holds(candidate)) listed.push(candidate);
    }
    yield* listed.sort((one, other) => other.sequence - one.sequence);
  }

  *#listedFinished(
    owner: string | undefined,
    { before, name, idPrefix, labels }: ListFilter,
  ): Generator<Listed & { scanned: number }> {
    const candidates = this.#spool.history.read((records) => records.search({ owner, before, name, idPrefix, labels }));
    for (const { labels = "", ...candidate } of candidates) {
      yield { ...candidate, state: "finished", labels: labels ? JSON.parse(labels) : {}, scanned: labels.length };
    }
  }

  /**
   * Lets another user do something with a process, in place of what they could before.
   *
   * @throws {SpoolError} when it cannot be noted.
   */
  share(entry: Entry, grant: Grant): void {
    this.#spool.history.change((records) => records.grant(entry.sequence, entry.owner, grant, clock.now()));
    entry.grants = [...entry.grants.filter((other) => isInForce(other) && other.user !== grant.user), grant];
    this.#tell(entry.process.id);
  }

  /**
   * Takes back what another user could do with a process.
   *
   * @throws {SpoolError} when it cannot be noted.
   */
  unshare(entry: Entry, user: string): void {
    entry.grants = entry.grants.filter((grant) => isInForce(grant) && grant.user !== user); // at once in any case
    this.#tell(entry.process.id);
    this.#spool.history.change((records) => records.revoke(entry.sequence, user, clock.now()));
  }

  /**
   * Forgets a process: it is found no more, and has gone when `gone` is disposed of.
   *
   * @returns its entry; `undefined` when there is none, or it is about to be gone already.
   * @throws {NotFinishedError} when it has not finished.
   */
  remove(id: string): { entry: Entry; gone: Disposable } | undefined {
    const entry = this.#get(id);
    if (!entry) return undefined;
    if (entry.process.status.state !== "finished") throw new NotFinishedError();
    this.#removing.add(id);
    this.#held.delete(id);
    this.#watchers.tell(entry.owner, id);
    const forget = () => this.#removing.delete(id);
    return { entry, gone: { [Symbol.dispose]: () => this.#spool.history.whenWritten(forget) } };
  }

  /**
   * The user's own live processes, or all users', then whatever changes, until the signal aborts or the table ends it. Who is slow gets
   * the last change of each process.
   *
   * @throws {WatcherTooSlowError} when too many changes wait.
   */
  watch(user: Pick<User, "id">, signal: AbortSignal, all = false): AsyncGenerator<Change, void, void> {
    const owner = all ? undefined : user.id;
    const live = [...this.#live.values()].filter((entry) =>
      (all || entry.owner === owner) && entry.process.status.state !== "finished"
    ).sort((one, other) => one.sequence - other.sequence);
    return this.#watchers.watch(owner, live.map(({ process: { id } }) => id), signal);
  }

  /** Takes no new processes from now on, ends the starts that are under way, and gives the live processes. */
  async close(): Promise<Process[]> {
    this.#closed = true;
    for (const ending of this.#starting.values()) ending.abort(new ShuttingDownError());
    await Promise.allSettled(this.#starting.keys());
    return this.processes();
  }

  /** Ends all watching, once what has changed was told. */
  endWatching(): void {
    this.#watchers.end();
  }

  /** All that live, or have not come to their end in the spool. */
  processes(): Process[] {
    return [...this.#live.values()].map(({ process }) => process);
  }

  /** How many processes are in each state. */
  get counts(): Record<Listed["state"], number> {
    const counts = {
      running: 0,
      stopping: 0,
      finished: this.#spool.history.read((records) => records.usages.finishedCount),
    };
    for (const { process: { status: { state } } } of this.#live.values()) if (state !== "finished") counts[state]++;
    return counts;
  }

  /** Tells who watches that a process has changed. */
  #tell(id: string): void {
    const owner = (this.#live.get(id) ?? this.#held.get(id))?.owner;
    if (owner !== undefined) this.#watchers.tell(owner, id); // else it is being started
  }
}

/** What the spool keeps for us. */
interface Note {
  readonly ownerSubject?: string;
}
