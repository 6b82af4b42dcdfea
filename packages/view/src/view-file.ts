import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { Sealed } from "@hybrid/kernel";
import type { AnyViewTable, ViewDefinition } from "./definition.ts";
import { countsSql, indexSql, openFile, quoted, removeFile } from "./open-file.ts";

/** A value of a column. */
export type Cell = string | number | null;

/** One change of one table: a key got a row, or lost it. */
export interface RowChange {
  readonly table: string;
  /** Of the entry that fills the columns. */
  readonly topic: string;
  readonly key: string;
  /** Null: the key has no row any more. */
  readonly row: Readonly<Record<string, Cell | Sealed<unknown>>> | null;
  /** Of rows for records: whose they are, and how many of them stay. */
  readonly keep?: { readonly of: string; readonly rows: number };
}

/** Records of a partition, applied: what they changed, and where reading goes on. */
export interface AppliedPage {
  readonly topic: string;
  readonly partition: number;
  /** Where reading stood before. */
  readonly offset: number;
  readonly nextOffset: number;
  readonly changes: readonly RowChange[];
}

/** Another process writes to the same file; each would undo the other's rows. */
export class ViewInUseError extends Error {
  override readonly name = "ViewInUseError";
}

/** Changes that a file keeps for those who come back; older ones are forgotten. */
export const changesKept = 100_000;

/** Prepared queries of callers, at most. */
const queriesMax = 200;

/** Rows of the list of changes that may stand beyond that before they are taken away together. */
const trimEvery = 10_000;

const whenBuilt = { synchronous: "NORMAL", cacheKibibytes: 2_000, copiedPages: 4_000 };
/** A page that changes again and again is copied out of the WAL as seldom as that may be. */
const whileMade = { synchronous: "OFF", cacheKibibytes: 65_536, copiedPages: 16_000 };

interface Statements {
  readonly columns: readonly string[];
  readonly upsert: StatementSync;
  /** Takes the row away, or this entry's columns of it. */
  readonly remove: StatementSync;
  /** Takes a row away in which no entry has anything; undefined where there is one entry alone. */
  readonly sweep: StatementSync | undefined;
  readonly trim: StatementSync;
}

/** A value as its file has it: what is sealed, closed, as JSON. */
const stored = (value: Cell | Sealed<unknown> | undefined): Cell =>
  typeof value === "object" && value !== null ? JSON.stringify(value) : (value ?? null);

const columnNames = ({ columns }: AnyViewTable): readonly string[] => Object.keys(columns as object);

/** What takes a row away: of several entries, the last one that goes. */
const removals = (
  db: DatabaseSync,
  table: AnyViewTable,
  all: readonly string[],
): Pick<Statements, "remove" | "sweep"> => {
  const [name, own] = [quoted(table.name), columnNames(table)];
  if (all.length === own.length)
    return { remove: db.prepare(`DELETE FROM ${name} WHERE key = ?`), sweep: undefined };
  const empty = all.map((column) => `${quoted(column)} IS NULL`).join(" AND ");
  const nothing = own.map((column) => `${quoted(column)} = NULL`).join(", ");
  return {
    remove: db.prepare(`UPDATE ${name} SET ${nothing} WHERE key = ?`),
    sweep: db.prepare(`DELETE FROM ${name} WHERE key = ? AND ${empty}`),
  };
};

const statementsOf = (db: DatabaseSync, table: AnyViewTable, tables: readonly AnyViewTable[]): Statements => {
  const { name, columns } = table;
  const names = ["key", ...Object.keys(columns as object)];
  const sets = names.slice(1).map((column) => `${quoted(column)} = excluded.${quoted(column)}`);
  const marks = names.map(() => "?").join(", ");
  const conflict = sets.length === 0 ? "NOTHING" : `UPDATE SET ${sets.join(", ")}`;
  return {
    columns: names.slice(1),
    upsert: db.prepare(
      `INSERT INTO ${quoted(name)} (${names.map(quoted).join(", ")}) VALUES (${marks}) ` +
        `ON CONFLICT (key) DO ${conflict}`,
    ),
    trim: db.prepare(
      `DELETE FROM ${quoted(name)} WHERE key IN (SELECT key FROM ${quoted(name)} ` +
        "WHERE key > ? || ' ' AND key < ? || '!' ORDER BY key DESC LIMIT -1 OFFSET ?)",
    ),
    ...removals(db, table, tables.filter((each) => each.name === name).flatMap(columnNames)),
  };
};

interface OwnStatements {
  readonly move: StatementSync;
  readonly note: StatementSync;
  readonly last: StatementSync;
  readonly trim: StatementSync;
}

const ownStatements = (db: DatabaseSync): OwnStatements => ({
  move: db.prepare(
    "INSERT INTO view_offsets VALUES (?, ?, ?) ON CONFLICT (topic, partition) " +
      "DO UPDATE SET next = excluded.next WHERE next = ?",
  ),
  note: db.prepare("INSERT INTO view_changes (tbl, key) VALUES (?, ?)"),
  last: db.prepare("SELECT max(seq) AS last FROM view_changes"),
  trim: db.prepare("DELETE FROM view_changes WHERE seq <= ?"),
});

/** The file of a view: rows, offsets and changes, always of one and the same moment. */
export class ViewFile {
  readonly #definition: ViewDefinition;
  readonly #path: string;
  #db: DatabaseSync;
  #reader: DatabaseSync;
  #statements = new Map<string, Statements>();
  /** Queries of callers; their texts are few. */
  readonly #queries = new Map<string, StatementSync>();
  #own: OwnStatements;
  #trimAt = 0;
  #epoch = "";
  #isBuilt = false;

  constructor(definition: ViewDefinition, path: string) {
    this.#definition = definition;
    this.#path = path;
    this.#db = openFile(definition, path);
    this.#reader = new DatabaseSync(path, { readOnly: true });
    this.#own = ownStatements(this.#db);
    this.#prepare();
  }

  /** A name of this file: another one after it was rebuilt. */
  get epoch(): string {
    return this.#epoch;
  }

  /** Whether it has been caught up once since it was made. */
  get isBuilt(): boolean {
    return this.#isBuilt;
  }

  /** All that was there is in it: from now on changes are noted, and the disk is waited for. */
  markBuilt(): void {
    if (this.#isBuilt) return;
    const { tables } = this.#definition;
    const made = [...tables.map(indexSql), ...tables.map(countsSql)].join("");
    this.#db.exec(`BEGIN IMMEDIATE;${made}UPDATE view_meta SET built = 1;COMMIT;`);
    this.#isBuilt = true;
    this.#settle();
  }

  /** Throws everything away. */
  reset(): void {
    this.close();
    removeFile(this.#path);
    this.#db = openFile(this.#definition, this.#path);
    this.#reader = new DatabaseSync(this.#path, { readOnly: true });
    this.#prepare();
  }

  /** Where reading goes on in each partition that was read. */
  offsets(): ReadonlyMap<string, number> {
    const rows = this.#db.prepare("SELECT topic || '/' || partition AS place, next FROM view_offsets").all();
    return new Map(rows.map(({ place, next }) => [String(place), Number(next)]));
  }

  /** Writes rows and offset in one transaction; once it is built, also the list of changes. */
  apply(page: AppliedPage): void {
    this.#db.exec("BEGIN IMMEDIATE");
    try {
      this.#move(page);
      for (const change of page.changes) {
        this.#write(change);
        if (this.#isBuilt) this.#own.note.run(change.table, change.key);
      }
      if (this.#isBuilt) this.#trim();
      this.#db.exec("COMMIT");
    } catch (error) {
      this.#db.exec("ROLLBACK");
      throw error;
    }
  }

  /** Changes behind `after`, oldest first, and the greatest number given so far. */
  changes(
    after: number,
    limit: number,
  ): readonly { readonly seq: number; readonly table: string; readonly key: string }[] {
    return this.all(
      "SELECT seq, tbl, key FROM view_changes WHERE seq > ? ORDER BY seq LIMIT ?",
      after,
      limit,
    ).map(({ seq, tbl, key }) => ({ seq: Number(seq), table: String(tbl), key: String(key) }));
  }

  /** The oldest change that is kept, and the newest; equal to each other plus one where there is none. */
  changeBounds(): { readonly first: number; readonly last: number } {
    const last = Number(
      this.all("SELECT seq FROM sqlite_sequence WHERE name = 'view_changes'")[0]?.["seq"] ?? 0,
    );
    const first = this.all("SELECT min(seq) AS first FROM view_changes")[0]?.["first"] ?? null;
    return { first: first === null ? last + 1 : Number(first), last };
  }

  /** Rows of a query over the tables; it sees whole pages only. Throws as SQLite does. */
  all(sql: string, ...values: readonly Cell[]): readonly Readonly<Record<string, Cell>>[] {
    const query = this.#queries.get(sql) ?? this.#reader.prepare(sql);
    // Callers write their queries once; who makes texts at run time must not fill the memory.
    if (this.#queries.size >= queriesMax) this.#queries.clear();
    this.#queries.set(sql, query);
    return query.all(...values) as readonly Readonly<Record<string, Cell>>[];
  }

  close(): void {
    this.#queries.clear();
    this.#reader.close();
    this.#db.close();
  }

  #prepare(): void {
    this.#statements = new Map(
      this.#definition.tables.map((table) => [
        `${table.name} ${table.topic.name}`,
        statementsOf(this.#db, table, this.#definition.tables),
      ]),
    );
    this.#own = ownStatements(this.#db);
    this.#queries.clear();
    this.#trimAt = this.changeBounds().last + trimEvery;
    const { epoch, built } = this.#db.prepare("SELECT epoch, built FROM view_meta").get() ?? {};
    this.#epoch = String(epoch);
    this.#isBuilt = built === 1;
    this.#settle();
  }

  /**
   * With the power only the latest is lost, and it is read again; an unfinished file is checked. While it is
   * made, keys come in no order: pages that are kept in memory need not be read again for each of them.
   */
  #settle(): void {
    const { synchronous, cacheKibibytes, copiedPages } = this.#isBuilt ? whenBuilt : whileMade;
    this.#db.exec(
      `PRAGMA synchronous = ${synchronous}; PRAGMA cache_size = -${cacheKibibytes};` +
        `PRAGMA wal_autocheckpoint = ${copiedPages}`,
    );
  }

  #write({ table, topic, key, row, keep }: RowChange): void {
    const statements = this.#statements.get(`${table} ${topic}`);
    if (!statements) throw new TypeError(`the view has no table ${table} made from ${topic}`);
    if (row === null) {
      statements.remove.run(key);
      statements.sweep?.run(key);
      return;
    }
    statements.upsert.run(key, ...statements.columns.map((column) => stored(row[column])));
    if (keep) statements.trim.run(keep.of, keep.of, keep.rows);
  }

  #move({ topic, partition, offset, nextOffset }: AppliedPage): void {
    const { changes } = this.#own.move.run(topic, partition, nextOffset, offset);
    if (changes === 1) return;
    throw new ViewInUseError(
      `${this.#path} is written by another process: give each process of this machine its own --data folder`,
    );
  }

  #trim(): void {
    const last = Number(this.#own.last.get()?.["last"] ?? 0);
    if (last < this.#trimAt) return;
    this.#own.trim.run(last - changesKept);
    this.#trimAt = last + trimEvery;
  }
}
