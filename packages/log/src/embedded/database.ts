import { closeSync, mkdirSync, openSync, realpathSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ConfigError } from "@hybrid/kernel";
import { CorruptLogError } from "../errors.ts";
import { logErrorOf } from "./sqlite-errors.ts";

// "HyLg": tells our files from other SQLite files (https://sqlite.org/fileformat.html, offset 68).
const applicationId = 0x48794c67;
// 1 kept the records of all slots in one table.
const schemaVersion = 2;

const schema = `
  CREATE TABLE life (one INTEGER PRIMARY KEY CHECK (one = 1), closed INTEGER NOT NULL);
  CREATE TABLE topic (
    name TEXT PRIMARY KEY, first_slot INTEGER NOT NULL, partitions INTEGER NOT NULL,
    cleanup TEXT NOT NULL, retention_ms INTEGER, crc INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE slot (
    slot INTEGER PRIMARY KEY, start_offset INTEGER NOT NULL, next_offset INTEGER NOT NULL,
    crc INTEGER NOT NULL
  );
  CREATE TABLE owner (
    service TEXT NOT NULL, partition INTEGER NOT NULL, epoch INTEGER NOT NULL, position TEXT,
    journal_slot INTEGER NOT NULL, checkpoint_slot INTEGER NOT NULL, journal_next INTEGER NOT NULL,
    crc INTEGER NOT NULL, PRIMARY KEY (service, partition)
  ) WITHOUT ROWID;
  CREATE TABLE group_holder (service TEXT PRIMARY KEY, holder TEXT) WITHOUT ROWID;
  INSERT INTO life VALUES (1, 0);
`;

const openWaitMs = 5_000;

/** Sets how long SQLite waits for another process's lock, in milliseconds; it holds the event loop. */
export const waitForLock = (db: DatabaseSync, ms: number): void => db.exec(`PRAGMA busy_timeout = ${ms}`);

/** An open file, and whether its last user ended without closing it. */
export interface OpenedDatabase {
  readonly db: DatabaseSync;
  /** The file's real path; the same for every way to name it. */
  readonly file: string;
  readonly unclean: boolean;
}

/** The first column of the first row of a query or pragma. */
export const scalar = (db: DatabaseSync, sql: string): unknown =>
  Object.values(db.prepare(sql).get() ?? {})[0];

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

const refuseForeign = (db: DatabaseSync, file: string): boolean => {
  const id = scalar(db, "PRAGMA application_id");
  const version = Number(scalar(db, "PRAGMA user_version"));
  if (id === 0 && version === 0 && scalar(db, "SELECT count(*) FROM sqlite_schema") === 0) return false;
  if (id !== applicationId)
    throw new ConfigError(`log file ${file}`, [
      "it is a SQLite file of something else: name another path for the log",
    ]);
  if (version > schemaVersion)
    throw new ConfigError(`log file ${file}`, [
      `it was written by a newer release (format ${version}, this one knows ${schemaVersion}): use it`,
    ]);
  if (version < 1) throw new CorruptLogError(`log file ${file} is damaged: its format version is ${version}`);
  if (version < schemaVersion)
    throw new ConfigError(`log file ${file}`, [
      `it was written by an older release (format ${version}, this one knows ${schemaVersion} alone): ` +
        "go on with that release, or name another path for a new log",
    ]);
  return true;
};

const create = (db: DatabaseSync, file: string): void => {
  db.exec("BEGIN IMMEDIATE");
  // Another process may have created it while we waited for the lock.
  if (!refuseForeign(db, file))
    db.exec(`${schema} PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${schemaVersion};`);
  db.exec("COMMIT");
};

/** What the settings say of the file itself. */
export interface DatabaseSettings {
  readonly bytesMax?: number | undefined;
  readonly synced?: boolean | undefined;
}

const configure = (db: DatabaseSync, { bytesMax, synced }: DatabaseSettings): void => {
  const synchronous = synced === false ? "NORMAL" : "FULL";
  db.exec(`PRAGMA synchronous = ${synchronous}; PRAGMA cache_size = -32000; PRAGMA foreign_keys = OFF`);
  if (bytesMax === undefined) return;
  const pageBytes = Number(scalar(db, "PRAGMA page_size"));
  db.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(bytesMax / pageBytes))}`);
};

const open = (path: string, settings: DatabaseSettings): OpenedDatabase => {
  const inMemory = path === ":memory:";
  if (!inMemory) mkdirSync(dirname(path), { recursive: true });
  // Left behind by a process that ended without closing; has to be asked before SQLite recovers it.
  const walBytes = inMemory ? 0 : sizeOf(`${path}-wal`);
  const isNew = inMemory || sizeOf(path) === 0;
  // For nobody else to read: SQLite would make it readable for all; WAL and shared memory take over its mode.
  if (!inMemory) closeSync(openSync(path, "a", 0o600));
  const db = new DatabaseSync(path, { timeout: openWaitMs });
  try {
    if (!isNew) refuseForeign(db, path);
    db.exec("PRAGMA journal_mode = WAL");
    configure(db, settings);
    // A file that is in use must open without the lock that its writers want.
    if (isNew || !refuseForeign(db, path)) create(db, path);
    const unclean = !isNew && (walBytes > 0 || scalar(db, "SELECT closed FROM life") !== 1);
    return { db, file: inMemory ? path : realpathSync(path), unclean };
  } catch (error) {
    db.close();
    throw error;
  }
};

/**
 * Opens or creates the file in WAL mode, its commits synced unless `synced` is false. `bytesMax` bounds the
 * main file. Throws ConfigError for a file that is not ours or of another release, CorruptLogError for a
 * damaged one, and LogUnavailableError when it cannot be opened.
 */
export const openDatabase = (path: string, settings: DatabaseSettings = {}): OpenedDatabase => {
  try {
    return open(path, settings);
  } catch (error) {
    throw logErrorOf(error, path);
  }
};

/** Notes that the file is in use, so that the next opening knows whether it was closed. In a transaction. */
export const markOpen = (db: DatabaseSync): void => db.exec("UPDATE life SET closed = 0");

/** Whether somebody has opened the file and not closed it. */
export const isMarkedOpen = (db: DatabaseSync): boolean => scalar(db, "SELECT closed FROM life") === 0;

/** Carries that note from the WAL, which may get lost, to the main file. Throws the log's errors. */
export const keepMark = ({ db, file }: OpenedDatabase): void => {
  try {
    if (file !== ":memory:") db.exec("PRAGMA wal_checkpoint(PASSIVE)");
  } catch (error) {
    throw logErrorOf(error, file);
  }
};

/** Notes that the last user closed the file in good order. */
export const markClosed = (db: DatabaseSync): void => db.exec("UPDATE life SET closed = 1");
