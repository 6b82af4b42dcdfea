import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import type { ActorId } from "@hybrid/kernel";
import { CorruptLogError } from "../errors.ts";
import type { CheckpointEntry, RestoredRecord } from "../port.ts";
import { checkpointCrc } from "./rows.ts";
import { bySlot, checkpointOf, placesOf, rowWriter } from "./slot-tables.ts";

/** A stretch of a checkpoint, and where to read on; undefined at the end. */
export interface CheckpointPage {
  readonly entries: readonly RestoredRecord[];
  readonly next: number | undefined;
}

/**
 * The latest of every actor. Rows of a slot stand in the order of their first appearance, so that a restore
 * is one sequential scan.
 */
export interface CheckpointTable {
  /** Makes the slot ready to hold a checkpoint, if it is not. In a transaction. */
  create(slot: number): void;
  /** Writes or deletes entries as of the journal offset `journalNext`. */
  apply(slot: number, entries: readonly CheckpointEntry[], journalNext: number): void;
  /** Up to `entriesMax` entries from `from` on; 0 is the start. */
  page(slot: number, from: number, entriesMax: number): CheckpointPage;
  /** The highest journal offset that any entry of the slot speaks of. */
  newest(slot: number): number;
  /** Forgets what is cached: somebody else has written, or our own transaction was rolled back. */
  forget(): void;
}

type Row = [id: number, key: string, value: Uint8Array, journalNext: number, crc: number];

const columns = ["id", "key", "value", "journal_next", "crc"] as const;

/** Row ids for actors that may be new; those of actors that are known stay unused. */
const idSource = (db: DatabaseSync) => {
  const next = new Map<number, number>();
  const first = (slot: number): number =>
    Number(db.prepare(`SELECT max(id) AS last FROM ${checkpointOf(slot)}`).get()?.["last"] ?? -1) + 1;
  return {
    take: (slot: number): number => {
      const id = next.get(slot) ?? first(slot);
      next.set(slot, id + 1);
      return id;
    },
    forget: () => next.clear(),
  };
};

const applier = (db: DatabaseSync, takeId: (slot: number) => number): CheckpointTable["apply"] => {
  const write = rowWriter(columns.length, (slot, rows) =>
    db.prepare(
      `INSERT INTO ${checkpointOf(slot)} (${columns.join(", ")}) VALUES ${placesOf(rows, columns.length)} ` +
        "ON CONFLICT (key) DO UPDATE SET value = excluded.value, " +
        "journal_next = excluded.journal_next, crc = excluded.crc",
    ),
  );
  const remove = bySlot((slot) => db.prepare(`DELETE FROM ${checkpointOf(slot)} WHERE key = ?`));
  return (slot, entries, journalNext) => {
    let values: SQLInputValue[] = [];
    for (const { key, value } of entries) {
      if (value !== null) {
        values.push(takeId(slot), key, value, journalNext, checkpointCrc(slot, key, journalNext, value));
        continue;
      }
      // In order: an entry of the same actor may be waiting.
      write(slot, values);
      values = [];
      remove(slot).run(key);
    }
    write(slot, values);
  };
};

/** Opens the checkpoints of a log file. `nameOf` names a slot in messages. */
export const checkpointTable = (db: DatabaseSync, nameOf: (slot: number) => string): CheckpointTable => {
  const ids = idSource(db);
  const select = bySlot((slot) => {
    const statement = db.prepare(
      `SELECT id, key, value, journal_next, crc FROM ${checkpointOf(slot)} WHERE id >= ? ORDER BY id LIMIT ?`,
    );
    statement.setReturnArrays(true);
    return statement;
  });
  return {
    create: (slot) =>
      db.exec(
        `CREATE TABLE IF NOT EXISTS ${checkpointOf(slot)} (id INTEGER PRIMARY KEY, ` +
          "key TEXT NOT NULL UNIQUE, value BLOB NOT NULL, journal_next INTEGER NOT NULL, " +
          "crc INTEGER NOT NULL)",
      ),
    apply: applier(db, ids.take),
    page(slot, from, entriesMax) {
      const rows = select(slot).all(from, entriesMax) as unknown as Row[];
      const entries = rows.map(([, key, value, journalNext, crc]): RestoredRecord => {
        if (checkpointCrc(slot, key, journalNext, value) !== crc)
          throw new CorruptLogError(
            `${nameOf(slot)}: the entry of actor ${key} fails its check. Restore the file from a backup.`,
          );
        return { origin: "checkpoint", key: key as ActorId, value };
      });
      const last = rows.at(-1);
      return { entries, next: last === undefined || rows.length < entriesMax ? undefined : last[0] + 1 };
    },
    newest: (slot) =>
      Number(
        db.prepare(`SELECT max(journal_next) AS newest FROM ${checkpointOf(slot)}`).get()?.["newest"] ?? 0,
      ),
    forget: ids.forget,
  };
};
