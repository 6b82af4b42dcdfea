import { calendarChanges, topicSettings } from "@hybrid/contracts";
import type { Bench, Stage } from "../bench.ts";
import { openLog, wait, withBroker } from "../kafka/broker.ts";
import { type Pair, startPair, takenOver } from "../kafka/pair.ts";
import { populate } from "../population.ts";
import { partitions } from "../subject.ts";

const sessionTimeoutMs = 6_000;
const bytesPerActor = 200;
const calmMs = 500;

/** Kills one of two workers, waits until the other runs all partitions, and brings a new one in. */
const round = async (stage: Stage, pair: Pair, size: "small" | "large"): Promise<void> => {
  await wait(calmMs);
  const killedAt = performance.timeOrigin + performance.now();
  pair.first.kill("SIGKILL");
  const { assignedMs, fencedMs, runningMs } = await takenOver(pair, killedAt);
  stage.say(
    `${size}: assigned after ${assignedMs.toFixed(0)} ms, all fenced after ${fencedMs.toFixed(0)}, ` +
      `all running after ${runningMs.toFixed(0)}`,
  );
  stage.sample(`kafka-failover-${size}`, runningMs);
  stage.sample(`kafka-failover-${size}-beyond`, runningMs - assignedMs);
};

const rounds = async (stage: Stage, brokers: readonly string[], size: "small" | "large"): Promise<void> => {
  const pair = await startPair({ brokers, sessionTimeoutMs, services: [{}] });
  for (let number = 0; number < stage.rounds; number++) {
    await round(stage, pair, size);
    if (number < stage.rounds - 1) await pair.replace();
  }
  await pair.close();
};

const measure = (stage: Stage): Promise<void> =>
  withBroker(stage, async (brokers) => {
    await rounds(stage, brokers, "small");
    const actors = stage.sized(100_000 * partitions, 200);
    stage.say(`writing ${actors} actors`);
    const log = await openLog(brokers, { tailRecordsMax: 1 });
    await log.createTopics([topicSettings(calendarChanges, partitions)]);
    await populate(log, actors, bytesPerActor, { journaled: true });
    await log.close();
    await rounds(stage, brokers, "large");
  });

/** How long partitions stand still when their worker is killed. */
export const kafkaFailoverBench: Bench = {
  name: "kafka-failover",
  summary: "kill -9 of one of two workers, until its partitions run in the other; sessions of 6 s",
  processes: 1,
  measure,
  figures: [
    {
      name: "kafka-failover-small",
      unit: "ms",
      goal: { kind: "atMost", value: sessionTimeoutMs + 1_000 },
      meaning: "from the kill until every partition runs in the other worker, hardly any state",
    },
    {
      name: "kafka-failover-small-beyond",
      unit: "ms",
      goal: null,
      meaning: "the part that is ours: from the group's decision on, fence and restore",
    },
    {
      name: "kafka-failover-large",
      unit: "ms",
      goal: { kind: "atMost", value: sessionTimeoutMs + 3_000 },
      meaning: "the same with 100,000 actors a partition",
    },
    {
      name: "kafka-failover-large-beyond",
      unit: "ms",
      goal: null,
      meaning: "the part that is ours: fence and restore",
    },
  ],
};
