/**
 * The share of each owner in a spool, and the processes and grants that can go first.
 *
 * @module
 */
import type { SQLInputValue } from "node:sqlite";
import type { Database } from "./database.ts";

/** The share of an owner in the database. */
export interface Usage {
  /** The number of finished processes. */
  readonly finished: number;
  /** The size of the descriptions of finished processes, in bytes. */
  readonly bytes: number;
  /** The number of grants. */
  readonly grants: number;
}

/** A finished process that can be removed. */
export interface Removable {
  /** The id of the process. */
  readonly id: string;
  /** The size of its description, in bytes. */
  readonly bytes: number;
}

/** The shares of all owners. */
export class Usages {
  readonly #database: Database;

  /** Reads from an open database. */
  constructor(database: Database) {
    this.#database = database;
  }

  /** Returns the share of an owner. */
  of(owner: string): Usage {
    const row = this.#database.get("SELECT finished, bytes, grants FROM usage WHERE owner = ?", [owner]);
    return row
      ? { finished: Number(row.finished), bytes: Number(row.bytes), grants: Number(row.grants) }
      : { finished: 0, bytes: 0, grants: 0 };
  }

  /** The number of finished processes of all owners. */
  get finishedCount(): number {
    return Number(this.#database.get("SELECT sum(finished) AS count FROM usage")!.count ?? 0);
  }

  /** Returns the owners that have more finished processes, or more bytes of their descriptions. */
  above(finished: number, bytes: number): string[] {
    return this.#database.all("SELECT owner FROM usage WHERE finished > ? OR bytes > ?", [finished, bytes])
      .map(({ owner }) => String(owner));
  }

  /** The owner that has the most finished processes. */
  get fullest(): string | undefined {
    const row = this.#database.get("SELECT owner FROM usage WHERE finished > 0 ORDER BY finished DESC LIMIT 1");
    return row && String(row.owner);
  }

  /** Returns the processes of an owner that finished first, at most `most`. */
  oldest(owner: string, most: number): Removable[] {
    return this.#removable("owner = ? AND finish_time IS NOT NULL ORDER BY finish_time LIMIT ?", owner, most);
  }

  /** Returns the processes that finished at a time or earlier, the first ones first, at most `most`. */
  finishedUntil(time: number, most: number): Removable[] {
    return this.#removable("finish_time <= ? ORDER BY finish_time LIMIT ?", time, most);
  }

  /** Forgets the grants that have ended, at most `most`. */
  dropEndedGrants(now: number, most: number): void {
    this.#database.run(
      "DELETE FROM grants WHERE (sequence, user) IN (SELECT sequence, user FROM grants WHERE until <= ? LIMIT ?)",
      [now, most],
    );
  }

  /** Returns the size of all complete logs, or of those of an owner, in bytes. */
  logBytes(owner?: string): number {
    const row = owner === undefined
      ? this.#database.get("SELECT sum(log_bytes) AS bytes FROM usage")
      : this.#database.get("SELECT log_bytes AS bytes FROM usage WHERE owner = ?", [owner]);
    return Number(row?.bytes ?? 0);
  }

  /** Returns the largest complete log, or that of an owner. */
  largestLog(owner?: string): { id: string; bytes: number } | undefined {
    const row = owner === undefined
      ? this.#database.get("SELECT id, log_bytes FROM process WHERE log_bytes > 0 ORDER BY log_bytes DESC LIMIT 1")
      : this.#database.get(
        "SELECT id, log_bytes FROM process WHERE owner = ? AND log_bytes > 0 ORDER BY log_bytes DESC LIMIT 1",
        [owner],
      );
    return row && { id: String(row.id), bytes: Number(row.log_bytes) };
  }

  #removable(where: string, ...values: SQLInputValue[]): Removable[] {
    return this.#database.all(`SELECT id, bytes FROM process WHERE ${where}`, values)
      .map(({ id, bytes }) => ({ id: String(id), bytes: Number(bytes) }));
  }
}
