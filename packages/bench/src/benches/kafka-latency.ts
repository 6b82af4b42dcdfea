import { calendarChanges, topicSettings } from "@hybrid/contracts";
import type { Bench, Stage } from "../bench.ts";
import { openLog, withBroker } from "../kafka/broker.ts";
import type { LoadMessage, LoadOrder, LoadTask } from "../kafka/load-process.ts";
import { type Peer, startPeer } from "../kafka/peer.ts";
import { partitions, startSubject } from "../subject.ts";

const rate = 2_000;

/** More than come within the time that an output may take. */
const actors = 20_000;

/** A fresh broker gets faster for a minute and more, until its compiler has seen what it does most. */
const warmUpSeconds = 60;

const round = async (stage: Stage, load: Peer<LoadMessage>) => {
  // However short a round is, a few of its inputs must have an output.
  const order: LoadOrder = { rate: stage.sized(rate, 500), seconds: stage.roundSeconds };
  const cpuBefore = process.cpuUsage();
  load.send(order);
  const result = await load.next("loaded");
  const { user, system } = process.cpuUsage(cpuBefore);
  const share = (user + system) / 10_000 / stage.roundSeconds;
  const { outputs, p50Ms, p99Ms, appendP50Ms } = result;
  stage.say(
    `${order.rate} inputs/s, ${outputs} outputs: p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms; ` +
      `appended after ${appendP50Ms.toFixed(1)} ms; the service takes ${share.toFixed(0)} % of a core`,
  );
  return result;
};

const measureOn = async (brokers: readonly string[], stage: Stage): Promise<void> => {
  const log = await openLog(brokers);
  await log.createTopics([topicSettings(calendarChanges, partitions)]);
  const service = await startSubject(log);
  const task: LoadTask = { brokers, actors };
  const load = startPeer<LoadMessage>("load-process.ts", task);
  await load.next("ready");
  try {
    const warmUps = Math.ceil(stage.sized(warmUpSeconds, 1) / stage.roundSeconds);
    for (let number = 0; number < warmUps; number++) await round(stage, load);
    for (let number = 0; number < stage.rounds; number++) {
      const { p50Ms, p99Ms, appendP50Ms } = await round(stage, load);
      stage.sample("kafka-latency-p50", p50Ms);
      stage.sample("kafka-latency-p99", p99Ms);
      stage.sample("kafka-latency-append", appendP50Ms);
    }
  } finally {
    await load.close();
  }
  await service.stop();
  await log.close();
};

const measure = (stage: Stage): Promise<void> =>
  withBroker(stage, (brokers) => measureOn(brokers, stage), { measured: true });

/** How long one input takes through Kafka and the runtime. */
export const kafkaLatencyBench: Bench = {
  name: "kafka-latency",
  summary: "2,000 inputs a second at fixed intended times, until a reader sees what came out of them",
  processes: 1,
  measure,
  figures: [
    {
      name: "kafka-latency-p50",
      unit: "ms",
      goal: { kind: "atMost", value: 12 },
      meaning: "half of the outputs are seen within this, counted from the intended time of their input",
    },
    {
      name: "kafka-latency-p99",
      unit: "ms",
      goal: { kind: "atMost", value: 40 },
      meaning: "99 of 100 of them are seen within this",
    },
    {
      name: "kafka-latency-append",
      unit: "ms",
      goal: null,
      meaning: "of the median, until the input was appended and acknowledged",
    },
  ],
};
