import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type AnyViewTable, fingerprintOf, type ViewDefinition } from "./definition.ts";

/** A name as SQL takes it. */
export const quoted = (name: string): string => `"${name}"`;

/**
 * One table, from all its entries. It has row ids, so that rows stand in the order of their arrival and may
 * fill a page: in a table without them they come in the order of keys, and each of more than 1 kB takes a
 * page of its own.
 */
const tableSql = (name: string, entries: readonly AnyViewTable[]): string => {
  const lines = entries.flatMap(({ columns, derived }) => [
    ...Object.entries(columns as Readonly<Record<string, string>>).map(
      ([column, type]) => `, ${quoted(column)} ${type === "sealed" ? "text" : type}`,
    ),
    ...Object.entries(derived ?? {}).map(
      ([column, { type, sql }]) => `, ${quoted(column)} ${type} GENERATED ALWAYS AS (${sql}) STORED`,
    ),
  ]);
  return `CREATE TABLE ${quoted(name)} (key TEXT PRIMARY KEY${lines.join("")}) STRICT;`;
};

const tablesSql = ({ tables }: ViewDefinition): string =>
  [...Map.groupBy(tables, ({ name }) => name)].map(([name, entries]) => tableSql(name, entries)).join("");

/** The indexes of a table; made when the rows are there, which is quicker than row by row. */
export const indexSql = ({ name, indexes }: AnyViewTable): string =>
  indexes
    .map((list) => {
      const index = quoted(`${name}_by_${list.join("_")}`);
      return `CREATE INDEX ${index} ON ${quoted(name)} (${list.map(quoted).join(", ")});`;
    })
    .join("");

const countSql = (table: string, list: readonly string[]): string => {
  const [name, columns] = [`${table}_counted_by_${list.join("_")}`, list.map(quoted).join(", ")];
  const [counted, rows] = [quoted(name), quoted(table)];
  const of = (row: string): string => list.map((column) => `${row}.${quoted(column)}`).join(", ");
  // Values may be null, which no unique index takes for equal: their text as JSON is the key.
  const adds = (row: string, n: number): string =>
    `INSERT INTO ${counted} SELECT json_array(${of(row)}), ${of(row)}, ${n} WHERE true ` +
    "ON CONFLICT (place) DO UPDATE SET n = n + excluded.n;";
  const trigger = (when: string, acts: string): string =>
    `CREATE TRIGGER ${quoted(`${name}_${when.slice(0, 6)}`)} AFTER ${when} BEGIN ${acts} END;`;
  return [
    `CREATE TABLE ${counted} (place TEXT PRIMARY KEY, ${columns}, n INTEGER) WITHOUT ROWID;`,
    `INSERT INTO ${counted} SELECT json_array(${columns}), ${columns}, count(*) FROM ${rows} ` +
      `GROUP BY ${columns};`,
    trigger(`INSERT ON ${rows}`, adds("NEW", 1)),
    trigger(`DELETE ON ${rows}`, adds("OLD", -1)),
    trigger(
      `UPDATE ON ${rows} WHEN (${of("OLD")}) IS NOT (${of("NEW")})`,
      `${adds("OLD", -1)} ${adds("NEW", 1)}`,
    ),
  ].join("");
};

/** The counts of a table as it is now, and what keeps them; made when the rows are there, as indexes are. */
export const countsSql = ({ name, counts = [] }: AnyViewTable): string =>
  counts.map((list) => countSql(name, list)).join("");

const ownSql = `
  CREATE TABLE view_meta (fingerprint TEXT, epoch TEXT, built INTEGER);
  CREATE TABLE view_offsets (
    topic TEXT, partition INTEGER, next INTEGER, PRIMARY KEY (topic, partition)
  ) WITHOUT ROWID;
  CREATE TABLE view_changes (seq INTEGER PRIMARY KEY AUTOINCREMENT, tbl TEXT, key TEXT);`;

/** Removes the file and what SQLite keeps beside it. */
export const removeFile = (path: string): void => {
  for (const end of ["", "-wal", "-shm"]) rmSync(`${path}${end}`, { force: true });
};

const connect = (path: string): DatabaseSync => {
  const db = new DatabaseSync(path, { timeout: 5_000 });
  try {
    db.exec("PRAGMA journal_mode = WAL;");
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
};

/** SQLITE_CORRUPT and SQLITE_NOTADB (sqlite.org/rescode.html). */
export const isDamage = (error: unknown): boolean => {
  const { errcode } = error as { readonly errcode?: number };
  return errcode === 11 || errcode === 26;
};

/** While it is made the disk is not waited for, so a file that is not finished may have lost its power. */
const isWhole = (db: DatabaseSync): boolean =>
  db.prepare("SELECT built FROM view_meta").get()?.["built"] === 1 ||
  db.prepare("PRAGMA quick_check(1)").get()?.["quick_check"] === "ok";

const fits = (db: DatabaseSync, fingerprint: string): boolean => {
  const known = db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'view_meta'").get();
  return (
    known !== undefined &&
    db.prepare("SELECT fingerprint FROM view_meta").get()?.["fingerprint"] === fingerprint
  );
};

const create = (db: DatabaseSync, definition: ViewDefinition, fingerprint: string): void => {
  db.exec(`BEGIN IMMEDIATE;${ownSql}${tablesSql(definition)}`);
  db.prepare("INSERT INTO view_meta VALUES (?, ?, 0)").run(fingerprint, randomUUID());
  db.exec("COMMIT");
};

const openFitting = (path: string, fingerprint: string): DatabaseSync | undefined => {
  let db: DatabaseSync | undefined;
  try {
    db = connect(path);
    if (fits(db, fingerprint) && isWhole(db)) return db;
  } catch (error) {
    // Nothing of it is needed.
    if (!isDamage(error)) throw error;
  }
  db?.close();
  return undefined;
};

/** Opens the file, or rebuilds it where it is missing, damaged or made by another definition. */
export const openFile = (definition: ViewDefinition, path: string): DatabaseSync => {
  mkdirSync(dirname(path), { recursive: true });
  const fingerprint = fingerprintOf(definition);
  const fitting = openFitting(path, fingerprint);
  if (fitting) return fitting;
  removeFile(path);
  const db = connect(path);
  create(db, definition, fingerprint);
  return db;
};
