import type { BatchRecord } from "./wire/record-batch-writer.ts";
import { batchOverheadBytes, sizeBound } from "./wire/record-batch-writer.ts";

/** Records for one partition, in order. */
export interface Shipment {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly BatchRecord[];
  /** The time of records that have none of their own. */
  readonly timestamp?: number;
}

/**
 * A request to a leader carries one batch for each partition, at most this long. Brokers take batches of
 * 1,048,588 bytes unless they are set otherwise, and what is counted here is more than a batch really has.
 */
export const batchBytesMax = 1_000_000;

/** How many of the records from `from` on fit one batch, at least one, and the bytes it takes at most. */
export const fittingPart = (
  records: readonly BatchRecord[],
  from: number,
): { readonly count: number; readonly bound: number } => {
  let bound = batchOverheadBytes;
  for (let index = from; index < records.length; index++) {
    const record = records[index];
    if (record === undefined) break;
    const next = bound + sizeBound(record);
    if (next > batchBytesMax && index > from) return { count: index - from, bound };
    bound = next;
  }
  return { count: records.length - from, bound };
};

/** A partition as the key of a map. */
export const placeKey = (topic: string, partition: number): string => `${topic}/${partition}`;

/** Puts what belongs to the same topic together: brokers take each topic once in a request. */
export const byTopic = <Item extends { readonly topic: string }, Partition>(
  items: Iterable<Item>,
  partitionOf: (item: Item) => Partition,
): { readonly topic: string; readonly partitions: readonly Partition[] }[] => {
  const topics = new Map<string, Partition[]>();
  for (const item of items) {
    const partitions = topics.get(item.topic);
    if (partitions) partitions.push(partitionOf(item));
    else topics.set(item.topic, [partitionOf(item)]);
  }
  return [...topics].map(([topic, partitions]) => ({ topic, partitions }));
};
