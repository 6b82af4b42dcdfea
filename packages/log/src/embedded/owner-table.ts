import type { DatabaseSync } from "node:sqlite";
import { instant } from "@hybrid/kernel";
import { CorruptLogError } from "../errors.ts";
import type { Position } from "../port.ts";
import { columnsCrc } from "./rows.ts";

/** Who owns a partition of a service's journal, and where that owner stands. */
export interface Owner {
  readonly service: string;
  readonly partition: number;
  readonly epoch: number;
  readonly position: Position | undefined;
  readonly journalSlot: number;
  readonly checkpointSlot: number;
  /** The journal's next offset after the commit that wrote this position. */
  readonly journalNext: number;
}

/** The owner-epoch rows; position and fencing check are one update (I2). */
export interface OwnerTable {
  find(service: string, partition: number): Owner | undefined;
  put(owner: Owner): void;
  /** Moves the position when the row still has this epoch; false when somebody else has fenced it. */
  advance(owner: Owner): boolean;
  all(): readonly Owner[];
  /** Whether the slot is some owner's journal, to which nobody else may append. */
  isJournal(slot: number): boolean;
  /** Forgets what is cached: somebody else has written. */
  forget(): void;
}

const positionText = (position: Position | undefined): string | null =>
  position === undefined ? null : JSON.stringify(position);

const crcOf = (owner: Owner, position: string | null): number =>
  columnsCrc(
    owner.service,
    owner.partition,
    owner.epoch,
    position,
    owner.journalSlot,
    owner.checkpointSlot,
    owner.journalNext,
  );

const parsePosition = (text: string): Position => {
  const position = JSON.parse(text) as Omit<Position, "at"> & { readonly at: number };
  return { ...position, at: instant(position.at) };
};

const decode = (row: Record<string, unknown>, file: string): Owner => {
  const position = typeof row["position"] === "string" ? row["position"] : null;
  const plain = {
    service: String(row["service"]),
    partition: Number(row["partition"]),
    epoch: Number(row["epoch"]),
    journalSlot: Number(row["journal_slot"]),
    checkpointSlot: Number(row["checkpoint_slot"]),
    journalNext: Number(row["journal_next"]),
  };
  if (crcOf({ ...plain, position: undefined }, position) !== row["crc"])
    throw new CorruptLogError(
      `log file ${file} is damaged: the position of ${plain.service}, partition ${plain.partition}, ` +
        "fails its check. Restore the file from a backup.",
    );
  return { ...plain, position: position === null ? undefined : parsePosition(position) };
};

/** Opens the owners of a log file. */
export const ownerTable = (db: DatabaseSync, file: string): OwnerTable => {
  const select = db.prepare("SELECT * FROM owner WHERE service = ? AND partition = ?");
  const selectAll = db.prepare("SELECT * FROM owner");
  const upsert = db.prepare(
    "INSERT OR REPLACE INTO owner " +
      "(service, partition, epoch, position, journal_slot, checkpoint_slot, journal_next, crc) " +
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
  );
  const update = db.prepare(
    "UPDATE owner SET position = ?, journal_next = ?, crc = ? " +
      "WHERE service = ? AND partition = ? AND epoch = ?",
  );
  const all = (): readonly Owner[] => selectAll.all().map((row) => decode(row, file));
  let journals: ReadonlySet<number> | undefined;
  return {
    find(service, partition) {
      const row = select.get(service, partition);
      return row === undefined ? undefined : decode(row, file);
    },
    put(owner) {
      journals = undefined;
      const { service, partition, epoch, journalSlot, checkpointSlot, journalNext } = owner;
      const position = positionText(owner.position);
      const crc = crcOf(owner, position);
      upsert.run(service, partition, epoch, position, journalSlot, checkpointSlot, journalNext, crc);
    },
    advance(owner) {
      const { service, partition, epoch, journalNext } = owner;
      const position = positionText(owner.position);
      return (
        update.run(position, journalNext, crcOf(owner, position), service, partition, epoch).changes === 1
      );
    },
    all,
    isJournal(slot) {
      journals ??= new Set(all().map(({ journalSlot }) => journalSlot));
      return journals.has(slot);
    },
    forget() {
      journals = undefined;
    },
  };
};
