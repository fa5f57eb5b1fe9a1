/**
 * The processes that the daemon knows, and whose they are.
 *
 * @module
 */
import type { Process } from "@paas/worker";
import { validate } from "@std/uuid";
import { InvalidArgumentError, ProcessNotFoundError, ShuttingDownError } from "./errors.ts";
import type { User } from "./identity.ts";

/** All processes of all users, running and finished, in memory. */
export class ProcessTable {
  readonly #entries = new Map<string, { owner: string; process: Process }>();
  readonly #starting = new Set<Promise<Process>>();
  #closed = false;

  /**
   * Starts a process for a user.
   *
   * @throws {ShuttingDownError} when the table has been closed.
   * @throws whatever `spawn` throws; there is no process then.
   */
  async start(owner: User, spawn: () => Promise<Process>): Promise<Process> {
    if (this.#closed) throw new ShuttingDownError();
    const starting = spawn();
    this.#starting.add(starting);
    try {
      const process = await starting;
      this.#entries.set(process.id, { owner: owner.id, process });
      return process;
    } finally {
      this.#starting.delete(starting);
    }
  }

  /**
   * The process of that id, if it is the user's own. The one place where it is decided who may touch what.
   *
   * @throws {InvalidArgumentError} when the id is no UUID.
   * @throws {ProcessNotFoundError} when there is none, or it is another user's.
   */
  find(id: string, user: User): Process {
    if (!validate(id)) throw new InvalidArgumentError("The process id is not a UUID: use one that Exec has given");
    const entry = this.#entries.get(id.toLowerCase());
    if (entry?.owner !== user.id) throw new ProcessNotFoundError(id);
    return entry.process;
  }

  /** Takes no new processes from now on, and gives all there are once those that are being started have been. */
  async close(): Promise<Process[]> {
    this.#closed = true;
    await Promise.allSettled(this.#starting);
    return this.processes();
  }

  /** All processes. */
  processes(): Process[] {
    return [...this.#entries.values()].map(({ process }) => process);
  }
}
