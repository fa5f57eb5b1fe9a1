/**
 * What is known of the processes of a spool, as rows of its database.
 *
 * @module
 */
import type { SQLInputValue } from "node:sqlite";
import type { Database, Row } from "./database.ts";
import type { Trace } from "./left_over.ts";
import type { LogSummary } from "../log/log.ts";
import type { FinishedStatus } from "../process/status.ts";

/** What a description costs beside its texts, in bytes: the rows and their indexes. */
const ROW_BYTES = 512;

/** What the starter of a process says of it. */
export interface About {
  /** Whose it is, in the starter's terms; empty is nobody. Logs of an owner share a limit of the spool. */
  readonly owner: string;
  /** Empty if it has none. */
  readonly name: string;
  /** Any texts by their keys. */
  readonly labels: Readonly<Record<string, string>>;
  /** What makes the start safe to repeat: the owner's text, and a digest of all that was asked for. */
  readonly request?: { readonly id: string; readonly digest: string } | undefined;
  /** Any JSON. */
  readonly note?: unknown;
}

/** Nobody's process, without a name. */
export const NOTHING: About = { owner: "", name: "", labels: {} };

/** What is known of a process before it is started. */
export interface Beginning {
  /** Its id. */
  readonly id: string;
  /** The program and its arguments. */
  readonly args: readonly string[];
  /** Whether it gets a stdin. */
  readonly stdin: boolean;
  /** Whether it gets a terminal. */
  readonly terminal: boolean;
  /** In milliseconds since the Unix epoch. */
  readonly startTime: number;
  /** What its starter says of it. */
  readonly about: About;
}

/** What somebody else may do with a process, in the owner's terms. */
export interface StoredGrant {
  /** Who. */
  readonly user: string;
  /** What. */
  readonly permission: string;
  /** Until when, in milliseconds since the Unix epoch; `undefined` is until it is taken back. */
  readonly until: number | undefined;
}

/** A finished process, as the database has it. Its arguments are read by themselves, for they may be long. */
export interface ProcessRecord {
  /** Larger for a process that was started later. */
  readonly sequence: number;
  /** Its id. */
  readonly id: string;
  /** What its starter has said of it. */
  readonly about: About;
  /** Whether it had a stdin. */
  readonly stdin: boolean;
  /** Whether it had a terminal. */
  readonly terminal: boolean;
  /** The process id of its leader; 0 if it is not known whether it was started at all. */
  readonly pid: number;
  /** How it ended. */
  readonly status: FinishedStatus;
  /** What is known of its log, once that is complete. */
  readonly log: LogSummary | undefined;
}

/** What is looked at to find finished processes. */
export interface Candidate {
  /** Larger for a process that was started later. */
  readonly sequence: number;
  /** Its id. */
  readonly id: string;
  /** Empty if it has none. */
  readonly name: string;
  /** In milliseconds since the Unix epoch. */
  readonly startTime: number;
  /** As JSON, if they are wanted. */
  readonly labels: string | undefined;
}

/** Where to look for finished processes. */
export interface Search {
  /** Of one owner; `undefined` is of all. */
  readonly owner?: string | undefined;
  /** With smaller sequence numbers. */
  readonly before?: number | undefined;
  /** With this name. */
  readonly name?: string | undefined;
  /** With an id that begins so. */
  readonly idPrefix?: string | undefined;
  /** Whether the labels are wanted. */
  readonly labels?: boolean | undefined;
}

/** What an owner has in the database. */
export interface Usage {
  /** How many finished processes. */
  readonly finished: number;
  /** Bytes of the descriptions of these. */
  readonly bytes: number;
  /** How many grants. */
  readonly grants: number;
}

/** A finished process, and what its removal gives back. */
export interface Removable {
  /** Its id. */
  readonly id: string;
  /** Of its description. */
  readonly bytes: number;
}

/** How many bytes the description of a process counts for. */
export function descriptionBytes(args: readonly string[], { name, labels, request, note }: About): number {
  return ROW_BYTES + bytesOf([args, name, labels, request, note]);
}

/** The processes in a database. */
export class Records {
  readonly #database: Database;

  /** Over an open database. */
  constructor(database: Database) {
    this.#database = database;
  }

  /** The next sequence number. */
  get next(): number {
    return Number(this.#database.get("SELECT max(sequence) AS last FROM process")!.last ?? -1) + 1;
  }

  /** Adds a process that is about to be started. */
  begin(sequence: number, { id, args, stdin, terminal, startTime, about }: Beginning, trace: Omit<Trace, "id">): void {
    const { owner, name, labels, request, note } = about;
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
    });
  }

  /** It has been started. */
  started(sequence: number, pid: number, start: number | undefined, startTime: number): void {
    this.#database.run(
      "UPDATE process SET pid = ?, start = ?, start_time = ? WHERE sequence = ?",
      [pid, start ?? null, startTime, sequence],
    );
  }

  /** Its leader has exited. */
  finished(sequence: number, status: FinishedStatus, seen: number | undefined): void {
    this.#database.run(
      "UPDATE process SET status = ?, finish_time = ?, seen = ? WHERE sequence = ?",
      [JSON.stringify(status), status.finishTime, seen ?? null, sequence],
    );
  }

  /** Its log is complete, and has so many bytes on the disk. */
  ended(sequence: number, log: LogSummary, bytes: number): void {
    this.#database.run(
      "UPDATE process SET log = ?, log_bytes = ? WHERE sequence = ?",
      [JSON.stringify(log), bytes, sequence],
    );
  }

  /** Bytes of its complete log have changed. */
  logShrunk(id: string, bytes: number): void {
    this.#database.run("UPDATE process SET log_bytes = ? WHERE id = ?", [bytes, id]);
  }

  /** Takes a process out, and notes that its files are to be removed. */
  remove(id: string): void {
    this.#database.transaction(() => {
      this.#database.run("DELETE FROM process WHERE id = ?", [id]);
      this.#database.run("INSERT OR IGNORE INTO removal (id) VALUES (?)", [id]);
    });
  }

  /** The files of a process are gone. */
  removed(id: string): void {
    this.#database.run("DELETE FROM removal WHERE id = ?", [id]);
  }

  /** The ids of those whose files are to be removed. */
  get toRemove(): string[] {
    return this.#database.all("SELECT id FROM removal").map(({ id }) => String(id));
  }

  /** A finished process; `undefined` when there is none of that id, or it has not finished. */
  find(id: string): ProcessRecord | undefined {
    const row = this.#database.get(
      "SELECT * FROM process JOIN description USING (sequence) WHERE id = ? AND status IS NOT NULL",
      [id],
    );
    return row && toRecord(row);
  }

  /** Whether there is a process of that id, in any state. */
  has(id: string): boolean {
    return this.#database.get("SELECT 1 FROM process WHERE id = ?", [id]) !== undefined;
  }

  /** The id of the process that an owner's request has started, and the digest of the request. */
  findRequest(owner: string, request: string): { id: string; digest: string } | undefined {
    const row = this.#database.get(
      "SELECT id, digest FROM process WHERE owner = ? AND request = ? AND status IS NOT NULL",
      [owner, request],
    );
    return row && { id: String(row.id), digest: String(row.digest) };
  }

  /** What a process was started with. */
  args(sequence: number): string[] {
    const row = this.#database.get("SELECT args FROM description WHERE sequence = ?", [sequence]);
    return row ? JSON.parse(String(row.args)) : [];
  }

  /** Finished processes, the newest first. They have to be taken in one go. */
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
    // The planner knows nothing of the data.
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

  /** What an owner has. */
  usage(owner: string): Usage {
    const row = this.#database.get("SELECT finished, bytes, grants FROM usage WHERE owner = ?", [owner]);
    return row
      ? { finished: Number(row.finished), bytes: Number(row.bytes), grants: Number(row.grants) }
      : { finished: 0, bytes: 0, grants: 0 };
  }

  /** How many processes of all owners have finished. */
  get finishedCount(): number {
    return Number(this.#database.get("SELECT sum(finished) AS count FROM usage")!.count ?? 0);
  }

  /** The owners that have more finished processes than so many, or more bytes of their descriptions. */
  above(finished: number, bytes: number): string[] {
    return this.#database.all("SELECT owner FROM usage WHERE finished > ? OR bytes > ?", [finished, bytes])
      .map(({ owner }) => String(owner));
  }

  /** The owner who has the most finished processes. */
  get fullest(): string | undefined {
    const row = this.#database.get("SELECT owner FROM usage WHERE finished > 0 ORDER BY finished DESC LIMIT 1");
    return row && String(row.owner);
  }

  /** The processes of an owner that finished first. */
  oldest(owner: string, most: number): Removable[] {
    return this.#removable("owner = ? AND finish_time IS NOT NULL ORDER BY finish_time LIMIT ?", owner, most);
  }

  /** Those that finished at that time or earlier, the first ones first. */
  finishedUntil(time: number, most: number): Removable[] {
    return this.#removable("finish_time <= ? ORDER BY finish_time LIMIT ?", time, most);
  }

  #removable(where: string, ...values: SQLInputValue[]): Removable[] {
    return this.#database.all(`SELECT id, bytes FROM process WHERE ${where}`, values)
      .map(({ id, bytes }) => ({ id: String(id), bytes: Number(bytes) }));
  }

  /** Lets somebody do something with a process, in place of what they could before. What has ended goes. */
  grant(sequence: number, owner: string, { user, permission, until }: StoredGrant, now: number): void {
    this.#database.transaction(() => {
      this.#dropEnded(sequence, user, now);
      this.#database.run(
        "INSERT INTO grants (sequence, owner, user, permission, until) VALUES (?, ?, ?, ?, ?)",
        [sequence, owner, user, permission, until ?? null],
      );
    });
  }

  /** Has just these grants on a process. */
  setGrants(sequence: number, owner: string, grants: readonly StoredGrant[]): void {
    this.#database.run("DELETE FROM grants WHERE sequence = ?", [sequence]);
    for (const grant of grants) this.grant(sequence, owner, grant, -Infinity);
  }

  /** Takes back what somebody could do with a process. What has ended goes. */
  revoke(sequence: number, user: string, now: number): void {
    this.#database.transaction(() => this.#dropEnded(sequence, user, now));
  }

  #dropEnded(sequence: number, user: string, now: number): void {
    this.#database.run("DELETE FROM grants WHERE sequence = ? AND (user = ? OR until <= ?)", [sequence, user, now]);
  }

  /** Forgets the grants that have ended, at most so many. */
  dropEndedGrants(now: number, most: number): void {
    this.#database.run(
      "DELETE FROM grants WHERE (sequence, user) IN (SELECT sequence, user FROM grants WHERE until <= ? LIMIT ?)",
      [now, most],
    );
  }

  /** What others may do with a process. */
  grants(sequence: number): StoredGrant[] {
    return this.#database.all("SELECT user, permission, until FROM grants WHERE sequence = ?", [sequence])
      .map(({ user, permission, until }) => ({
        user: String(user),
        permission: String(permission),
        until: until === null ? undefined : Number(until),
      }));
  }

  /** Bytes of all complete logs, or of those of an owner. */
  logBytes(owner?: string): number {
    const row = owner === undefined
      ? this.#database.get("SELECT sum(log_bytes) AS bytes FROM usage")
      : this.#database.get("SELECT log_bytes AS bytes FROM usage WHERE owner = ?", [owner]);
    return Number(row?.bytes ?? 0);
  }

  /** The largest complete log, or that of an owner. */
  largestLog(owner?: string): { id: string; bytes: number } | undefined {
    const row = owner === undefined
      ? this.#database.get("SELECT id, log_bytes FROM process WHERE log_bytes > 0 ORDER BY log_bytes DESC LIMIT 1")
      : this.#database.get(
        "SELECT id, log_bytes FROM process WHERE owner = ? AND log_bytes > 0 ORDER BY log_bytes DESC LIMIT 1",
        [owner],
      );
    return row && { id: String(row.id), bytes: Number(row.log_bytes) };
  }

  /** Those that an earlier program has not seen to their end. */
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

  /** The last sign of life of whoever has used the database, if there is one. */
  get life(): { boot: string; clock: string | undefined; ticks: number } | undefined {
    const { boot, clock, ticks } = this.#database.get("SELECT boot, clock, ticks FROM life")!;
    if (boot === null || ticks === null) return undefined;
    return { boot: String(boot), clock: clock === null ? undefined : String(clock), ticks: Number(ticks) };
  }

  /** Leaves a sign of life. */
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

function bytesOf(value: unknown): number {
  if (typeof value === "string") return new TextEncoder().encode(value).length;
  if (typeof value !== "object" || value === null) return 0;
  return Object.entries(value).reduce((sum, [key, value]) => sum + key.length + 8 + bytesOf(value), 0);
}
