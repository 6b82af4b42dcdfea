import { calendarChanges, resyncRequests, topicSettings } from "@hybrid/contracts";
import type { Log } from "@hybrid/log";
import type { Bench, Stage } from "../bench.ts";
import { publish } from "../inputs.ts";
import { bareTopics, orderFromNow, startBare } from "../kafka/bare-peer.ts";
import { openLog, withBroker } from "../kafka/broker.ts";
import type { LoopMessage, Pace } from "../kafka/pace.ts";
import { proofSource, publishProof } from "../kafka/proof-inputs.ts";
import type { LoopOrder, LoopTask } from "../kafka/runtime-loop.ts";
import { type Peer, startPeer } from "../peer.ts";
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
  /** kafkajs on the inputs that ours gets, and on those that the design's proof had. */
  readonly lean: Peer<LoopMessage>;
  readonly proof: Peer<LoopMessage>;
  readonly runtime: Peer<LoopMessage>;
  readonly driver: Peer<LoopMessage>;
  readonly stage: Stage;
}

/** What one round has shown. */
type Paces = Readonly<Record<"ours" | "driver" | "lean" | "proof", Pace>>;

const meanOf = (first: Pace, second: Pace): Pace => ({
  perSecond: harmonic(first.perSecond, second.perSecond),
  cpuUs: (first.cpuUs + second.cpuUs) / 2,
});

const race = async ({ log, lean, proof, runtime, driver, stage }: Site, number: number): Promise<Paces> => {
  const inputs = inputsOf(stage);
  const from = number * inputs;
  const leanOrder = await orderFromNow(log, calendarChanges.name, inputs);
  const proofOrder = await orderFromNow(log, proofSource, inputs);
  await publishProof(log, { from, count: inputs });
  await publish(log, { from, count: inputs, actors: actorsOf(stage) });
  // Before and after ours, so that a machine that gets faster or slower meanwhile favours nobody.
  const before = { lean: await workedBy(lean, leanOrder), proof: await workedBy(proof, proofOrder) };
  const ours = await workedBy(runtime, { inputs } satisfies LoopOrder);
  const after = { proof: await workedBy(proof, proofOrder), lean: await workedBy(lean, leanOrder) };
  return {
    ours,
    driver: await workedBy(driver, { inputs } satisfies LoopOrder),
    lean: meanOf(before.lean, after.lean),
    proof: meanOf(before.proof, after.proof),
  };
};

const round = async (site: Site, number: number): Promise<void> => {
  const { stage } = site;
  const { ours, driver, lean, proof } = await race(site, number);
  const said = ({ perSecond, cpuUs }: Pace): string => `${perSecond.toFixed(0)}/s ${cpuUs.toFixed(1)} us`;
  stage.say(
    `round ${number}: ours ${said(ours)}, driver alone ${said(driver)}, ` +
      `kafkajs as in the proof ${said(proof)}, lean ${said(lean)}`,
  );
  if (number < warmUps) return;
  stage.sample("kafka-loop-ratio", ours.perSecond / proof.perSecond);
  stage.sample("kafka-loop-lean-ratio", ours.perSecond / lean.perSecond);
  stage.sample("kafka-loop-driver-ratio", ours.perSecond / driver.perSecond);
  stage.sample("kafka-loop-inputs", ours.perSecond);
  stage.sample("kafka-loop-cpu", ours.cpuUs);
  for (const [name, pace] of Object.entries({ driver, proof, lean })) {
    stage.sample(`kafka-loop-${name}`, pace.perSecond);
    stage.sample(`kafka-loop-${name}-cpu`, pace.cpuUs);
  }
};

const loopTopics = [
  topicSettings(calendarChanges, partitions),
  topicSettings(resyncRequests, partitions),
  ...bareTopics(proofSource),
];

const startLoop = async (brokers: readonly string[], by: LoopTask["by"]): Promise<Peer<LoopMessage>> => {
  const peer = startPeer<LoopMessage>("kafka/runtime-loop.ts", { brokers, by } satisfies LoopTask);
  await peer.next("ready");
  return peer;
};

const measureOn = async (brokers: readonly string[], stage: Stage): Promise<void> => {
  const log = await openLog(brokers);
  await log.createTopics(loopTopics);
  const peers = {
    lean: await startBare(brokers, calendarChanges.name),
    proof: await startBare(brokers, proofSource),
    runtime: await startLoop(brokers, "runtime"),
    driver: await startLoop(brokers, "driver"),
  };
  try {
    for (let number = 0; number < warmUps + stage.rounds; number++)
      await round({ log, ...peers, stage }, number);
    await log.close();
  } finally {
    await Promise.all(Object.values(peers).map((peer) => peer.close()));
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
      meaning:
        "our inputs per second over those of the proof's bare loop on kafkajs, with F6, F7 and F9 put right",
    },
    {
      name: "kafka-loop-lean-ratio",
      unit: "ratio",
      goal: null,
      meaning: "the same over that loop on our inputs: a fifth of the users, each in one partition only",
    },
    {
      name: "kafka-loop-driver-ratio",
      unit: "ratio",
      goal: null,
      meaning: "the same over a bare loop on our own driver, without the runtime",
    },
    { name: "kafka-loop-inputs", unit: "inputs/s", goal: null, meaning: "inputs read, applied, committed" },
    { name: "kafka-loop-driver", unit: "inputs/s", goal: null, meaning: "the bare loop on our driver" },
    { name: "kafka-loop-proof", unit: "inputs/s", goal: null, meaning: "the bare loop of the proof" },
    { name: "kafka-loop-lean", unit: "inputs/s", goal: null, meaning: "that loop on our inputs" },
    {
      name: "kafka-loop-cpu",
      unit: "us",
      goal: null,
      meaning: "processor time of the main thread for each input",
    },
    { name: "kafka-loop-driver-cpu", unit: "us", goal: null, meaning: "the same of the loop on our driver" },
    { name: "kafka-loop-proof-cpu", unit: "us", goal: null, meaning: "the same of the proof's loop" },
    { name: "kafka-loop-lean-cpu", unit: "us", goal: null, meaning: "the same of that loop on our inputs" },
  ],
};
