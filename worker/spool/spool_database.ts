/**
 * The database of a spool directory: found, made, taken over from an older format, or saved from damage.
 *
 * @module
 */
import { basename, join } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { clock } from "../system/clock.ts";
import { DamagedError, Database } from "./database.ts";
import type { RecoveryEvent } from "./recovery.ts";
import { markOf, noteFirstSync } from "../log/segment.ts";
import { importJournal } from "./old_journal.ts";
import { NOTHING } from "./process_record.ts";
import { Records } from "./records.ts";
import { OLD_FORMAT, readFormat, writeFormat } from "./format.ts";

/** The name of the file. */
const NAME = "history.db";

/** The name of the file that a program locks which uses a spool of the format before. */
const OLD_LOCK = "lock";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** An event for the operator, and its subject. */
export type Finding = [RecoveryEvent, string];

/**
 * Opens the database of a spool; its directory has a format already.
 *
 * @throws {Error} When another program uses the spool, or the database cannot be made.
 */
export function openSpoolDatabase(directory: string, durable: boolean): { database: Database; findings: Finding[] } {
  const findings: Finding[] = [];
  const path = join(directory, NAME);
  makePrivate(path);
  const database = openOrSave(path, durable, findings);
  try {
    const records = new Records(database);
    if (readFormat(directory) === OLD_FORMAT) takeOver(directory, database, records, findings);
    finishRemovals(directory, records);
    adopt(directory, records, findings);
    return { database, findings };
  } catch (error) {
    database[Symbol.dispose]();
    throw error;
  }
}

/**
 * Returns whether another program uses a spool. The program that uses it must not ask: closing the file would let go of its
 * lock.
 *
 * @throws {Error} When the database may not be written.
 */
export function isInUse(directory: string): boolean {
  const lock = join(directory, OLD_LOCK);
  if (exists(lock) && !mayLock(lock)) return true;
  const path = join(directory, NAME);
  if (!exists(path)) return false;
  Deno.openSync(path, { read: true, write: true }).close(); // SQLite would read it all the same
  const database = new DatabaseSync(path);
  try {
    database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE; ROLLBACK");
    return false;
  } catch (error) {
    return String(error).includes("locked");
  } finally {
    database.close();
  }
}

/** Returns whether nobody holds the lock of a spool of the format before. */
function mayLock(path: string): boolean {
  using lock = Deno.openSync(path, { read: true, write: true });
  return lock.tryLockSync(true);
}

/** Makes a private file, before SQLite makes one that others may read. */
function makePrivate(path: string): void {
  try {
    Deno.writeFileSync(path, new Uint8Array(), { createNew: true, mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
}

/** Opens a database. A damaged one is put aside, and its readable rows are taken over: better some rows than no daemon. */
function openOrSave(path: string, durable: boolean, findings: Finding[]): Database {
  try {
    return Database.open(path, durable);
  } catch (error) {
    if (!(error instanceof DamagedError)) throw error;
  }
  const aside = `${path}.damaged-${new Date(clock.now()).toISOString().replaceAll(":", "-")}`;
  for (const end of ["", "-wal"]) {
    try {
      Deno.renameSync(path + end, aside + end);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  makePrivate(path);
  const database = Database.open(path, durable);
  salvage(aside, database);
  findings.push(["database-damaged", basename(aside)]);
  return database;
}

/** Takes over the rows that can be read: from the first one on, and from the last one back. */
function salvage(path: string, database: Database): void {
  let damaged: DatabaseSync | undefined;
  try {
    damaged = new DatabaseSync(path);
    damaged.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA writable_schema = ON");
    for (const table of ["process", "description", "grants", "recipe"]) {
      for (const order of ["ASC", "DESC"]) copyRows(damaged, table, order, database);
    }
    database.run("DELETE FROM process WHERE sequence NOT IN (SELECT sequence FROM description)");
    database.run("DELETE FROM description WHERE sequence NOT IN (SELECT sequence FROM process)");
    for (const table of ["grants", "recipe"]) {
      database.run(`DELETE FROM ${table} WHERE sequence NOT IN (SELECT sequence FROM process)`);
    }
  } catch {
    // No more of it can be read.
  } finally {
    damaged?.close();
  }
}

function copyRows(damaged: DatabaseSync, table: string, order: string, database: Database): void {
  try {
    for (const row of damaged.prepare(`SELECT * FROM ${table} NOT INDEXED ORDER BY sequence ${order}`).iterate()) {
      const columns = Object.keys(row);
      try {
        database.run(
          `INSERT OR IGNORE INTO ${table} (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`,
          Object.values(row) as SQLInputValue[],
        );
      } catch {
        // The row is damaged.
      }
    }
  } catch {
    // The rest of the table cannot be read from this end.
  }
}

/** Takes over a spool of the previous format, once. */
function takeOver(directory: string, database: Database, records: Records, findings: Finding[]): void {
  using lock = Deno.openSync(join(directory, OLD_LOCK), { create: true, read: true, write: true, mode: 0o600 });
  if (!lock.tryLockSync(true)) throw new Error("another daemon uses it");
  const journal = join(directory, "journal");
  if (records.next === 0 && exists(journal)) {
    let damaged = 0;
    database.transaction(() => {
      damaged = importJournal(journal, records, (id) => {
        noteBeginning(join(directory, id));
        return logBytes(join(directory, id));
      });
    });
    findings.push(["spool-imported", `${damaged} damaged records`]);
  }
  writeFormat(directory);
  for (const name of ["journal", "journal.new", OLD_LOCK]) removeIfExists(join(directory, name));
}

/** Finishes the removals that an earlier program has begun. */
function finishRemovals(directory: string, records: Records): void {
  for (const id of records.toRemove) {
    removeIfExists(join(directory, id));
    records.removed(id);
  }
}

/**
 * Adopts directories that the database does not know: it was damaged, or their program was killed before it had noted
 * them. A directory with output becomes a lost process without an owner, so that it is seen, and expires like others.
 */
function adopt(directory: string, records: Records, findings: Finding[]): void {
  for (const { name, isDirectory } of Deno.readDirSync(directory)) {
    if (!isDirectory || records.has(name)) continue;
    const path = join(directory, name);
    if (UUID.test(name) && logBytes(path) === 0) {
      Deno.removeSync(path, { recursive: true });
      continue;
    }
    findings.push(["directory-unknown", name]);
    if (!UUID.test(name)) continue;
    const startTime = Deno.statSync(path).birthtime?.getTime() ?? clock.now();
    const nothing = { args: [], stdin: false, terminal: false, startTime, about: NOTHING };
    records.begin(records.next, { id: name, ...nothing }, {});
  }
}

/** Notes where a log of the previous format begins: all that is missing before its first segment was dropped. */
function noteBeginning(directory: string): void {
  if (!exists(directory)) return;
  const begins = [...Deno.readDirSync(directory)].flatMap(({ name }) => markOf(name)?.mark ?? []);
  const first = begins.toSorted((one, other) => one.position - other.position)[0];
  if (first && first.position > 0) noteFirstSync(directory, first);
}

/** Returns the size of the segments of a log, in bytes. */
function logBytes(directory: string): number {
  if (!exists(directory)) return 0;
  let bytes = 0;
  for (const { name } of Deno.readDirSync(directory)) {
    if (markOf(name)) bytes += Deno.statSync(join(directory, name)).size;
  }
  return bytes;
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function removeIfExists(path: string): void {
  if (exists(path)) Deno.removeSync(path, { recursive: true });
}
