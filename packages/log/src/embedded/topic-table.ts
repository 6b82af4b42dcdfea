import type { DatabaseSync, StatementSync } from "node:sqlite";
import { ConfigError } from "@hybrid/kernel";
import { CorruptLogError, UnknownTopicError } from "../errors.ts";
import type { TopicSettings } from "../port.ts";
import { columnsCrc, offsetsPerSlot, slotsMax } from "./rows.ts";
import { recordSchema } from "./slot-tables.ts";

/** A topic and where its partitions lie: partition p is slot `firstSlot + p`. */
export interface StoredTopic extends TopicSettings {
  readonly firstSlot: number;
}

/** The first readable offset of a slot and the one behind its last record. */
export interface Bounds {
  start: number;
  next: number;
}

/** Topics and the bounds of their partitions; cached, valid as long as nobody else has written. */
export interface TopicTable {
  all(): readonly StoredTopic[];
  /** Throws UnknownTopicError for a topic that does not exist. */
  topic(name: string): StoredTopic;
  /** Throws UnknownTopicError for a topic or partition that does not exist. */
  slot(name: string, partition: number): number;
  /** "topic x, partition y" for messages. */
  readonly nameOf: (slot: number) => string;
  bounds(slot: number): Readonly<Bounds>;
  /** Takes `count` offsets; durable by {@link TopicTable.writeBounds} in the same transaction. */
  reserve(slot: number, count: number): number;
  moveStart(slot: number, start: number): void;
  /** Writes the bounds that changed; returns their slots. */
  writeBounds(): readonly number[];
  /** To be called inside a transaction. Throws ConfigError naming everything that does not fit. */
  create(wanted: readonly TopicSettings[]): void;
  /** Throws CorruptLogError when a stored topic or bound fails its check. */
  check(): void;
  /** Forgets everything cached: somebody else has written, or our own transaction was rolled back. */
  forget(): void;
}

const namePattern = /^[a-zA-Z0-9._-]{1,249}$/;

const faultsOf = (wanted: TopicSettings, have: StoredTopic | undefined): string[] => {
  const faults: string[] = [];
  const { name, partitions } = wanted;
  if (!namePattern.test(name)) faults.push(`topic name "${name}" is not 1 to 249 of a-z A-Z 0-9 . _ -`);
  if (!Number.isInteger(partitions) || partitions < 1)
    faults.push(`topic ${name}: ${partitions} partitions; it must be a whole number of at least 1`);
  if (have === undefined) return faults;
  if (have.partitions !== partitions)
    faults.push(
      `topic ${name} has ${have.partitions} partitions, not ${partitions}: the count never changes; ` +
        "set the configuration to what is there, or copy the log to a new one",
    );
  if (have.cleanup !== wanted.cleanup)
    faults.push(
      `topic ${name} has cleanup ${have.cleanup}, not ${wanted.cleanup}: that never changes either`,
    );
  return faults;
};

interface Cache {
  readonly topics: Map<string, StoredTopic>;
  readonly bounds: Map<number, Bounds>;
  readonly dirty: Set<number>;
}

const topicCrc = (topic: StoredTopic): number =>
  columnsCrc(topic.name, topic.firstSlot, topic.partitions, topic.cleanup, topic.retentionMs);

const loadTopics = (select: StatementSync, file: string): StoredTopic[] =>
  select.all().map((row) => {
    const topic: StoredTopic = {
      name: String(row["name"]),
      partitions: Number(row["partitions"]),
      cleanup: row["cleanup"] === "compact" ? "compact" : "delete",
      retentionMs: row["retention_ms"] === null ? null : Number(row["retention_ms"]),
      firstSlot: Number(row["first_slot"]),
    };
    if (topicCrc(topic) !== row["crc"])
      throw new CorruptLogError(
        `log file ${file} is damaged: the settings of topic ${topic.name} fail their check`,
      );
    return topic;
  });

const boundsLoader = (db: DatabaseSync, describe: (slot: number) => string): ((slot: number) => Bounds) => {
  const select = db.prepare("SELECT start_offset, next_offset, crc FROM slot WHERE slot = ?");
  return (slot) => {
    const row = select.get(slot);
    const bounds = { start: Number(row?.["start_offset"]), next: Number(row?.["next_offset"]) };
    if (row === undefined || columnsCrc(slot, bounds.start, bounds.next) !== row["crc"])
      throw new CorruptLogError(`${describe(slot)}: the offsets kept for the partition fail their check`);
    return bounds;
  };
};

const creator = (
  db: DatabaseSync,
  load: () => readonly StoredTopic[],
): ((wanted: readonly TopicSettings[]) => void) => {
  const insertTopic = db.prepare(
    "INSERT INTO topic (name, first_slot, partitions, cleanup, retention_ms, crc) " +
      "VALUES (?, ?, ?, ?, ?, ?) " +
      "ON CONFLICT DO UPDATE SET retention_ms = excluded.retention_ms, crc = excluded.crc",
  );
  const insertSlot = db.prepare(
    "INSERT INTO slot (slot, start_offset, next_offset, crc) VALUES (?, 0, 0, ?)",
  );
  return (wanted) => {
    const have = new Map(load().map((topic) => [topic.name, topic]));
    const faults = wanted.flatMap((topic) => faultsOf(topic, have.get(topic.name)));
    let free = Math.max(0, ...[...have.values()].map((topic) => topic.firstSlot + topic.partitions));
    const created = wanted.filter((topic) => !have.has(topic.name));
    if (free + created.reduce((sum, topic) => sum + topic.partitions, 0) > slotsMax)
      faults.push(`more than ${slotsMax} partitions in all: use fewer partitions, or Kafka`);
    if (faults.length > 0) throw new ConfigError("topics of the embedded log", faults);
    for (const settings of wanted) {
      const old = have.get(settings.name);
      const topic = { ...settings, firstSlot: old?.firstSlot ?? free };
      const { name, firstSlot, partitions, cleanup, retentionMs } = topic;
      insertTopic.run(name, firstSlot, partitions, cleanup, retentionMs, topicCrc(topic));
      have.set(name, topic);
      if (old !== undefined) continue;
      for (let slot = free; slot < free + partitions; slot++) {
        insertSlot.run(slot, columnsCrc(slot, 0, 0));
        db.exec(recordSchema(slot));
      }
      free += partitions;
    }
  };
};

const boundsKeeper = (db: DatabaseSync, cache: Cache, describe: (slot: number) => string) => {
  const load = boundsLoader(db, describe);
  const update = db.prepare("UPDATE slot SET start_offset = ?, next_offset = ?, crc = ? WHERE slot = ?");
  const bounds = (slot: number): Bounds => {
    const known = cache.bounds.get(slot) ?? load(slot);
    cache.bounds.set(slot, known);
    return known;
  };
  return {
    bounds,
    reserve: (slot: number, count: number): number => {
      const at = bounds(slot);
      const first = at.next;
      if (first + count > offsetsPerSlot) throw new TypeError(`${describe(slot)} has no offsets left`);
      at.next += count;
      cache.dirty.add(slot);
      return first;
    },
    moveStart: (slot: number, start: number): void => {
      bounds(slot).start = start;
      cache.dirty.add(slot);
    },
    writeBounds: (): readonly number[] => {
      const slots = [...cache.dirty];
      for (const slot of slots) {
        const { start, next } = bounds(slot);
        update.run(start, next, columnsCrc(slot, start, next), slot);
      }
      cache.dirty.clear();
      return slots;
    },
  };
};

/** Opens the topics of a log file. */
export const topicTable = (db: DatabaseSync, file: string): TopicTable => {
  const cache: Cache = { topics: new Map(), bounds: new Map(), dirty: new Set() };
  const select = db.prepare("SELECT * FROM topic ORDER BY name");
  const all = (): readonly StoredTopic[] => loadTopics(select, file);
  const topic = (name: string): StoredTopic => {
    // A topic is never changed in place but for its retention, so only a missing one is looked up again.
    if (!cache.topics.has(name)) for (const stored of all()) cache.topics.set(stored.name, stored);
    const found = cache.topics.get(name);
    if (found !== undefined) return found;
    throw new UnknownTopicError(
      `no topic ${name} in log file ${file}: create the topics first, or correct the name`,
    );
  };
  const nameOf = (slot: number): string => {
    const of = all().find((each) => slot >= each.firstSlot && slot < each.firstSlot + each.partitions);
    return of === undefined
      ? `slot ${slot} of log file ${file}`
      : `topic ${of.name}, partition ${slot - of.firstSlot} (log file ${file})`;
  };
  const keeper = boundsKeeper(db, cache, nameOf);
  return {
    ...keeper,
    all,
    topic,
    nameOf,
    slot(name, partition) {
      const { firstSlot, partitions } = topic(name);
      if (Number.isInteger(partition) && partition >= 0 && partition < partitions)
        return firstSlot + partition;
      throw new UnknownTopicError(`topic ${name} has partitions 0 to ${partitions - 1}, not ${partition}`);
    },
    create: creator(db, all),
    check() {
      for (const { firstSlot, partitions } of all())
        for (let slot = firstSlot; slot < firstSlot + partitions; slot++) keeper.bounds(slot);
    },
    forget() {
      cache.topics.clear();
      cache.bounds.clear();
      cache.dirty.clear();
    },
  };
};
