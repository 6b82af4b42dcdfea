import {
  type GroupSettings,
  type Log,
  OffsetOutOfRangeError,
  type OwnedPartition,
  type PolledRecord,
  type Position,
} from "@hybrid/log";
import { wrapLog, wrapMembership, wrapOwned } from "./recording-log.ts";

/** Behind every record of a marked topic stands a marker: record n of the log below has offset 2n here. */
const here = (below: number): number => 2 * below;

/** Where the log below goes on for an offset of ours, which may be a record's or a marker's. */
const below = (offset: number): number => Math.ceil(offset / 2);

/**
 * A log in which every record of these topics is a transaction of its own with a marker behind it, as on
 * Kafka: no record is there, and yet offsets go on. Retention takes records and markers alike, so that a
 * position that points at a marker may lie before everything that is left.
 */
export const markerLog = (log: Log, marked: ReadonlySet<string>): Log => {
  /** Positions that point at markers, as the owner gave them; the log below cannot keep them. */
  const atMarkers = new Map<string, number>();

  const inner = wrapLog(log, {
    append: (append) => async (records) => {
      const offsets = await append(records);
      return offsets.map((offset, n) => (marked.has(records[n]?.topic ?? "") ? here(offset) : offset));
    },
    join: (join) => async (group, listener, worker) =>
      wrapMembership(await join(group, listener, worker), (owned) =>
        markedOwned(log, owned, { group, marked, atMarkers }),
      ),
  });
  return {
    ...inner,
    read: async (request) => {
      if (!marked.has(request.topic)) return log.read(request);
      const page = await log.read({ ...request, offset: below(request.offset) });
      const records = page.records.map((record) => ({ ...record, offset: here(record.offset) }));
      return { records, nextOffset: here(page.nextOffset), endOffset: here(page.endOffset) };
    },
    offsets: async (topic, partition) => {
      const { start, end } = await log.offsets(topic, partition);
      return marked.has(topic) ? { start: here(start), end: here(end) } : { start, end };
    },
    lag: async (group) => {
      const lags = await log.lag(group);
      return lags.map((each) => {
        if (!marked.has(each.topic)) return each;
        const { nextOffset, endOffset } = each;
        return {
          ...each,
          nextOffset: nextOffset === null ? null : here(nextOffset),
          endOffset: here(endOffset),
        };
      });
    },
  };
};

interface Marks {
  readonly group: GroupSettings;
  readonly marked: ReadonlySet<string>;
  readonly atMarkers: Map<string, number>;
}

const markedOwned = (log: Log, owned: OwnedPartition, marks: Marks): OwnedPartition => {
  const { group, marked, atMarkers } = marks;
  const { partition } = owned;
  const placeOf = (topic: string): string => `${group.service}/${partition}/${topic}`;
  const changed = (position: Position, change: (offset: number, topic: string) => number): Position => ({
    ...position,
    sources: Object.fromEntries(
      Object.entries(position.sources).map(([topic, offset]) => [
        topic,
        marked.has(topic) ? change(offset, topic) : offset,
      ]),
    ),
  });
  const position =
    owned.position &&
    changed(owned.position, (offset, topic) => atMarkers.get(placeOf(topic)) ?? here(offset));
  let looked = false;

  const refuseGaps = async (): Promise<void> => {
    if (looked || !position) return;
    for (const topic of marked) {
      const offset = position.sources[topic];
      if (offset === undefined) continue;
      const { start } = await log.offsets(topic, partition);
      if (offset < here(start))
        throw new OffsetOutOfRangeError(
          `offset ${offset} of ${topic} lies before the start at ${here(start)}`,
        );
    }
    looked = true;
  };

  return wrapOwned(owned, {
    position,
    poll: async (limit, signal) => {
      await refuseGaps();
      return (await owned.poll(limit, signal)).map((record): PolledRecord => {
        if (!marked.has(record.topic)) return record;
        return { ...record, offset: here(record.offset), nextOffset: here(record.offset + 1) };
      });
    },
    commit: async (batch) => {
      const receipt = await owned.commit({ ...batch, position: changed(batch.position, below) });
      for (const topic of marked) {
        const offset = batch.position.sources[topic] ?? 0;
        if (offset % 2 === 0) atMarkers.delete(placeOf(topic));
        else atMarkers.set(placeOf(topic), offset);
      }
      return receipt;
    },
  });
};
