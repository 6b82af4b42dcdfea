import type { EpochMs } from "@hybrid/kernel";
import { hours } from "@hybrid/kernel";
import type { Core } from "./core.ts";
import { recordsOf } from "./slot-tables.ts";
import type { StoredTopic } from "./topic-table.ts";

// The most records that one transaction deletes, so that cleaning never holds the writers up for long.
const stepRecordsMax = 5_000;
// How long a tombstone stays for readers that are behind; Kafka's delete.retention.ms has the same default.
const tombstoneKeptMs = hours(24);

/** Deletes from the start of a delete topic's slot what is older than `before`; returns how many records. */
const expire = (core: Core, slot: number, before: number): Promise<number> => {
  return core.writer.submit({
    records: 1,
    bytes: 0,
    run: () => {
      const { start, next } = core.topics.bounds(slot);
      const limit = Math.min(next, start + stepRecordsMax);
      const young = core.db
        .prepare(
          `SELECT id FROM ${recordsOf(slot)} WHERE id >= ? AND id < ? AND timestamp >= ? ORDER BY id LIMIT 1`,
        )
        .get(start, limit, before);
      const end = young === undefined ? limit : Number(young["id"]);
      if (end === start) return 0;
      core.db.prepare(`DELETE FROM ${recordsOf(slot)} WHERE id >= ? AND id < ?`).run(start, end);
      core.topics.moveStart(slot, end);
      return end - start;
    },
  });
};

/** Offsets in a compact slot that a later record of the same key makes useless, and of old tombstones. */
const obsoleteOffsets = (core: Core, slot: number, before: number): readonly number[] => {
  const rows = core.db
    .prepare(`SELECT id, key, timestamp, value IS NULL AS gone FROM ${recordsOf(slot)} ORDER BY id DESC`)
    .iterate();
  const seen = new Set<string>();
  const obsolete: number[] = [];
  for (const row of rows) {
    const key = String(row["key"]);
    const oldTombstone = row["gone"] === 1 && Number(row["timestamp"]) < before;
    if (seen.has(key) || oldTombstone) obsolete.push(Number(row["id"]));
    seen.add(key);
  }
  // Oldest first: a tombstone must not go before the values that it hides.
  return obsolete.reverse();
};

const compact = async (core: Core, slot: number, now: EpochMs): Promise<number> => {
  const obsolete = core.snapshot(() => obsoleteOffsets(core, slot, now - tombstoneKeptMs));
  for (let at = 0; at < obsolete.length; at += stepRecordsMax) {
    const step = obsolete.slice(at, at + stepRecordsMax);
    await core.writer.submit({
      records: step.length,
      bytes: 0,
      run: () => {
        const remove = core.db.prepare(`DELETE FROM ${recordsOf(slot)} WHERE id = ?`);
        // What a tombstone has deleted must not be found in the file: a salt was somebody's key.
        core.db.exec("PRAGMA secure_delete = ON");
        for (const id of step) remove.run(id);
        core.db.exec("PRAGMA secure_delete = OFF");
      },
    });
  }
  return obsolete.length;
};

const cleanSlot = async (core: Core, topic: StoredTopic, slot: number, now: EpochMs): Promise<number> => {
  if (topic.cleanup === "compact") return compact(core, slot, now);
  if (topic.retentionMs === null) return 0;
  let removed = 0;
  for (;;) {
    const step = await expire(core, slot, now - topic.retentionMs);
    removed += step;
    if (step < stepRecordsMax) return removed;
  }
};

/**
 * Applies retention (from the start of a partition up to the first record that is young enough)
 * and compaction (the latest record of every key stays, with its offset; tombstones 24 hours).
 * Returns how many records were removed.
 */
export const cleanLog = async (core: Core, now: EpochMs): Promise<number> => {
  let removed = 0;
  for (const topic of core.snapshot(() => core.topics.all()))
    for (let slot = topic.firstSlot; slot < topic.firstSlot + topic.partitions; slot++)
      removed += await cleanSlot(core, topic, slot, now);
  return removed;
};
