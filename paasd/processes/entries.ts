/**
 * The processes that the daemon knows: live ones in memory, finished ones in the spool.
 *
 * @module
 */
import type { Process, Spool } from "@paas/worker";
import type { About, RestoredProcess } from "@paas/worker/spool";
import { WeakValues } from "@paas/worker/system";
import type { Grant } from "../access/authorization.ts";
import type { Lease } from "./lease.ts";

/** The place of a process in a row of automatic restarts. */
export interface RestartState {
  /** The number of this attempt; the process that a client has started is 1. */
  readonly attempt: number;
  /** Maximum number of attempts. */
  readonly attempts: number;
  /** The pause before this attempt, in milliseconds; 0 before the first. */
  readonly pause: number;
  /** The time of the next attempt, while it waits, in milliseconds since the Unix epoch. It is in memory only. */
  readonly nextTime?: number | undefined;
  /** The id of the process that is the next attempt. */
  readonly next?: string | undefined;
  /** Why there is no next attempt: a sentence. */
  readonly givenUp?: string | undefined;
}

/** A process, its owner, and the users that it is shared with. */
export interface Entry {
  readonly process: Process;
  /** The command line. Each access reads it from the spool, for it may be long. */
  readonly args: readonly string[];
  /** Unique among the owner's live processes; empty if the process has no name. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The id of the owner. */
  readonly owner: string;
  /** The subject of the owner's certificate at the start. */
  readonly ownerSubject: string;
  /** The users that the process is shared with. */
  grants: readonly Grant[];
  /** The id of the process that this one repeats; empty if it repeats none. */
  readonly againOf: string;
  /** Its place in a row of restarts; `undefined` if it is not to be restarted. */
  restart: RestartState | undefined;
  /** What is needed to start the same once more; `undefined` if an earlier daemon has not kept that. Each access reads it. */
  readonly recipe: string | undefined;
  readonly lease: Lease | undefined;
  /** The position in the order of all starts. */
  readonly sequence: number;
}

/** The daemon's own data in the spool's record of a process. */
interface Note {
  readonly ownerSubject?: string;
  readonly againOf?: string;
  readonly restart?: RestartState;
}

/** The owner's data in the spool's record of a process. */
export function aboutOf(
  owner: { readonly id: string; readonly subject: string },
  { name, labels, againOf = "", restart, recipe }: Pick<Entry, "name" | "labels"> & Partial<Entry>,
  request: About["request"],
): About {
  return {
    owner: owner.id,
    name,
    labels,
    request,
    recipe,
    note: noteOf({ ownerSubject: owner.subject, againOf, restart }),
  };
}

/** The daemon's own data about a process, for the spool. */
export function noteOf({ ownerSubject, againOf, restart }: Pick<Entry, "ownerSubject" | "againOf" | "restart">): Note {
  return { ownerSubject, againOf: againOf || undefined, restart: restart && { ...restart, nextTime: undefined } };
}

/** The entries of all users' processes. Every caller gets the same entry of a process, so that all see its grants change. */
export class Entries {
  readonly #spool: Pick<Spool, "find" | "history">;
  /** Processes that run, or whose end is not in the spool yet. */
  readonly #live = new Map<string, Entry>();
  /** Entries of finished processes that a caller still holds. */
  readonly #held = new WeakValues<string, Entry>();
  /** Finished processes that wait for a restart. */
  readonly #waiting = new Map<string, Entry>();
  /** Processes whose removal is in progress. */
  readonly #removing = new Set<string>();

  /** @param spool Contains finished processes. */
  constructor(spool: Pick<Spool, "find" | "history">) {
    this.#spool = spool;
  }

  /** The processes that run, or whose end is not in the spool yet. */
  get live(): Entry[] {
    return [...this.#live.values()];
  }

  /** The finished processes that wait for a restart. */
  get waiting(): Entry[] {
    return [...this.#waiting.values()];
  }

  /** Replaces the place of a process in a row of restarts. */
  setRestart(entry: Entry, restart: RestartState): void {
    entry.restart = restart;
    if (restart.nextTime === undefined) this.#waiting.delete(entry.process.id);
    else this.#waiting.set(entry.process.id, entry);
  }

  /** Whether a process runs, or its end is not in the spool yet. */
  isLive(id: string): boolean {
    return this.#live.has(id);
  }

  /** Finds a process. The id must be in lower case. */
  get(id: string): Entry | undefined {
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

  /** Adds a process that has just started. */
  add(process: Process, about: About, lease: Lease | undefined): Entry {
    const entry = this.#entry(process, about, [], lease);
    this.#live.set(process.id, entry);
    return entry;
  }

  /** Leaves a process to the spool, which has its end now. */
  retire(entry: Entry): void {
    const { id } = entry.process;
    this.#live.delete(id);
    if (!this.#removing.has(id)) this.#held.set(id, entry);
  }

  /** Hides a finished process, until the caller disposes of the result: the spool must have removed the process by then. */
  hide(id: string): Disposable {
    this.#removing.add(id);
    this.#held.delete(id);
    const forget = () => this.#removing.delete(id);
    return { [Symbol.dispose]: () => this.#spool.history.whenWritten(forget) };
  }

  #entry(
    process: Process | RestoredProcess,
    { owner, name, labels, note }: About,
    grants: readonly Grant[],
    lease?: Lease,
  ): Entry {
    const { sequence } = process;
    const { history } = this.#spool;
    const { ownerSubject = "", againOf = "", restart } = note as Note;
    return {
      process,
      owner,
      name,
      labels,
      grants,
      lease,
      sequence,
      ownerSubject,
      againOf,
      restart,
      get args() {
        return history.read((records) => records.args(sequence));
      },
      get recipe() {
        return history.read((records) => records.recipe(sequence));
      },
    };
  }
}
