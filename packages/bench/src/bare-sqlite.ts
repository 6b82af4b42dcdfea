import { DatabaseSync } from "node:sqlite";
import type { Commit } from "@hybrid/log";

/** The same writes without us: one SQLite file, prepared statements, nothing else. */
export interface BareSqlite {
  /** One transaction, durable on return; `stamp` makes every value a new one. */
  write(commit: Commit, stamp: number): void;
  close(): void;
}

// The cache, the WAL's length and the sync are the embedded log's, so that only our own work differs.
const schema = `
  PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
  PRAGMA cache_size = -32000; PRAGMA wal_autocheckpoint = 10000;
  CREATE TABLE journal (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL);
  CREATE TABLE output (
    id INTEGER PRIMARY KEY, topic TEXT NOT NULL, partition INTEGER NOT NULL, at INTEGER NOT NULL,
    key TEXT, value BLOB
  );
  CREATE TABLE checkpoint (key TEXT PRIMARY KEY, value BLOB NOT NULL);
  CREATE TABLE position (partition INTEGER PRIMARY KEY, position TEXT NOT NULL);
`;

/** Changes bytes of the state in place: SQLite skips the pages of rows that do not change. */
const stamped = (value: Uint8Array, stamp: number): Uint8Array => {
  const view = new DataView(value.buffer, value.byteOffset, value.length);
  for (let at = 60; at + 4 <= value.length; at += 64) view.setUint32(at, stamp);
  return value;
};

/** Creates the file. */
export const openBareSqlite = (path: string): BareSqlite => {
  const db = new DatabaseSync(path);
  db.exec(schema);
  const journal = db.prepare("INSERT INTO journal (at, key, value) VALUES (?, ?, ?)");
  const output = db.prepare("INSERT INTO output (topic, partition, at, key, value) VALUES (?, ?, ?, ?, ?)");
  const checkpoint = db.prepare(
    "INSERT INTO checkpoint (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
  );
  const position = db.prepare("INSERT OR REPLACE INTO position (partition, position) VALUES (?, ?)");
  return {
    write(commit, stamp) {
      const { at } = commit.position;
      db.exec("BEGIN IMMEDIATE");
      for (const { key, value } of commit.journal) journal.run(at, key, stamped(value, stamp));
      for (const { topic, partition, key, value } of commit.outputs)
        output.run(topic, partition, at, key, value);
      for (const { key, value } of commit.checkpoint)
        if (value !== null) checkpoint.run(key, stamped(value, stamp));
      position.run(stamp % 8, JSON.stringify(commit.position));
      db.exec("COMMIT");
    },
    close: () => db.close(),
  };
};
