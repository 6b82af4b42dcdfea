import type { Log, OutgoingRecord, PartitionLag, ReadFrom, ReadResult, TopicSettings } from "../port.ts";
import { cleanLog } from "./cleaner.ts";
import { enterCoordinator, leaveCoordinator } from "./coordinator.ts";
import { type Core, openCore } from "./core.ts";
import { isMarkedOpen, keepMark, markClosed, markOpen, openDatabase, waitForLock } from "./database.ts";
import { watchFolder } from "./folder-watch.ts";
import { checkWhole } from "./integrity.ts";
import { type Memberships, openMemberships } from "./membership.ts";
import { insertAll, slotFor } from "./owned-partition.ts";
import { bytesOfAll } from "./record-table.ts";
import type { EmbeddedLogSettings } from "./settings.ts";
import { lockWaitMs } from "./writer.ts";

const append = (core: Core, records: readonly OutgoingRecord[]): Promise<readonly number[]> => {
  if (records.length === 0 && !core.closed) return Promise.resolve([]);
  return core.writer.submit({
    records: records.length,
    bytes: bytesOfAll(records),
    sheddable: true,
    run: () => {
      const slots = records.map((record) => slotFor(core, record));
      return insertAll(core, records, slots);
    },
  });
};

/** Offsets up to this many are looked into: compaction may have taken some of their records. */
const inspectedMax = 256;

const lag = (core: Core, ...[group]: Parameters<Log["lag"]>): readonly PartitionLag[] => {
  const behind = (topic: string, partition: number, nextOffset: number | null): number => {
    const { start, next } = core.topics.bounds(core.topics.slot(topic, partition));
    const from = Math.max(nextOffset ?? 0, start);
    const gap = Math.max(0, next - from);
    if (gap === 0 || gap > inspectedMax || core.topics.topic(topic).cleanup === "delete") return gap;
    const stretch = { topic, partition, offset: from, recordsMax: inspectedMax, bytesMax: Infinity };
    return core.records.read(stretch).records.length;
  };
  const partitions = Array.from({ length: group.partitions }, (_, partition) => partition);
  return core.snapshot(() => {
    // Looked up once for all sources: a row is checked and parsed each time.
    const positions = partitions.map((partition) => core.owners.find(group.service, partition)?.position);
    return group.sources.flatMap((topic) =>
      partitions.map((partition) => {
        const { next: endOffset } = core.topics.bounds(core.topics.slot(topic, partition));
        const nextOffset = positions[partition]?.sources[topic] ?? null;
        return { topic, partition, nextOffset, endOffset, lag: behind(topic, partition, nextOffset) };
      }),
    );
  });
};

const grown = async (
  core: Core,
  places: readonly ReadFrom[],
  signal: AbortSignal,
): Promise<readonly ReadFrom[]> => {
  if (signal.aborted) return [];
  const slots = places.map(({ topic, partition }) => core.topics.slot(topic, partition));
  const look = (): readonly ReadFrom[] =>
    core.snapshot(() => places.filter(({ offset }, at) => core.topics.bounds(slots[at] ?? 0).next > offset));
  const before = look();
  if (before.length > 0) return before;
  await core.coordinator.waiters.wait(slots, signal);
  return signal.aborted ? [] : look();
};

const settingsOf = ({ name, partitions, cleanup, retentionMs }: TopicSettings): TopicSettings => ({
  name,
  partitions,
  cleanup,
  retentionMs,
});

const closer = (core: Core, memberships: Memberships, unwatch: () => void) => async (): Promise<void> => {
  await memberships.leaveAll();
  unwatch();
  const isLast = leaveCoordinator(core.file, core.coordinator);
  const marked = isLast
    ? core.writer.submit({ records: 1, bytes: 0, run: () => markClosed(core.db) })
    : Promise.resolve();
  core.writer.close();
  core.closed = true;
  core.coordinator.waiters.wakeAll();
  try {
    await marked;
  } catch (error) {
    core.warn(
      { error },
      "the log could not be marked as closed; the next opening checks it as after a crash",
    );
  }
  await core.copier.close();
  core.db.close();
};

const logOf = (core: Core, memberships: Memberships, unwatch: () => void): Log => {
  const close = closer(core, memberships, unwatch);
  let closing: Promise<void> | undefined;
  return {
    createTopics: (topics) =>
      core.writer.submit({ records: topics.length, bytes: 0, run: () => core.topics.create(topics) }),
    topics: async () => core.snapshot(() => core.topics.all().map(settingsOf)),
    append: (records) => append(core, records),
    read: async (request): Promise<ReadResult> => core.snapshot(() => core.records.read(request)),
    grown: (places, signal) => grown(core, places, signal),
    offsets: async (topic, partition) =>
      core.snapshot(() => {
        const { start, next } = core.topics.bounds(core.topics.slot(topic, partition));
        return { start, end: next };
      }),
    join: (...given) => memberships.join(...given),
    lag: async (group) => lag(core, group),
    clean: (now) => cleanLog(core, now),
    close: () => {
      closing ??= close();
      return closing;
    },
  };
};

/**
 * Opens or creates a log in one SQLite file, for one process: members of a group in the same process share
 * its partitions; when a second process joins a group, it takes all partitions over (the first learns it by
 * `revoked` and FencedError, and gets them back when the second leaves). Everything asked for within one turn
 * of the event loop becomes durable by one synced commit. Rejects with ConfigError for a file that is not a
 * log or of a newer release, CorruptLogError for a damaged one, LogUnavailableError when it cannot be opened.
 * After a crash the whole file is checked first (about 3 s for each GB).
 */
export const openEmbeddedLog = async (settings: EmbeddedLogSettings): Promise<Log> => {
  const opened = openDatabase(settings.path, settings);
  const coordinator = enterCoordinator(opened.file);
  try {
    checkWhole(opened, { thorough: opened.unclean && coordinator.users === 1 });
    const core = openCore(opened, settings, coordinator);
    waitForLock(opened.db, lockWaitMs);
    // Not marked again: a file in use must open without the lock that its writers want.
    if (!isMarkedOpen(opened.db))
      await core.writer.submit({ records: 1, bytes: 0, run: () => markOpen(opened.db) });
    keepMark(opened);
    const memberships = openMemberships(core);
    core.noticed = () => {
      coordinator.waiters.wakeAll();
      memberships.checkHolders();
    };
    const unwatch = watchFolder(core);
    return logOf(core, memberships, unwatch);
  } catch (error) {
    leaveCoordinator(opened.file, coordinator);
    opened.db.close();
    throw error;
  }
};
