import { calendarChanges } from "@hybrid/contracts";
import { instant, partitionOf } from "@hybrid/kernel";
import type { Log, OutgoingRecord } from "@hybrid/log";
import { eventIdOf, partitions, subjectActor } from "./subject.ts";

const tenantId = "6f9619ff-8b86-4011-b42d-00c04fc964ff";
const subscriptionId = "7f105c7d-2dc5-4530-97cd-4e7ae6534c07";
const recordsPerAppend = 2_000;

/** The n-th calendar change for one of `actors` actors. */
export const inputOf = (n: number, actors: number): OutgoingRecord => {
  // A stride without a common factor visits every actor, in an order that has nothing to do with ids.
  const key = subjectActor((n * 7_919) % actors);
  const receivedAt = Date.now() + n;
  const etag = `W/"${n.toString(36).padStart(12, "0")}"`;
  const value = calendarChanges.encode({
    subscriptionId,
    tenantId,
    changeType: "updated",
    eventId: eventIdOf(n),
    etag,
    receivedAt,
  });
  const partition = partitionOf(key, partitions);
  return { topic: calendarChanges.name, partition, key, value, timestamp: instant(receivedAt) };
};

/** Appends a backlog: `count` inputs from the `from`-th on. */
export const publish = async (
  log: Log,
  { from, count, actors }: { readonly from: number; readonly count: number; readonly actors: number },
): Promise<void> => {
  for (let n = from; n < from + count; n += recordsPerAppend) {
    const length = Math.min(recordsPerAppend, from + count - n);
    await log.append(Array.from({ length }, (_, index) => inputOf(n + index, actors)));
  }
};
