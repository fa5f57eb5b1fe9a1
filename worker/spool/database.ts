/**
 * The database of a spool: one SQLite file, for one program at a time.
 *
 * SQLite's own lock keeps a second program out. It ends with its holder, however that ends (locking_mode=EXCLUSIVE, which
 * also needs no shared memory for the write-ahead log). The kernel has each change before the call returns, so the change
 * outlives a SIGKILL of the program. With `synchronous=NORMAL` SQLite waits for the disk only when the write-ahead log is
 * copied back, which {@linkcode Database.checkpoint} does. A power failure may take the last changes, but leaves the database
 * whole (sqlite.org/pragma.html#pragma_synchronous).
 *
 * @module
 */
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { SpoolError } from "../errors.ts";

/** Size of the write-ahead log at which it is copied back, in bytes. */
const WAL_BYTES = 4 * 1024 * 1024;

const SCHEMA = `
  CREATE TABLE process (
    sequence INTEGER PRIMARY KEY,          -- in the order of the starts
    id TEXT NOT NULL,
    owner TEXT NOT NULL,                   -- '' is nobody
    name TEXT NOT NULL,                    -- '' is none
    request TEXT, digest TEXT,             -- the request that started it, which can be repeated
    note TEXT NOT NULL,                    -- JSON
    stdin INTEGER NOT NULL, terminal INTEGER NOT NULL,
    boot TEXT, clock TEXT, ticks INTEGER,  -- how to recognise its left-overs (left_over.ts)
    pid INTEGER, start INTEGER, seen INTEGER,
    start_time REAL NOT NULL,              -- times are in milliseconds since the Unix epoch
    finish_time REAL,                      -- NULL until it has finished
    status TEXT,                           -- JSON; NULL until it has finished
    log TEXT,                              -- JSON; NULL until its log is complete and its group gone
    log_bytes INTEGER NOT NULL DEFAULT 0,  -- size of its complete log on the disk
    bytes INTEGER NOT NULL                 -- size of its description
  ) STRICT;
  CREATE UNIQUE INDEX process_id ON process (id);
  CREATE INDEX process_owner ON process (owner, sequence);
  CREATE INDEX process_name ON process (owner, name, sequence) WHERE name <> '';
  CREATE INDEX process_request ON process (owner, request) WHERE request IS NOT NULL;
  CREATE INDEX process_live ON process (sequence) WHERE log IS NULL;
  CREATE INDEX process_age ON process (finish_time) WHERE finish_time IS NOT NULL;
  CREATE INDEX process_age_of_owner ON process (owner, finish_time) WHERE finish_time IS NOT NULL;
  CREATE INDEX process_log ON process (log_bytes) WHERE log_bytes > 0;
  CREATE INDEX process_log_of_owner ON process (owner, log_bytes) WHERE log_bytes > 0;

  -- A table apart: these texts may be long, and a change writes a whole row anew.
  CREATE TABLE description (sequence INTEGER PRIMARY KEY, labels TEXT NOT NULL, args TEXT NOT NULL) STRICT;

  CREATE TABLE grants (
    sequence INTEGER NOT NULL, owner TEXT NOT NULL, user TEXT NOT NULL, permission TEXT NOT NULL, until REAL,
    PRIMARY KEY (sequence, user)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX grants_until ON grants (until) WHERE until IS NOT NULL;

  -- The share of each owner, which the triggers below keep.
  CREATE TABLE usage (
    owner TEXT PRIMARY KEY,
    finished INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0, -- finished processes, their descriptions
    grants INTEGER NOT NULL DEFAULT 0, log_bytes INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX usage_finished ON usage (finished);
  CREATE TRIGGER process_begins AFTER INSERT ON process BEGIN
    INSERT INTO usage (owner) VALUES (NEW.owner) ON CONFLICT DO NOTHING;
    UPDATE usage SET log_bytes = log_bytes + NEW.log_bytes, finished = finished + (NEW.finish_time IS NOT NULL),
      bytes = bytes + iif(NEW.finish_time IS NULL, 0, NEW.bytes) WHERE owner = NEW.owner;
  END;
  CREATE TRIGGER process_finishes AFTER UPDATE OF finish_time ON process
    WHEN OLD.finish_time IS NULL AND NEW.finish_time IS NOT NULL BEGIN
    UPDATE usage SET finished = finished + 1, bytes = bytes + NEW.bytes WHERE owner = NEW.owner;
  END;
  CREATE TRIGGER process_log_changes AFTER UPDATE OF log_bytes ON process WHEN OLD.log_bytes <> NEW.log_bytes BEGIN
    UPDATE usage SET log_bytes = log_bytes + NEW.log_bytes - OLD.log_bytes WHERE owner = NEW.owner;
  END;
  CREATE TRIGGER process_goes AFTER DELETE ON process BEGIN
    DELETE FROM description WHERE sequence = OLD.sequence;
    DELETE FROM grants WHERE sequence = OLD.sequence;
    UPDATE usage SET log_bytes = log_bytes - OLD.log_bytes, finished = finished - (OLD.finish_time IS NOT NULL),
      bytes = bytes - iif(OLD.finish_time IS NULL, 0, OLD.bytes) WHERE owner = OLD.owner;
  END;
  CREATE TRIGGER grant_begins AFTER INSERT ON grants BEGIN
    UPDATE usage SET grants = grants + 1 WHERE owner = NEW.owner;
  END;
  CREATE TRIGGER grant_ends AFTER DELETE ON grants BEGIN
    UPDATE usage SET grants = grants - 1 WHERE owner = OLD.owner;
  END;

  -- Processes that were removed, until their files are.
  CREATE TABLE removal (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

  -- The last heartbeat of the program that uses the spool (left_over.ts), and whether it has ended in good order.
  CREATE TABLE life (
    one INTEGER PRIMARY KEY CHECK (one = 1), boot TEXT, clock TEXT, ticks INTEGER, closed INTEGER NOT NULL
  ) STRICT;
  INSERT INTO life (one, closed) VALUES (1, 1);
  PRAGMA user_version = 1;
`;

/**
 * What came after the first schema. It is added to databases that have not got it; earlier programs pass over it, and the
 * trigger works for them, too.
 */
const ADDITIONS = `
  -- What the starter needs to start a process once more. A table apart: it may be long, and is rarely read.
  CREATE TABLE IF NOT EXISTS recipe (sequence INTEGER PRIMARY KEY, recipe TEXT NOT NULL) STRICT;
  CREATE TRIGGER IF NOT EXISTS recipe_goes AFTER DELETE ON process BEGIN
    DELETE FROM recipe WHERE sequence = OLD.sequence;
  END;
`;

/** The values of a row, by the names of their columns. */
export type Row = Record<string, SQLInputValue>;

/** The database is damaged: its contents cannot be trusted. */
export class DamagedError extends Error {
  /** The name of the class. */
  override readonly name = "DamagedError";
}

/** An open database, with its statements. */
export class Database implements Disposable {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #damaged = false;
  #inTransaction = false;
  readonly #path: string;
  #closed = false;
  #checkpoint: Promise<void> | undefined;

  private constructor(database: DatabaseSync, path: string) {
    this.#database = database;
    this.#path = path;
  }

  /**
   * Opens a database, and makes it where there is none.
   *
   * @param durable Whether the database has to outlive a power failure.
   * @throws {DamagedError} When the database is damaged.
   * @throws {Error} When another program has it, or it cannot be made.
   */
  static open(path: string, durable: boolean): Database {
    const database = new Database(new DatabaseSync(path), path);
    try {
      // The first access takes the lock, and keeps it.
      database.#database.exec(`
        PRAGMA locking_mode = EXCLUSIVE;
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = ${durable ? "NORMAL" : "OFF"};
        PRAGMA secure_delete = ON; -- what was removed, such as an environment, is nowhere in the file
        PRAGMA wal_autocheckpoint = ${durable ? 0 : 1000};
      `);
      if (database.get("PRAGMA user_version")!.user_version === 0) {
        database.transaction(() => database.#database.exec(SCHEMA));
      } else database.#check();
      database.transaction(() => database.#database.exec(ADDITIONS));
      return database;
    } catch (error) {
      database.#database.close();
      throw translated(error);
    }
  }

  /** Checks a database that was not closed in good order, by reading it through. */
  #check(): void {
    if (this.get("SELECT closed FROM life")?.closed !== 1) {
      const { quick_check: found } = this.get("PRAGMA quick_check(1)")!;
      if (found !== "ok") throw new DamagedError(String(found));
    }
    this.run("UPDATE life SET closed = 0");
  }

  /** Returns the first row of a statement, if there is one. */
  get(sql: string, values: readonly SQLInputValue[] = []): Row | undefined {
    return this.#do(() => this.#statement(sql).get(...values) as Row | undefined);
  }

  /** Returns all rows of a statement. */
  all(sql: string, values: readonly SQLInputValue[] = []): Row[] {
    return this.#do(() => this.#statement(sql).all(...values) as Row[]);
  }

  /** Yields the rows of a statement. The caller must not use the database otherwise meanwhile. */
  *iterate(sql: string, values: readonly SQLInputValue[] = []): Generator<Row> {
    const rows = this.#do(() => this.#statement(sql).iterate(...values));
    try {
      for (;;) {
        const { done, value } = this.#do(() => rows.next());
        if (done) return;
        yield value as Row;
      }
    } finally {
      rows.return?.();
    }
  }

  /** Runs a statement that changes rows. */
  run(sql: string, values: readonly SQLInputValue[] = []): void {
    this.#do(() => this.#statement(sql).run(...values));
  }

  /** Makes several changes as one. Within another transaction they belong to that. */
  transaction(work: () => void): void {
    if (this.#inTransaction) return work();
    this.#do(() => {
      this.#database.exec("BEGIN");
      this.#inTransaction = true;
      try {
        work();
        this.#database.exec("COMMIT");
      } catch (error) {
        try {
          this.#database.exec("ROLLBACK");
        } catch {
          // A full disk has rolled it back already.
        }
        throw error;
      } finally {
        this.#inTransaction = false;
      }
    });
  }

  /**
   * Copies the write-ahead log back once it is long. SQLite then waits for the disk twice, and the whole program with it. So
   * most bytes are written to the disk before, in a thread.
   */
  checkpoint(): Promise<void> {
    const path = `${this.#path}-wal`; // the lock is on the other file
    if (Deno.statSync(path).size < WAL_BYTES) return Promise.resolve();
    return this.#checkpoint ??= this.#doCheckpoint(path).catch(() => {}).finally(() => this.#checkpoint = undefined);
  }

  async #doCheckpoint(path: string): Promise<void> {
    using file = await Deno.open(path);
    await file.syncData();
    if (!this.#closed) this.#do(() => this.#database.exec("PRAGMA wal_checkpoint(TRUNCATE)"));
  }

  /** Closes the database in good order. */
  [Symbol.dispose](): void {
    try {
      if (!this.#damaged) this.run("UPDATE life SET closed = 1");
    } catch {
      // The disk is full; the next program will read the database through.
    }
    this.#closed = true;
    this.#statements.clear();
    this.#database.close();
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) this.#statements.set(sql, statement = this.#database.prepare(sql));
    return statement;
  }

  #do<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (cause) {
      const error = translated(cause);
      if (error instanceof DamagedError) this.#damaged = true;
      throw error;
    }
  }
}

/** Returns an error of ours for an error of SQLite, which is recognised by its words (sqlite3_errstr). */
function translated(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof DamagedError || error instanceof SpoolError) return error;
  const { message } = error;
  if (message.includes("locked")) return new Error("another daemon uses it", { cause: error });
  if (/malformed|not a database/.test(message)) return new DamagedError(message, { cause: error });
  if (message.includes("full")) {
    return Object.assign(new Error("No space left on device", { cause: error }), { code: "ENOSPC" });
  }
  return error;
}
