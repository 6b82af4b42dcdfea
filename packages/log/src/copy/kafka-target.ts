import { ConfigError } from "@hybrid/kernel";
import { placeKey, type Shipment } from "../kafka/batches.ts";
import type { Cluster } from "../kafka/client/cluster.ts";
import { TransactionalWriter } from "../kafka/partition/transactional-writer.ts";
import type { OffsetReader, Place } from "../kafka/reading/offsets.ts";
import type { KafkaLogSettings } from "../kafka/settings.ts";
import { openCluster, openKafkaAdmin } from "../kafka/topics/admin.ts";
import type { TopicCatalog } from "../kafka/topics/topic-catalog.ts";
import type { LogRecord, TopicSettings } from "../port.ts";

/** What a copy is written to. */
export interface KafkaTarget {
  /** Rejects with ConfigError naming everything that is in the way; creates the topics that are missing. */
  prepare(topics: readonly TopicSettings[], services: readonly string[]): Promise<void>;
  /** Writes all of it in one transaction; resolves with the offset of each shipment's first record. */
  write(shipments: readonly Shipment[]): Promise<readonly number[]>;
  /** Where partitions end, behind everything that was written. */
  ends(places: readonly Place[]): Promise<ReadonlyMap<string, number>>;
  /** What can still be read of a partition, and from where on. */
  read(
    place: Place,
  ): Promise<{ readonly start: number; readonly records: AsyncIterable<readonly LogRecord[]> }>;
  close(): Promise<void>;
}

/** One copy at a time: a second one fences the first. */
const transactionalId = "hybrid-log-copy";

const topicFaults = async (
  parts: { readonly cluster: Cluster; readonly offsets: OffsetReader; readonly catalog: TopicCatalog },
  wanted: readonly TopicSettings[],
): Promise<readonly string[]> => {
  const present = new Map((await parts.catalog.all()).map((topic) => [topic.name, topic]));
  const faults: string[] = [];
  for (const { name, partitions, cleanup } of wanted) {
    const there = present.get(name);
    if (!there) continue;
    if (there.partitions !== partitions)
      faults.push(`topic ${name} has ${there.partitions} partitions there, and ${partitions} in the source`);
    if (there.cleanup !== cleanup)
      faults.push(`topic ${name} has the cleanup ${there.cleanup} there, and ${cleanup} in the source`);
    const places = Array.from({ length: there.partitions }, (_, partition) => ({ topic: name, partition }));
    const ends = await parts.offsets.ends(places);
    const filled = places.filter((place) => (ends.get(placeKey(name, place.partition)) ?? 0) > 0);
    if (filled.length > 0)
      faults.push(
        `topic ${name} is not empty there, or was not always: delete it, or copy to another cluster`,
      );
  }
  return faults;
};

const groupFaults = async (
  settings: KafkaLogSettings,
  services: readonly string[],
): Promise<readonly string[]> => {
  const admin = await openKafkaAdmin(settings);
  try {
    const faults: string[] = [];
    for (const service of services) {
      const { workers } = await admin.describeGroup(service);
      if (workers.length > 0)
        faults.push(`${service} runs there already (${workers.map(({ host }) => host).join(", ")}): stop it`);
    }
    return faults;
  } finally {
    await admin.close();
  }
};

/** Opens the target of a copy. Rejects as `openKafkaLog` does. */
export const openKafkaTarget = async (settings: KafkaLogSettings): Promise<KafkaTarget> => {
  const { cluster, offsets, reader, topics: catalog } = await openCluster(settings);
  let writer: TransactionalWriter | undefined;
  return {
    async prepare(topics, services) {
      const faults = [
        ...(await groupFaults(settings, services)),
        ...(await topicFaults({ cluster, offsets, catalog }, topics)),
      ];
      if (faults.length > 0) throw new ConfigError("nothing was copied to Kafka", faults);
      await catalog.create(topics);
      writer = await TransactionalWriter.fence(cluster, { transactionalId, lane: "copy" });
    },
    async write(shipments) {
      if (!writer) throw new TypeError("a target is prepared before anything is written to it");
      const bases = await writer.commit(shipments);
      // One more for the transaction's marker.
      for (const [index, { topic, partition, records }] of shipments.entries())
        offsets.noteCommitted({ topic, partition }, (bases[index] ?? 0) + records.length + 1);
      return bases;
    },
    ends: (places) => offsets.ends(places),
    async read(place) {
      const key = placeKey(place.topic, place.partition);
      const [starts, ends] = await Promise.all([offsets.starts([place]), offsets.ends([place])]);
      const start = starts.get(key) ?? 0;
      return { start, records: reader.stream(place, start, ends.get(key) ?? 0) };
    },
    close: () => cluster.close(),
  };
};
