import { checkpointTopic } from "@hybrid/contracts";
import { type Log, pagesOf } from "@hybrid/log";
import kafkajs from "kafkajs";
import type { Stage } from "../bench.ts";
import { populate } from "../population.ts";
import { partitions, subjectTopology } from "../subject.ts";
import { openLog, wait } from "./broker.ts";

const checkpoint = checkpointTopic(subjectTopology.service).name;
const bytesPerActor = 200;

/** Rolls segments at once and compacts whatever is dirty, or goes back to what the topic was made with. */
const configure = async (brokers: readonly string[], config: Readonly<Record<string, string>>) => {
  const admin = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.alterConfigs({
    validateOnly: false,
    resources: [
      {
        type: kafkajs.ConfigResourceTypes.TOPIC,
        name: checkpoint,
        configEntries: Object.entries(config).map(([name, value]) => ({ name, value })),
      },
    ],
  });
  await admin.disconnect();
};

const recordsIn = async (log: Log): Promise<number> => {
  const counts = await Promise.all(
    Array.from({ length: partitions }, async (_, partition) => {
      let count = 0;
      const pages = pagesOf(log, { topic: checkpoint, partition }, { recordsMax: 100_000 });
      for await (const page of pages) count += page.length;
      return count;
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
};

const compactionMsMax = 120_000;

const compacted = async (log: Log, actors: number, stage: Stage): Promise<void> => {
  const startedAt = performance.now();
  for (;;) {
    const records = await recordsIn(log);
    stage.say(`${records} records in the checkpoint for ${actors} actors`);
    // What is newest is never compacted: the last segments, and position records by the hundred.
    if (records <= 1.1 * actors + 1_000) return;
    if (performance.now() - startedAt > compactionMsMax)
      throw new Error(`the broker has not compacted ${checkpoint} within ${compactionMsMax / 1_000} s`);
    await wait(1_000);
  }
};

/**
 * Fills the service's checkpoint with idle actors of 200 encoded bytes, half of them written twice, and waits
 * until the broker has compacted it.
 */
export const populateCompacted = async (
  brokers: readonly string[],
  actors: number,
  stage: Stage,
): Promise<void> => {
  stage.say(`writing ${actors} actors`);
  const log = await openLog(brokers, { tailRecordsMax: 1 });
  await populate(log, Math.ceil(actors / 2), bytesPerActor, { journaled: true });
  await configure(brokers, {
    "cleanup.policy": "compact",
    "segment.ms": "500",
    "segment.bytes": "4194304",
    "min.cleanable.dirty.ratio": "0.01",
  });
  await populate(log, actors, bytesPerActor, { journaled: true });
  await compacted(log, actors, stage);
  await log.close();
};
