import { CorruptLogError, OffsetOutOfRangeError } from "../../errors.ts";
import type { GroupSettings } from "../../port.ts";
import { placeKey } from "../batches.ts";
import type { Cluster } from "../client/cluster.ts";
import type { OffsetReader, Place } from "../reading/offsets.ts";
import type { Reader } from "../reading/reader.ts";
import { topicIdsRequest } from "../wire/topic-ids-request.ts";
import { decodePosition, encodePosition, type PositionRecord, positionKey } from "./position-record.ts";
import { TransactionalWriter } from "./transactional-writer.ts";

/** What fencing needs. */
export interface FenceParts {
  readonly cluster: Cluster;
  readonly reader: Reader;
  readonly offsets: OffsetReader;
  readonly group: GroupSettings;
}

/** A partition that nobody else can write to any more. */
export interface Fenced {
  readonly writer: TransactionalWriter;
  readonly found: PositionRecord;
  /** Sources that were deleted and created again since the former owner read them. */
  readonly renewed: readonly string[];
  /** Where in the checkpoint the marker of our own first transaction stands, or will. */
  readonly markerAt: number;
  readonly ends: { readonly journal: number; readonly checkpoint: number };
  readonly starts: { readonly checkpoint: number; readonly sources: Readonly<Record<string, number>> };
}

/** Partitions share connections to write over, so that one broker does not get one from each. */
const writeLanes = 4;

/**
 * The latest position record of a checkpoint partition: looked for backwards from the end, where every commit
 * leaves it, in stretches that double. Undefined when there is none.
 */
export const findPosition = async (
  { reader }: Pick<FenceParts, "reader">,
  place: Place,
  bounds: { readonly start: number; readonly end: number },
): Promise<PositionRecord | undefined> => {
  let to = bounds.end;
  for (let length = 64; to > bounds.start; length *= 2) {
    const from = Math.max(bounds.start, to - length);
    let found: Uint8Array | null | undefined;
    for await (const records of reader.stream(place, from, to))
      for (const { key, value } of records) if (key === positionKey) found = value;
    if (found !== undefined) return decodePosition(found, `${place.topic}, partition ${place.partition}`);
    to = from;
  }
  return undefined;
};

const nothingYet: PositionRecord = { epoch: 0, position: null, tailFrom: null, journalNext: 0 };

/** A service whose topics were lost must not begin from nothing in silence: every state would be empty. */
const checkWhole = async (
  parts: FenceParts,
  partition: number,
  seen: {
    readonly found: PositionRecord | undefined;
    readonly journal: { readonly start: number; readonly end: number };
    readonly checkpointEnd: number;
  },
): Promise<void> => {
  const { group } = parts;
  const { found, journal } = seen;
  const place = `${group.service}, partition ${partition}`;
  if (!found) {
    if (journal.end > 0 || seen.checkpointEnd > 0 || (await hasGroupOffsets(parts, partition)))
      throw new CorruptLogError(
        `${place}: ${group.checkpoint} holds no position record, but the service has worked before; ` +
          "the topic was truncated or recreated: restore it from a backup, or, to begin with empty " +
          `states, delete ${group.journal}, ${group.checkpoint} and the consumer group ${group.service}`,
      );
    return;
  }
  if (journal.end < found.journalNext)
    throw new CorruptLogError(
      `${place}: ${group.journal} ends at offset ${journal.end}, but was written up to ` +
        `${found.journalNext}; the topic was truncated or recreated: restore it from a backup`,
    );
  if (found.tailFrom !== null && found.tailFrom < journal.start)
    throw new CorruptLogError(
      `${place}: ${group.journal} begins at offset ${journal.start}, but states are only in its records ` +
        `from ${found.tailFrom} on; retention has taken them: restore the topic from a backup`,
    );
};

const hasGroupOffsets = async ({ cluster, group }: FenceParts, partition: number): Promise<boolean> => {
  const { responses } = await cluster.persist(
    `reading the offsets of group ${group.service}`,
    () =>
      cluster.callCoordinator({ kind: "group", id: group.service, lane: "main" }, ({ broker }) =>
        broker.offsetFetch({
          groupId: group.service,
          topics: group.sources.map((topic) => ({ topic, partitions: [{ partition }] })),
        }),
      ),
    { forMs: 2 * cluster.settings.requestTimeoutMs },
  );
  return responses.some(({ partitions }) => partitions.some(({ offset }) => Number(offset) >= 0));
};

/** What of the partition's topics can be read, once nobody else writes to it. */
const boundsOf = async ({ offsets, group }: FenceParts, partition: number) => {
  const own = [group.journal, group.checkpoint].map((topic) => ({ topic, partition }));
  const sources = group.sources.map((topic) => ({ topic, partition }));
  const [starts, ends] = await Promise.all([offsets.starts([...own, ...sources]), offsets.ends(own)]);
  const start = (topic: string): number => starts.get(placeKey(topic, partition)) ?? 0;
  const end = (topic: string): number => ends.get(placeKey(topic, partition)) ?? 0;
  return {
    journal: { start: start(group.journal), end: end(group.journal) },
    checkpoint: { start: start(group.checkpoint), end: end(group.checkpoint) },
    sources: Object.fromEntries(group.sources.map((topic) => [topic, start(topic)])),
  };
};

/** Which topic of its name each source is at present. */
const topicIdsOf = async ({ cluster, group }: FenceParts): Promise<Readonly<Record<string, string>>> => {
  const request = topicIdsRequest(group.sources);
  const ids = await cluster.persist(
    `asking for the ids of ${group.sources.join(", ")}`,
    () => cluster.callAny((link) => link.send(request)),
    { forMs: 2 * cluster.settings.requestTimeoutMs },
  );
  return Object.fromEntries(ids);
};

/** Sources that were deleted and created again since they were read last: old offsets say nothing of them. */
const renewedSources = (
  found: PositionRecord | undefined,
  ids: Readonly<Record<string, string>>,
): readonly string[] =>
  Object.entries(found?.position?.sources ?? {})
    .filter(([topic, next]) => {
      const [before, now] = [found?.topicIds?.[topic], ids[topic]];
      return next > 0 && before !== undefined && now !== undefined && before !== now;
    })
    .map(([topic]) => topic);

/** What a poll says of such a source, however often somebody asks. */
export const renewedSource = ({ topic, partition }: Place, offset: number): OffsetOutOfRangeError =>
  new OffsetOutOfRangeError(
    `offset ${offset} of topic ${topic}, partition ${partition}, is of a topic that was deleted; another ` +
      "one of its name was created since, and what stands below that offset there was never read: restore " +
      "the former one from a backup",
  );

/**
 * Shuts out every earlier owner (I2), finds what it left, and commits a position record with the next epoch:
 * that proves that we can write, and tells the next owner that we were here.
 */
export const fencePartition = async (parts: FenceParts, partition: number): Promise<Fenced> => {
  const { cluster, group } = parts;
  const writer = await TransactionalWriter.fence(cluster, {
    transactionalId: `${group.journal}-${partition}`,
    lane: `write-${partition % writeLanes}`,
  });
  const [bounds, ids] = await Promise.all([boundsOf(parts, partition), topicIdsOf(parts)]);
  const { journal, checkpoint } = bounds;
  const place = { topic: group.checkpoint, partition };
  const found = await findPosition(parts, place, checkpoint);
  await checkWhole(parts, partition, { found, journal, checkpointEnd: checkpoint.end });
  const before = found ?? nothingYet;
  const renewed = renewedSources(found, ids);
  // A source that has changed stays what it was in the record: nobody may resume from it, now or later.
  const topicIds = {
    ...ids,
    ...Object.fromEntries(renewed.map((topic) => [topic, before.topicIds?.[topic]])),
  };
  const ours: PositionRecord = { ...before, epoch: before.epoch + 1, topicIds: topicIds as typeof ids };
  const timestamp = ours.position?.at ?? 0;
  const marker = { key: positionKey, value: encodePosition(ours), timestamp };
  const [base = -1] = await writer.commit([{ ...place, records: [marker] }]);
  return {
    writer,
    found: ours,
    renewed,
    markerAt: base + 1,
    ends: { journal: journal.end, checkpoint: checkpoint.end },
    starts: { checkpoint: checkpoint.start, sources: bounds.sources },
  };
};
