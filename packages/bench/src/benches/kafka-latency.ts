import { calendarChanges, resyncRequests, topicSettings } from "@hybrid/contracts";
import type { Log } from "@hybrid/log";
import type { Bench, Stage } from "../bench.ts";
import { bareOutput, bareTopics, orderFromNow, startBare } from "../kafka/bare-peer.ts";
import { openLog, withBroker } from "../kafka/broker.ts";
import type { LoadMessage, LoadOrder, LoadTask } from "../kafka/load-process.ts";
import type { LoopMessage } from "../kafka/pace.ts";
import { type Peer, startPeer } from "../peer.ts";
import { partitions, startSubject } from "../subject.ts";

const rate = 2_000;

/** More than come within the time that an output may take. */
const actors = 20_000;

/** A fresh broker gets faster for a minute and more, until its compiler has seen what it does most. */
const warmUpSeconds = 60;

type Loaded = Extract<LoadMessage, { readonly kind: "loaded" }>;

/** What measures, and on what. */
interface Site {
  readonly stage: Stage;
  readonly log: Log;
  readonly load: Peer<LoadMessage>;
  readonly bare: Peer<LoopMessage>;
}

/** A source of its own: what one works off must not be the other's backlog. */
const bareSource = "bare.source";

/** The load on the service, which runs in this process. */
const ofService = async ({ load }: Site, order: LoadOrder): Promise<Loaded> => {
  load.send(order);
  return load.next("loaded");
};

/** The same load on the bare loop. */
const ofBare = async ({ log, load, bare }: Site, { rate, seconds }: LoadOrder): Promise<Loaded> => {
  bare.send(await orderFromNow(log, bareSource, Math.round(rate * seconds)));
  await bare.next("running");
  load.send({ rate, seconds, source: bareSource } satisfies LoadOrder);
  const loaded = await load.next("loaded");
  await bare.next("worked");
  return loaded;
};

const round = async (site: Site) => {
  const { stage } = site;
  // However short a round is, a few of its inputs must have an output.
  const order: LoadOrder = {
    rate: stage.sized(rate, 500),
    seconds: stage.roundSeconds,
    source: calendarChanges.name,
  };
  const cpuBefore = process.cpuUsage();
  const ours = await ofService(site, order);
  const { user, system } = process.cpuUsage(cpuBefore);
  const share = (user + system) / 10_000 / stage.roundSeconds;
  const bare = await ofBare(site, order);
  const said = ({ p50Ms, p99Ms }: Loaded): string => `p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`;
  stage.say(
    `${order.rate} inputs/s, ${ours.outputs} outputs: ${said(ours)}; appended after ` +
      `${ours.appendP50Ms.toFixed(1)} ms; the service takes ${share.toFixed(0)} % of a core; ` +
      `the bare loop: ${said(bare)}`,
  );
  return { ours, bare };
};

const measureOn = async (brokers: readonly string[], stage: Stage): Promise<void> => {
  const log = await openLog(brokers);
  await log.createTopics([topicSettings(calendarChanges, partitions), ...bareTopics(bareSource)]);
  const service = await startSubject(log);
  const task: LoadTask = { brokers, actors, outputs: [resyncRequests.name, bareOutput] };
  const load = startPeer<LoadMessage>("kafka/load-process.ts", task);
  await load.next("ready");
  const bare = await startBare(brokers, bareSource);
  const site = { stage, log, load, bare };
  try {
    const warmUps = Math.ceil(stage.sized(warmUpSeconds, 1) / (2 * stage.roundSeconds));
    for (let number = 0; number < warmUps; number++) await round(site);
    for (let number = 0; number < stage.rounds; number++) {
      const { ours, bare } = await round(site);
      stage.sample("kafka-latency-p50", ours.p50Ms);
      stage.sample("kafka-latency-p99", ours.p99Ms);
      stage.sample("kafka-latency-append", ours.appendP50Ms);
      stage.sample("kafka-latency-bare-p50", bare.p50Ms);
      stage.sample("kafka-latency-bare-p99", bare.p99Ms);
    }
  } finally {
    await Promise.all([load.close(), bare.close()]);
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
      name: "kafka-latency-bare-p50",
      unit: "ms",
      goal: null,
      meaning: "the same of a bare loop on kafkajs, which does less for an input",
    },
    { name: "kafka-latency-bare-p99", unit: "ms", goal: null, meaning: "the same, for 99 of 100" },
    {
      name: "kafka-latency-append",
      unit: "ms",
      goal: null,
      meaning: "of the median, until the input was appended and acknowledged",
    },
  ],
};
