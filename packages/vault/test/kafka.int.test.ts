import { randomUUID } from "node:crypto";
import { instant } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import { openKafkaLog } from "@hybrid/log";
import { canRunKafka, sharedKafka } from "@hybrid/tools/kafka-local";
import { describe, onTestFinished } from "vitest";
import type { KeyLog } from "../src/key-topics.ts";
import { vaultContract } from "./vault-contract.ts";

const ability = await canRunKafka();

/** Topics of its own on a broker that tests share. */
const named = (log: KeyLog, end: string): KeyLog => {
  const own = (topic: string): string => `${topic}-${end}`;
  return {
    createTopics: (topics) => log.createTopics(topics.map((topic) => ({ ...topic, name: own(topic.name) }))),
    append: (records) => log.append(records.map((record) => ({ ...record, topic: own(record.topic) }))),
    read: (request) => log.read({ ...request, topic: own(request.topic) }),
    offsets: (topic, partition) => log.offsets(own(topic), partition),
  };
};

describe.skipIf(!ability.ok)("on a broker", () => {
  vaultContract(
    "Kafka",
    async () => {
      const clock = new VirtualClock(instant(Date.UTC(2026, 0, 5, 8)));
      const log = await openKafkaLog({ brokers: [await sharedKafka()], clientId: "vault", clock });
      onTestFinished(() => log.close());
      return named(log, randomUUID().slice(0, 8));
    },
    60_000,
  );
});
