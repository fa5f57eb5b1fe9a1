/**
 * The processes of a spool, as rows of its database.
 *
 * @module
 */
import type { SQLInputValue } from "node:sqlite";
import type { Database, Row } from "./database.ts";
import type { Trace } from "./left_over.ts";
import type { LogSummary } from "../log/log.ts";
import {
  type Beginning,
  type Candidate,
  descriptionBytes,
  type ProcessRecord,
  type Search,
  type StoredGrant,
} from "./process_record.ts";
import type { FinishedStatus } from "../process/status.ts";
import { Usages } from "./usage.ts";

/** The processes in a database, the finished ones and those that run. */
export class Records {
  /** The shares of the owners. */
  readonly usages: Usages;
  readonly #database: Database;

  /** Reads and writes an open database. */
  constructor(database: Database) {
    this.#database = database;
    this.usages = new Usages(database);
  }

  /** The next sequence number. */
  get next(): number {
    return Number(this.#database.get("SELECT max(sequence) AS last FROM process")!.last ?? -1) + 1;
  }

  /**
   * Adds a process that is about to be started.
   *
   * @internal The history does it.
   */
  begin(sequence: number, { id, args, stdin, terminal, startTime, about }: Beginning, trace: Omit<Trace, "id">): void {
    const { owner, name, labels, request, note, recipe } = about;
    this.#database.transaction(() => {
      this.#database.run(
        `INSERT INTO process (sequence, id, owner, name, request, digest, note, stdin, terminal, start_time, bytes,
           boot, clock, ticks, pid, start, seen) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        [
          ...[sequence, id, owner, name, request?.id ?? null, request?.digest ?? null, JSON.stringify(note ?? null)],
          ...[Number(stdin), Number(terminal), startTime, descriptionBytes(args, about)],
          ...[trace.boot, trace.clock, trace.ticks, trace.pid, trace.start, trace.seen].map((value) => value ?? null),
        ],
      );
      this.#database.run(
        "INSERT INTO description (sequence, labels, args) VALUES (?, ?, ?)",
        [sequence, JSON.stringify(labels), JSON.stringify(args)],
      );
      if (recipe === undefined) return;
      this.#database.run("INSERT INTO recipe (sequence, recipe) VALUES (?, ?)", [sequence, recipe]);
    });
  }

  /** Notes that a process was started. */
  started(sequence: number, pid: number, start: number | undefined, startTime: number): void {
    this.#database.run(
      "UPDATE process SET pid = ?, start = ?, start_time = ? WHERE sequence = ?",
      [pid, start ?? null, startTime, sequence],
    );
  }

  /** Replaces the starter's note. */
  note(sequence: number, note: unknown): void {
    this.#database.run("UPDATE process SET note = ? WHERE sequence = ?", [JSON.stringify(note), sequence]);
  }

  /** Notes that the leader has exited. */
  finished(sequence: number, status: FinishedStatus, seen: number | undefined): void {
    this.#database.run(
      "UPDATE process SET status = ?, finish_time = ?, seen = ? WHERE sequence = ?",
      [JSON.stringify(status), status.finishTime, seen ?? null, sequence],
    );
  }

  /** Notes that the log is complete. `bytes` is its size on the disk. */
  ended(sequence: number, log: LogSummary, bytes: number): void {
    this.#database.run(
      "UPDATE process SET log = ?, log_bytes = ? WHERE sequence = ?",
      [JSON.stringify(log), bytes, sequence],
    );
  }

  /** Notes the size of a complete log that has shrunk, in bytes. */
  logShrunk(id: string, bytes: number): void {
    this.#database.run("UPDATE process SET log_bytes = ? WHERE id = ?", [bytes, id]);
  }

  /** Removes a process, and notes that its files are to be removed. */
  remove(id: string): void {
    this.#database.transaction(() => {
      this.#database.run("DELETE FROM process WHERE id = ?", [id]);
      this.#database.run("INSERT OR IGNORE INTO removal (id) VALUES (?)", [id]);
    });
  }

  /** Notes that the files of a process are gone. */
  removed(id: string): void {
    this.#database.run("DELETE FROM removal WHERE id = ?", [id]);
  }

  /** The ids of the processes whose files are to be removed. */
  get toRemove(): string[] {
    return this.#database.all("SELECT id FROM removal").map(({ id }) => String(id));
  }

  /** Finds a finished process. Returns `undefined` when there is none of that id, or it has not finished. */
  find(id: string): ProcessRecord | undefined {
    const row = this.#database.get(
      "SELECT * FROM process JOIN description USING (sequence) WHERE id = ? AND status IS NOT NULL",
      [id],
    );
    return row && toRecord(row);
  }

  /** Returns whether there is a process of that id, in any state. */
  has(id: string): boolean {
    return this.#database.get("SELECT 1 FROM process WHERE id = ?", [id]) !== undefined;
  }

  /** Finds the process that an owner's request has started; returns its id, and the digest of the request. */
  findRequest(owner: string, request: string): { id: string; digest: string } | undefined {
    const row = this.#database.get(
      "SELECT id, digest FROM process WHERE owner = ? AND request = ? AND status IS NOT NULL",
      [owner, request],
    );
    return row && { id: String(row.id), digest: String(row.digest) };
  }

  /** Returns the program and the arguments of a process. */
  args(sequence: number): string[] {
    const row = this.#database.get("SELECT args FROM description WHERE sequence = ?", [sequence]);
    return row ? JSON.parse(String(row.args)) : [];
  }

  /** Returns what its starter needs to start a process once more, if that was kept. */
  recipe(sequence: number): string | undefined {
    const row = this.#database.get("SELECT recipe FROM recipe WHERE sequence = ?", [sequence]);
    return row && String(row.recipe);
  }

  /** Yields finished processes, the newest first. The caller must not change the database meanwhile. */
  *search({ owner, before, name, idPrefix, labels = false }: Search): Generator<Candidate> {
    const values: SQLInputValue[] = [];
    const where = ["status IS NOT NULL"];
    const also = (condition: string, ...more: SQLInputValue[]) => {
      where.push(condition);
      values.push(...more);
    };
    if (before !== undefined && before !== Infinity) also("sequence < ?", before);
    if (owner !== undefined) also("owner = ?", owner);
    if (name) also("name = ? AND name <> ''", name);
    if (idPrefix) also("id >= ? AND id < ?", idPrefix, `${idPrefix}g`);
    // The planner has no statistics about the data.
    const index = idPrefix
      ? "INDEXED BY process_id"
      : owner === undefined
      ? "NOT INDEXED"
      : name
      ? "INDEXED BY process_name"
      : "INDEXED BY process_owner";
    const rows = this.#database.iterate(
      `SELECT sequence, id, name, start_time${labels ? ", labels" : ""} FROM process ${index}
       ${labels ? "JOIN description USING (sequence)" : ""}
       WHERE ${where.join(" AND ")} ORDER BY sequence DESC`,
      values,
    );
    for (const row of rows) {
      yield {
        sequence: Number(row.sequence),
        id: String(row.id),
        name: String(row.name),
        startTime: Number(row.start_time),
        labels: labels ? String(row.labels) : undefined,
      };
    }
  }

  /** Gives a user a right to a process, in place of the one before. Rights that have ended are forgotten. */
  grant(sequence: number, owner: string, { user, permission, until }: StoredGrant, now: number): void {
    this.#database.transaction(() => {
      this.#dropEnded(sequence, user, now);
      this.#database.run(
        "INSERT INTO grants (sequence, owner, user, permission, until) VALUES (?, ?, ?, ?, ?)",
        [sequence, owner, user, permission, until ?? null],
      );
    });
  }

  /** Replaces all grants of a process. */
  setGrants(sequence: number, owner: string, grants: readonly StoredGrant[]): void {
    this.#database.run("DELETE FROM grants WHERE sequence = ?", [sequence]);
    for (const grant of grants) this.grant(sequence, owner, grant, -Infinity);
  }

  /** Takes back the right of a user. Rights that have ended are forgotten. */
  revoke(sequence: number, user: string, now: number): void {
    this.#database.transaction(() => this.#dropEnded(sequence, user, now));
  }

  #dropEnded(sequence: number, user: string, now: number): void {
    this.#database.run("DELETE FROM grants WHERE sequence = ? AND (user = ? OR until <= ?)", [sequence, user, now]);
  }

  /** Returns the grants of a process. */
  grants(sequence: number): StoredGrant[] {
    return this.#database.all("SELECT user, permission, until FROM grants WHERE sequence = ?", [sequence])
      .map(({ user, permission, until }) => ({
        user: String(user),
        permission: String(permission),
        until: until === null ? undefined : Number(until),
      }));
  }

  /**
   * The processes that an earlier program has not seen to their end.
   *
   * @internal The recovery reads them.
   */
  get unfinished(): (Trace & { sequence: number; startTime: number; finished: boolean })[] {
    return this.#database.all("SELECT * FROM process WHERE log IS NULL ORDER BY sequence").map((row) => ({
      sequence: Number(row.sequence),
      id: String(row.id),
      boot: (row.boot ?? undefined) as string | undefined,
      clock: (row.clock ?? undefined) as string | undefined,
      ...numbers({ ticks: row.ticks, pid: row.pid, start: row.start, seen: row.seen }),
      startTime: Number(row.start_time),
      finished: row.status !== null,
    }));
  }

  /** The last heartbeat of the program that used the database before, if there is one. */
  get life(): { boot: string; clock: string | undefined; ticks: number } | undefined {
    const { boot, clock, ticks } = this.#database.get("SELECT boot, clock, ticks FROM life")!;
    if (boot === null || ticks === null) return undefined;
    return { boot: String(boot), clock: clock === null ? undefined : String(clock), ticks: Number(ticks) };
  }

  /** Notes a heartbeat. */
  live(boot: string, clock: string | undefined, ticks: number): void {
    this.#database.run("UPDATE life SET boot = ?, clock = ?, ticks = ?", [boot, clock ?? null, ticks]);
  }
}

function toRecord(row: Row): ProcessRecord {
  return {
    sequence: Number(row.sequence),
    id: String(row.id),
    about: {
      owner: String(row.owner),
      name: String(row.name),
      labels: JSON.parse(String(row.labels)),
      request: row.request === null ? undefined : { id: String(row.request), digest: String(row.digest) },
      note: JSON.parse(String(row.note)),
    },
    stdin: row.stdin === 1,
    terminal: row.terminal === 1,
    pid: Number(row.pid ?? 0),
    status: JSON.parse(String(row.status)),
    log: row.log === null ? undefined : JSON.parse(String(row.log)),
  };
}

function numbers<Name extends string>(row: Record<Name, SQLInputValue | undefined>): Record<Name, number | undefined> {
  const entries = Object.entries<SQLInputValue | undefined>(row);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, value === null ? undefined : Number(value)]),
  ) as Record<
    Name,
    number | undefined
  >;
}
