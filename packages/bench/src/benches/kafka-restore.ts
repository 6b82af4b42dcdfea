import type { Bench, Stage } from "../bench.ts";
import { withBroker } from "../kafka/broker.ts";
import { populateCompacted } from "../kafka/compaction.ts";
import type { RestoreMessage, RestoreTask } from "../kafka/restore-process.ts";
import { startPeer } from "../peer.ts";

const actorsOf = ({ sized }: Stage): number => sized(400_000, 100);

const measure = (stage: Stage): Promise<void> =>
  withBroker(stage, async (brokers) => {
    const actors = actorsOf(stage);
    await populateCompacted(brokers, actors, stage);
    for (let round = 1; round <= stage.rounds; round++) {
      const task: RestoreTask = { brokers, actors };
      const peer = startPeer<RestoreMessage>("kafka/restore-process.ts", task);
      const { runtimeMs, joinMs, logMs, records } = await peer.next("restored");
      await peer.ended;
      stage.say(
        `round ${round}: running after ${runtimeMs.toFixed(0)} ms, of which joining and the first fence ` +
          `took ${joinMs.toFixed(0)}; the log alone ${logMs.toFixed(0)} ms for ${records} records`,
      );
      stage.sample("kafka-restore-runtime", (1_000 * actors) / runtimeMs);
      stage.sample("kafka-restore-log", (1_000 * actors) / logMs);
      stage.sample("kafka-restore-join", joinMs);
    }
  });

/** How fast actors come back at a start on Kafka. */
export const kafkaRestoreBench: Bench = {
  name: "kafka-restore",
  summary: "fresh processes restore 400,000 idle actors of 200 encoded bytes from a compacted checkpoint",
  processes: 1,
  measure,
  figures: [
    {
      name: "kafka-restore-runtime",
      unit: "actors/s",
      goal: { kind: "atLeast", value: 200_000 },
      meaning: "from the start of the service until every partition runs: joined, fenced, read, timers set",
    },
    {
      name: "kafka-restore-log",
      unit: "actors/s",
      goal: null,
      meaning: "the log's part alone: fetching, checking and decoding, all partitions at once",
    },
    {
      name: "kafka-restore-join",
      unit: "ms",
      goal: null,
      meaning: "of the whole, until the first partition was fenced",
    },
  ],
};
