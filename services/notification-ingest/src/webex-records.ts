import { webexEvents } from "@hybrid/contracts";
import { partitionOf } from "@hybrid/kernel";
import type { OutgoingRecord } from "@hybrid/log";
import { deadValue, deadWebexEvents, type RecordPlace } from "./records.ts";
import type { SortedDelivery } from "./webex-delivery.ts";

/** The one record that a delivery becomes: on its topic, or on that topic's dead letters. */
export const deliveryRecord = (
  delivery: SortedDelivery,
  { partitionCount, at }: RecordPlace,
): OutgoingRecord => {
  const partition = partitionOf(delivery.to, partitionCount);
  const where = { key: delivery.to, partition, timestamp: at };
  if (delivery.result === "accepted")
    return { ...where, topic: webexEvents.name, value: webexEvents.encode(delivery.value) };
  const value = deadValue(delivery, { originTopic: webexEvents.name, originPartition: partition, at });
  return { ...where, topic: deadWebexEvents.name, value: deadWebexEvents.encode(value) };
};
