import { calendarChanges, resyncRequests, topicSettings } from "@hybrid/contracts";
import type { Log } from "@hybrid/log";
import type { Bench, Stage } from "../bench.ts";
import { publish } from "../inputs.ts";
import type { BareOrder, BareTask } from "../kafka/bare-loop.ts";
import { openLog, withBroker } from "../kafka/broker.ts";
import type { LoopMessage, Pace } from "../kafka/pace.ts";
import { type Peer, startPeer } from "../kafka/peer.ts";
import type { LoopOrder, LoopTask } from "../kafka/runtime-loop.ts";
import { partitions } from "../subject.ts";

const inputsOf = ({ sized }: Stage): number => sized(150_000, 400);
const actorsOf = ({ sized }: Stage): number => sized(20_000, 50);

/** A broker and fresh processes get faster for a while: its compiler takes up to half a core for a minute. */
const warmUps = 4;

/** A round in another process. */
const workedBy = async (peer: Peer<LoopMessage>, order: object): Promise<Pace> => {
  peer.send(order);
  return (await peer.next("worked")).pace;
};

const harmonic = (a: number, b: number): number => 2 / (1 / a + 1 / b);

/** What measures, and on what. */
interface Site {
  readonly log: Log;
  readonly bare: Peer<LoopMessage>;
  readonly runtime: Peer<LoopMessage>;
  readonly driver: Peer<LoopMessage>;
  readonly stage: Stage;
}

const endOffsets = (log: Log): Promise<readonly number[]> =>
  Promise.all(
    Array.from({ length: partitions }, async (_, partition) => {
      const { end } = await log.offsets(calendarChanges.name, partition);
      return end;
    }),
  );

const round = async (site: Site, number: number): Promise<void> => {
  const { log, bare, runtime, driver: alone, stage } = site;
  const inputs = inputsOf(stage);
  const order: BareOrder = { inputs, offsets: await endOffsets(log) };
  await publish(log, { from: number * inputs, count: inputs, actors: actorsOf(stage) });
  // Before and after ours, so that a machine that gets faster or slower meanwhile favours nobody.
  const first = await workedBy(bare, order);
  const ours = await workedBy(runtime, { inputs } satisfies LoopOrder);
  const second = await workedBy(bare, order);
  const driver = await workedBy(alone, { inputs } satisfies LoopOrder);
  const theirs = harmonic(first.perSecond, second.perSecond);
  stage.say(
    `round ${number}: ${ours.perSecond.toFixed(0)} inputs/s, driver alone ${driver.perSecond.toFixed(0)}, ` +
      `kafkajs ${theirs.toFixed(0)}; ${ours.cpuUs.toFixed(1)}, ${driver.cpuUs.toFixed(1)}, ` +
      `${second.cpuUs.toFixed(1)} us of processor each`,
  );
  if (number < warmUps) return;
  stage.sample("kafka-loop-ratio", ours.perSecond / theirs);
  stage.sample("kafka-loop-driver-ratio", ours.perSecond / driver.perSecond);
  stage.sample("kafka-loop-inputs", ours.perSecond);
  stage.sample("kafka-loop-driver", driver.perSecond);
  stage.sample("kafka-loop-bare", theirs);
  stage.sample("kafka-loop-cpu", ours.cpuUs);
  stage.sample("kafka-loop-driver-cpu", driver.cpuUs);
  stage.sample("kafka-loop-bare-cpu", (first.cpuUs + second.cpuUs) / 2);
};

const bareTopics = { journal: "bare.journal", output: "bare.output" } as const;

const loopTopics = [
  topicSettings(calendarChanges, partitions),
  topicSettings(resyncRequests, partitions),
  ...Object.values(bareTopics).map(
    (name) => ({ name, partitions, cleanup: "delete", retentionMs: null }) as const,
  ),
];

const startLoop = async (brokers: readonly string[], by: LoopTask["by"]): Promise<Peer<LoopMessage>> => {
  const peer = startPeer<LoopMessage>("runtime-loop.ts", { brokers, by } satisfies LoopTask);
  await peer.next("ready");
  return peer;
};

const measureOn = async (brokers: readonly string[], stage: Stage): Promise<void> => {
  const log = await openLog(brokers);
  await log.createTopics(loopTopics);
  const task: BareTask = { brokers, partitions, source: calendarChanges.name, ...bareTopics };
  const bare = startPeer<LoopMessage>("bare-loop.ts", task);
  await bare.next("ready");
  const runtime = await startLoop(brokers, "runtime");
  const driver = await startLoop(brokers, "driver");
  try {
    const site = { log, bare, runtime, driver, stage };
    for (let number = 0; number < warmUps + stage.rounds; number++) await round(site, number);
    await log.close();
  } finally {
    await Promise.all([bare, runtime, driver].map((peer) => peer.close()));
  }
};

const measure = (stage: Stage): Promise<void> =>
  withBroker(stage, (brokers) => measureOn(brokers, stage), { measured: true });

/** How fast inputs pass through the runtime on Kafka. */
export const kafkaLoopBench: Bench = {
  name: "kafka-loop",
  summary:
    "a backlog through runtime, journal, checkpoint and outputs on Kafka, exactly once, against bare loops",
  processes: 1,
  measure,
  figures: [
    {
      name: "kafka-loop-ratio",
      unit: "ratio",
      goal: { kind: "atLeast", value: 0.6 },
      meaning: "our inputs per second over those of a bare loop on kafkajs, with F6, F7 and F9 put right",
    },
    {
      name: "kafka-loop-driver-ratio",
      unit: "ratio",
      goal: null,
      meaning: "the same over a bare loop on our own driver, without the runtime",
    },
    { name: "kafka-loop-inputs", unit: "inputs/s", goal: null, meaning: "inputs read, applied, committed" },
    { name: "kafka-loop-driver", unit: "inputs/s", goal: null, meaning: "the bare loop on our driver" },
    { name: "kafka-loop-bare", unit: "inputs/s", goal: null, meaning: "the bare loop on kafkajs" },
    {
      name: "kafka-loop-cpu",
      unit: "us",
      goal: null,
      meaning: "processor time of the main thread for each input",
    },
    { name: "kafka-loop-driver-cpu", unit: "us", goal: null, meaning: "the same of the loop on our driver" },
    { name: "kafka-loop-bare-cpu", unit: "us", goal: null, meaning: "the same of the loop on kafkajs" },
  ],
};
