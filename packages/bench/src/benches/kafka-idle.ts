import type { Bench, Stage } from "../bench.ts";
import { wait, withBroker } from "../kafka/broker.ts";
import type { IdleOrder, ServiceMessage, ServiceTask } from "../kafka/service-process.ts";
import { startPeer } from "../peer.ts";

const sessionTimeoutMs = 6_000;
const ownedPartitions = 48;
const severalServices = 6;

const settledMs = 3_000;

/** Starts services, waits until all partitions run and everything has calmed down, and looks. */
const idle = async (
  stage: Stage,
  figure: string,
  task: Pick<ServiceTask, "brokers" | "services">,
): Promise<void> => {
  const peer = startPeer<ServiceMessage>("kafka/service-process.ts", { ...task, sessionTimeoutMs });
  await peer.next("joined");
  for (let running = 0; running < ownedPartitions; ) {
    const { state } = await peer.next("state");
    if (state === "running") running += 1;
  }
  await wait(stage.sized(settledMs, 100));
  for (let round = 0; round < stage.rounds; round++) {
    const order: IdleOrder = { seconds: stage.roundSeconds };
    peer.send(order);
    const { share } = await peer.next("idled");
    stage.sample(figure, 100 * share);
  }
  await peer.close();
};

const measure = async (stage: Stage): Promise<void> => {
  // Topics keep their number of partitions, hence a broker for each.
  await withBroker(stage, (brokers) =>
    idle(stage, "kafka-idle-one", {
      brokers,
      services: [{ service: "alone", partitions: ownedPartitions }],
    }),
  );
  await withBroker(stage, (brokers) =>
    idle(stage, "kafka-idle-six", {
      brokers,
      services: Array.from({ length: severalServices }, (_, index) => ({
        service: `one-of-${severalServices}-${index}`,
        partitions: ownedPartitions / severalServices,
      })),
    }),
  );
};

/** What a worker costs that has nothing to do. */
export const kafkaIdleBench: Bench = {
  name: "kafka-idle",
  summary: "the processor's share of a worker that owns 48 partitions in which nothing happens",
  processes: 1,
  measure,
  figures: [
    {
      name: "kafka-idle-one",
      unit: "%",
      goal: { kind: "atMost", value: 4 },
      meaning: "of a core, with one service of 48 partitions",
    },
    {
      name: "kafka-idle-six",
      unit: "%",
      goal: { kind: "atMost", value: 4 },
      meaning: "of a core, with six services of 8 partitions each in one process: six groups, six fetches",
    },
  ],
};
