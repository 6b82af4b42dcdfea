import type { Bench, Stage } from "../bench.ts";
import { wait, withBroker } from "../kafka/broker.ts";
import { startPair, takenOver } from "../kafka/pair.ts";

const sessionTimeoutMs = 6_000;
const calmMs = 500;

const measure = (stage: Stage): Promise<void> =>
  withBroker(stage, async (brokers) => {
    const pair = await startPair({ brokers, sessionTimeoutMs, services: [{}] });
    for (let number = 0; number < stage.rounds; number++) {
      await wait(calmMs);
      pair.first.kill("SIGTERM");
      const { at } = await pair.first.next("stopping");
      const { assignedMs, fencedMs, runningMs } = await takenOver(pair, at);
      await pair.first.ended;
      stage.say(
        `assigned after ${assignedMs.toFixed(0)} ms, all fenced after ${fencedMs.toFixed(0)}, ` +
          `all running after ${runningMs.toFixed(0)}`,
      );
      stage.sample("kafka-handover-gap", runningMs);
      stage.sample("kafka-handover-group", assignedMs);
      if (number < stage.rounds - 1) await pair.replace();
    }
    await pair.close();
  });

/** How long partitions stand still when their worker goes in order. */
export const kafkaHandoverBench: Bench = {
  name: "kafka-handover",
  summary: "SIGTERM to one of two workers without input, until its partitions run in the other",
  processes: 1,
  measure,
  figures: [
    {
      name: "kafka-handover-gap",
      unit: "ms",
      goal: { kind: "atMost", value: 500 },
      meaning: "from the signal, when its partitions begin to drain, until the last one runs elsewhere",
    },
    {
      name: "kafka-handover-group",
      unit: "ms",
      goal: null,
      meaning: "of this, until the first partition was given to the other worker",
    },
  ],
};
