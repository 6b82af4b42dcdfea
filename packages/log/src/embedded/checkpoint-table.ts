import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import type { ActorId } from "@hybrid/kernel";
import { CorruptLogError } from "../errors.ts";
import type { CheckpointEntry, RestoredRecord } from "../port.ts";
import { checkpointCrc, offsetsPerSlot } from "./rows.ts";

/** A stretch of a checkpoint, and where to read on; undefined at the end. */
export interface CheckpointPage {
  readonly entries: readonly RestoredRecord[];
  readonly next: number | undefined;
}

/**
 * The latest of every actor. Rows of a slot lie together, in the order of their first appearance, so that a
 * restore is one sequential scan.
 */
export interface CheckpointTable {
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

const columns = 6;
const rowsPerStatement = 10;

const upsert = (db: DatabaseSync, rows: number): StatementSync =>
  db.prepare(
    "INSERT INTO checkpoint (id, slot, key, value, journal_next, crc) VALUES " +
      Array.from({ length: rows }, () => "(?, ?, ?, ?, ?, ?)").join(", ") +
      " ON CONFLICT (slot, key) DO UPDATE SET value = excluded.value, " +
      "journal_next = excluded.journal_next, crc = excluded.crc",
  );

/** Row ids for actors that may be new; those of actors that are known stay unused. */
const idSource = (db: DatabaseSync) => {
  const last = db.prepare("SELECT max(id) AS last FROM checkpoint WHERE id >= ? AND id < ?");
  const next = new Map<number, number>();
  return {
    take: (slot: number): number => {
      const base = slot * offsetsPerSlot;
      const id = next.get(slot) ?? Number(last.get(base, base + offsetsPerSlot)?.["last"] ?? base - 1) + 1;
      next.set(slot, id + 1);
      return id;
    },
    forget: () => next.clear(),
  };
};

const applier = (db: DatabaseSync, takeId: (slot: number) => number): CheckpointTable["apply"] => {
  const many = upsert(db, rowsPerStatement);
  const one = upsert(db, 1);
  const remove = db.prepare("DELETE FROM checkpoint WHERE slot = ? AND key = ?");
  return (slot, entries, journalNext) => {
    const row: SQLInputValue[] = [];
    const flush = (): void => {
      while (row.length > 0) one.run(...row.splice(0, columns));
    };
    for (const { key, value } of entries) {
      if (value === null) {
        // In order: an entry of the same actor may be waiting.
        flush();
        remove.run(slot, key);
        continue;
      }
      row.push(takeId(slot), slot, key, value, journalNext, checkpointCrc(slot, key, journalNext, value));
      if (row.length === rowsPerStatement * columns) many.run(...row.splice(0));
    }
    flush();
  };
};

/** Opens the checkpoints of a log file. `nameOf` names a slot in messages. */
export const checkpointTable = (db: DatabaseSync, nameOf: (slot: number) => string): CheckpointTable => {
  const ids = idSource(db);
  const select = db.prepare(
    "SELECT id, key, value, journal_next, crc FROM checkpoint WHERE id >= ? AND id < ? ORDER BY id LIMIT ?",
  );
  select.setReturnArrays(true);
  const newest = db.prepare("SELECT max(journal_next) AS newest FROM checkpoint WHERE id >= ? AND id < ?");
  return {
    apply: applier(db, ids.take),
    page(slot, from, entriesMax) {
      const base = slot * offsetsPerSlot;
      const rows = select.all(base + from, base + offsetsPerSlot, entriesMax) as unknown as Row[];
      const entries = rows.map(([, key, value, journalNext, crc]): RestoredRecord => {
        if (checkpointCrc(slot, key, journalNext, value) !== crc)
          throw new CorruptLogError(
            `${nameOf(slot)}: the entry of actor ${key} fails its check. Restore the file from a backup.`,
          );
        return { origin: "checkpoint", key: key as ActorId, value };
      });
      const last = rows.at(-1);
      return {
        entries,
        next: last === undefined || rows.length < entriesMax ? undefined : last[0] - base + 1,
      };
    },
    newest(slot) {
      const base = slot * offsetsPerSlot;
      return Number(newest.get(base, base + offsetsPerSlot)?.["newest"] ?? 0);
    },
    forget: ids.forget,
  };
};
