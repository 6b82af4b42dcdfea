import {
  calendarChanges,
  type DeadLetter,
  deadLetterTopic,
  subscriptionLifecycle,
  type TopicContract,
  webexEvents,
} from "@hybrid/contracts";
import { type EpochMs, partitionOf, partitionOfKey } from "@hybrid/kernel";
import type { OutgoingRecord } from "@hybrid/log";
import type { ItemKind, SortedItem } from "./sort-items.ts";

/** The name under which this service writes. */
export const serviceName = "notification-ingest";

const deadChanges = deadLetterTopic(calendarChanges.name, [serviceName]);
const deadLifecycle = deadLetterTopic(subscriptionLifecycle.name, [serviceName]);

/** The dead letters of deliveries of Webex. */
export const deadWebexEvents = deadLetterTopic(webexEvents.name, [serviceName]);

/** The topics that must exist before anything is accepted. */
export const ingestTopics: readonly Omit<TopicContract<unknown>, "encode" | "decode">[] = [
  calendarChanges,
  subscriptionLifecycle,
  webexEvents,
  deadChanges,
  deadLifecycle,
  deadWebexEvents,
];

/** When and over how many partitions. */
export interface RecordPlace {
  readonly partitionCount: number;
  readonly at: EpochMs;
}

/** A dead letter of this service: what it took in stood in no topic before. */
export const deadValue = (
  { cause, detail }: Pick<DeadLetter, "cause" | "detail">,
  origin: Pick<DeadLetter, "originTopic" | "originPartition"> & { readonly at: EpochMs },
): DeadLetter => ({
  cause,
  detail,
  service: serviceName,
  originTopic: origin.originTopic,
  originPartition: origin.originPartition,
  originOffset: -1,
  payload: null,
  deadAt: origin.at,
});

const deadRecord = (
  kind: ItemKind,
  dead: Pick<DeadLetter, "cause" | "detail">,
  where: Pick<OutgoingRecord, "key" | "partition">,
  at: EpochMs,
): OutgoingRecord => {
  const topic = kind === "change" ? deadChanges : deadLifecycle;
  const originTopic = kind === "change" ? calendarChanges.name : subscriptionLifecycle.name;
  const value = topic.encode(deadValue(dead, { originTopic, originPartition: where.partition, at }));
  return { topic: topic.name, ...where, value, timestamp: at };
};

/** The one record that an item becomes: on its topic, or on that topic's dead letters. */
export const recordOf = (item: SortedItem, { partitionCount, at }: RecordPlace): OutgoingRecord => {
  if (item.result === "refused") {
    // A dead letter without an address is spread by its own text: any partition will do.
    const where =
      item.to === undefined
        ? { key: null, partition: partitionOfKey(item.detail, partitionCount) }
        : { key: item.to, partition: partitionOf(item.to, partitionCount) };
    return deadRecord(item.kind, item, where, at);
  }
  const where = { key: item.to, partition: partitionOf(item.to, partitionCount), timestamp: at };
  return item.kind === "change"
    ? { ...where, topic: calendarChanges.name, value: calendarChanges.encode(item.value) }
    : { ...where, topic: subscriptionLifecycle.name, value: subscriptionLifecycle.encode(item.value) };
};

/** The dead letter of a whole body that holds no items; `digest` tells equal bodies from different ones. */
export const deadBodyRecord = (
  kind: ItemKind,
  body: { readonly byteLength: number; readonly digest: string; readonly fault: string },
  { partitionCount, at }: RecordPlace,
): OutgoingRecord => {
  const detail = `body of ${body.byteLength} bytes with SHA-256 ${body.digest}: ${body.fault}`;
  const partition = partitionOfKey(body.digest, partitionCount);
  return deadRecord(kind, { cause: "malformed", detail }, { key: null, partition }, at);
};
