import { FencedError } from "../errors.ts";
import type {
  Commit,
  CommitReceipt,
  GroupSettings,
  LogRecord,
  OutgoingRecord,
  OwnedPartition,
  Position,
  RestoredRecord,
} from "../port.ts";
import { positionFaults } from "../position-faults.ts";
import type { Core } from "./core.ts";
import type { Owner } from "./owner-table.ts";
import { bytesOfAll } from "./record-table.ts";

const restorePageMax = 1_000;

/** Where a record goes; throws UnknownTopicError, FencedError or TypeError before anything is written. */
export const slotFor = (core: Core, record: OutgoingRecord): number => {
  const { topics } = core;
  const slot = topics.slot(record.topic, record.partition);
  if (core.owners.isJournal(slot))
    throw new FencedError(
      `${topics.nameOf(slot)} is a journal: only its owner appends to it, by commits; nothing was appended`,
    );
  if (record.key === null && topics.topic(record.topic).cleanup === "compact")
    throw new TypeError(`a record for topic ${record.topic} has no key, but the topic is compacted by key`);
  if (!Number.isSafeInteger(record.timestamp))
    throw new TypeError(
      `a record for topic ${record.topic} has the timestamp ${record.timestamp}; not whole milliseconds`,
    );
  return slot;
};

/** A position that cannot be read back would keep later owners out, or begin a source from its start. */
const checkPosition = (owner: Owner, position: Position): void => {
  const faults = positionFaults(position);
  if (faults.length > 0)
    throw new TypeError(
      `${owner.service}, partition ${owner.partition}: not a position: ${faults.join(", ")}; ` +
        "nothing of the batch was appended",
    );
};

/** Appends records, each to its slot, slot by slot in order; returns their offsets. */
export const insertAll = (
  { topics, records: table }: Core,
  records: readonly OutgoingRecord[],
  slots: readonly number[],
): number[] => {
  const offsets = slots.map((slot) => topics.reserve(slot, 1));
  const stretches = new Map<number, { slot: number; offset: number; records: OutgoingRecord[] }>();
  for (const [index, record] of records.entries()) {
    const [slot, offset] = [slots[index] ?? -1, offsets[index] ?? -1];
    const stretch = stretches.get(slot);
    if (stretch) stretch.records.push(record);
    else stretches.set(slot, { slot, offset, records: [record] });
  }
  for (const stretch of stretches.values()) table.insert(stretch);
  return offsets;
};

const insertJournal = ({ topics, records: table }: Core, slot: number, batch: Commit): void => {
  const { at: timestamp } = batch.position;
  const records = batch.journal.map(({ key, value }) => ({ key, value, timestamp }));
  table.insert({ slot, offset: topics.reserve(slot, records.length), records });
};

const apply = (core: Core, owner: Owner, batch: Commit): CommitReceipt => {
  checkPosition(owner, batch.position);
  const slots = batch.outputs.map((record) => slotFor(core, record));
  const journalOffset = core.topics.bounds(owner.journalSlot).next;
  const journalNext = journalOffset + batch.journal.length;
  if (!core.owners.advance({ ...owner, position: batch.position, journalNext }))
    throw new FencedError(
      `${owner.service}, partition ${owner.partition}: epoch ${owner.epoch} was fenced by a newer owner; ` +
        "nothing of the batch was appended",
    );
  insertJournal(core, owner.journalSlot, batch);
  insertAll(core, batch.outputs, slots);
  core.checkpoints.apply(owner.checkpointSlot, batch.checkpoint, journalNext);
  return { journalOffset, journalNextOffset: journalNext };
};

const sizeOf = ({ journal, outputs, checkpoint }: Commit): number =>
  bytesOfAll(journal) + bytesOfAll(outputs) + bytesOfAll(checkpoint);

interface Cursor {
  readonly topic: string;
  readonly slot: number;
  offset: number;
}

const cursorsOf = ({ topics }: Core, group: GroupSettings, owner: Owner): Cursor[] =>
  group.sources.map((topic) => {
    const slot = topics.slot(topic, owner.partition);
    return { topic, slot, offset: owner.position?.sources[topic] ?? topics.bounds(slot).start };
  });

interface Limit {
  readonly recordsMax: number;
  readonly bytesMax: number;
}

/** Takes a share of the limit from each source, then what is left over from those that have more. */
const takeInTurns = (
  core: Core,
  cursors: readonly Cursor[],
  partition: number,
  limit: Limit,
): LogRecord[] => {
  const records: LogRecord[] = [];
  let bytesLeft = limit.bytesMax;
  const offsets = cursors.map(({ offset }) => offset);
  let ready = cursors.map((cursor, index) => ({ ...cursor, index }));
  while (ready.length > 0 && records.length < limit.recordsMax && (bytesLeft > 0 || records.length === 0)) {
    const more: typeof ready = [];
    const share = Math.max(1, Math.floor((limit.recordsMax - records.length) / ready.length));
    const bytesShare = Math.max(1, Math.floor(bytesLeft / ready.length));
    for (const source of ready) {
      if (records.length >= limit.recordsMax || (bytesLeft <= 0 && records.length > 0)) break;
      const { topic, index } = source;
      const offset = offsets[index] ?? source.offset;
      const result = core.records.read({ topic, partition, offset, recordsMax: share, bytesMax: bytesShare });
      records.push(...result.records);
      bytesLeft -= bytesOfAll(result.records);
      offsets[index] = result.nextOffset;
      if (result.nextOffset < result.endOffset) more.push(source);
    }
    ready = more;
  }
  // Only now: an error above must not skip what was read before it.
  for (const [index, cursor] of cursors.entries()) cursor.offset = offsets[index] ?? cursor.offset;
  return records;
};

const restorer = (core: Core, owner: Owner) =>
  async function* restore(): AsyncGenerator<readonly RestoredRecord[]> {
    for (let from: number | undefined = 0; from !== undefined; ) {
      const start: number = from;
      const page = core.snapshot(() => core.checkpoints.page(owner.checkpointSlot, start, restorePageMax));
      if (page.entries.length > 0) yield page.entries;
      from = page.next;
    }
  };

/** Hands a fenced partition over. */
export const ownedPartition = (core: Core, group: GroupSettings, owner: Owner): OwnedPartition => {
  const cursors = core.snapshot(() => cursorsOf(core, group, owner));
  const slots = cursors.map(({ slot }) => slot);
  // A source that a commit does not name stands where it stood: if it were read from its start again, nobody
  // would miss what retention takes meanwhile.
  let standing: Position["sources"] = Object.fromEntries(cursors.map(({ topic, offset }) => [topic, offset]));
  let turn = 0;
  // Closed, or a commit was rejected: nothing more of this owner may be appended.
  const state = { closed: false, spent: false };
  const rotate = (): Cursor[] => {
    turn = (turn + 1) % Math.max(1, cursors.length);
    return [...cursors.slice(turn), ...cursors.slice(0, turn)];
  };
  const commit = (batch: Commit): Promise<CommitReceipt> => {
    const run = (): CommitReceipt => {
      if (state.spent || state.closed)
        throw new FencedError(
          `${owner.service}, partition ${owner.partition}: it was closed, or an earlier commit was ` +
            "rejected; fence it again",
        );
      standing = { ...standing, ...batch.position.sources };
      return apply(core, owner, { ...batch, position: { ...batch.position, sources: standing } });
    };
    const records = batch.journal.length + batch.outputs.length + batch.checkpoint.length;
    // At once, not when the promise is seen: a later batch may stand in the same transaction.
    const rejected = (): void => {
      state.spent = true;
    };
    return core.writer.submit({ records, bytes: sizeOf(batch), run, rejected });
  };
  return {
    partition: owner.partition,
    epoch: owner.epoch,
    position: owner.position,
    restore: restorer(core, owner),
    commit,
    async poll(limit, signal) {
      while (!signal.aborted && !state.closed) {
        const records = core.snapshot(() => takeInTurns(core, rotate(), owner.partition, limit));
        if (records.length > 0) return records;
        await core.coordinator.waiters.wait(slots, signal);
      }
      return [];
    },
    logTime: () => Promise.resolve(core.settings.clock.now()),
    close: () => {
      state.closed = true;
      core.coordinator.waiters.wake(slots);
      return Promise.resolve();
    },
  };
};
