import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { ConfigError } from "@hybrid/kernel";
import { checkpointTable } from "../embedded/checkpoint-table.ts";
import { openDatabase } from "../embedded/database.ts";
import { checkWhole } from "../embedded/integrity.ts";
import { ownerTable } from "../embedded/owner-table.ts";
import { recordTable } from "../embedded/record-table.ts";
import { logErrorOf } from "../embedded/sqlite-errors.ts";
import { topicTable } from "../embedded/topic-table.ts";
import { UnknownTopicError } from "../errors.ts";
import type { LogRecord, Position, RestoredRecord, TopicSettings } from "../port.ts";

/** A service's partition in an embedded log, as its last owner left it. */
export interface EmbeddedOwner {
  readonly service: string;
  readonly partition: number;
  readonly epoch: number;
  readonly position: Position | undefined;
  readonly journal: string;
  readonly checkpoint: string;
  /** The process that holds the service's group, by an id of its own; null when none does. */
  readonly holder: string | null;
}

/** An embedded log that nobody else has open meanwhile. */
export interface EmbeddedSource {
  readonly file: string;
  readonly topics: readonly TopicSettings[];
  readonly owners: readonly EmbeddedOwner[];
  bounds(topic: string, partition: number): { readonly start: number; readonly end: number };
  /** Every record from the start to the end, in pages. */
  records(topic: string, partition: number): Iterable<readonly LogRecord[]>;
  /** Every entry of an owner's checkpoint, in pages. */
  checkpoint(owner: EmbeddedOwner): Iterable<readonly RestoredRecord[]>;
  close(): void;
}

const page = { recordsMax: 2_000, bytesMax: 1_024 * 1_024 };

/** Opening a log would create it. */
const mustExist = (path: string): void => {
  if (!existsSync(path)) throw new ConfigError("there is no embedded log", [`${path} does not exist`]);
};

const ownersIn = (db: DatabaseSync, file: string): readonly EmbeddedOwner[] => {
  const topics = topicTable(db, file);
  const holderOf = db.prepare("SELECT holder FROM group_holder WHERE service = ?");
  const topicAt = (slot: number): string => {
    const topic = topics
      .all()
      .find((each) => slot >= each.firstSlot && slot < each.firstSlot + each.partitions);
    if (topic) return topic.name;
    throw new UnknownTopicError(`log file ${file}: an owner speaks of slot ${slot}, which no topic has`);
  };
  return ownerTable(db, file)
    .all()
    .map(({ service, partition, epoch, position, journalSlot, checkpointSlot }) => {
      const holder = holderOf.get(service)?.["holder"];
      return {
        service,
        partition,
        epoch,
        position,
        journal: topicAt(journalSlot),
        checkpoint: topicAt(checkpointSlot),
        holder: typeof holder === "string" ? holder : null,
      };
    });
};

/**
 * Who owns which partition of an embedded log, which may be in use meanwhile. Throws ConfigError when there
 * is none, CorruptLogError for a damaged one.
 */
export const embeddedOwners = (path: string): readonly EmbeddedOwner[] => {
  mustExist(path);
  const { db, file } = openDatabase(path);
  try {
    return ownersIn(db, file);
  } catch (error) {
    throw logErrorOf(error, file);
  } finally {
    db.close();
  }
};

/** Looks whether the file is a whole log of ours; after a crash all of it is read for that. */
const check = (path: string): { readonly file: string; readonly held: readonly string[] } => {
  const opened = openDatabase(path);
  try {
    checkWhole(opened, { thorough: opened.unclean });
    const held = ownersIn(opened.db, opened.file).filter(({ holder }) => holder !== null);
    return { file: opened.file, held: [...new Set(held.map(({ service }) => service))] };
  } finally {
    opened.db.close();
  }
};

/**
 * With this lock in WAL mode nobody else has the file open, and nobody can open it
 * (https://sqlite.org/pragma.html#pragma_locking_mode). The table of group holders cannot tell that: a process
 * that was killed still stands in it.
 */
const lock = (file: string, held: readonly string[]): DatabaseSync => {
  const db = new DatabaseSync(file, { timeout: 0 });
  try {
    db.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
    return db;
  } catch (error) {
    db.close();
    if ((error as { errcode?: number }).errcode !== 5) throw logErrorOf(error, file);
    const who = held.length > 0 ? `services run on it (${held.join(", ")})` : "another command has it open";
    throw new ConfigError(`log file ${file} is in use`, [
      `${who}: stop them, and keep them stopped until the copy is done; nothing was copied`,
    ]);
  }
};

/**
 * Opens an embedded log for reading and shuts everybody else out. Throws ConfigError when there is none or
 * somebody has it open, CorruptLogError for a damaged one.
 */
export const openEmbeddedSource = (path: string): EmbeddedSource => {
  mustExist(path);
  const { file, held } = check(path);
  const db = lock(file, held);
  const table = topicTable(db, file);
  const records = recordTable(db, table);
  const checkpoints = checkpointTable(db, table.nameOf);
  const bounds = (topic: string, partition: number) => {
    const { start, next } = table.bounds(table.slot(topic, partition));
    return { start, end: next };
  };
  return {
    file,
    topics: table.all().map(({ name, partitions, cleanup, retentionMs }) => ({
      name,
      partitions,
      cleanup,
      retentionMs,
    })),
    owners: ownersIn(db, file),
    bounds,
    *records(topic, partition) {
      const { start, end } = bounds(topic, partition);
      for (let offset = start; offset < end; ) {
        const read = records.read({ topic, partition, offset, ...page });
        if (read.records.length > 0) yield read.records;
        offset = read.nextOffset;
      }
    },
    *checkpoint({ checkpoint, partition }) {
      const slot = table.slot(checkpoint, partition);
      for (let from: number | undefined = 0; from !== undefined; ) {
        const { entries, next } = checkpoints.page(slot, from, page.recordsMax);
        if (entries.length > 0) yield entries;
        from = next;
      }
    },
    close: () => db.close(),
  };
};

/** A state of an embedded log, with the topic in whose place it stands. */
export interface EmbeddedState {
  readonly topic: string;
  readonly partition: number;
  readonly key: string;
  readonly value: Uint8Array;
}

/**
 * Every state of an embedded log, which may be in use meanwhile; what changes while it is read may come as it
 * was or as it is. Throws as {@link embeddedOwners}.
 */
export function* embeddedStates(path: string): Generator<EmbeddedState, void, undefined> {
  mustExist(path);
  const { db, file } = openDatabase(path);
  try {
    const table = topicTable(db, file);
    const checkpoints = checkpointTable(db, table.nameOf);
    for (const { checkpoint: topic, partition } of ownersIn(db, file))
      for (let from: number | undefined = 0; from !== undefined; ) {
        const page = checkpoints.page(table.slot(topic, partition), from, 2_000);
        for (const { key, value } of page.entries) if (value !== null) yield { topic, partition, key, value };
        from = page.next;
      }
  } catch (error) {
    throw logErrorOf(error, file);
  } finally {
    db.close();
  }
}
