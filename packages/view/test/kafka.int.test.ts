import { instant } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import { openKafkaLog } from "@hybrid/log";
import { canRunKafka, sharedKafka } from "@hybrid/tools/kafka-local";
import { describe, onTestFinished } from "vitest";
import { viewContract } from "./view-contract.ts";

const ability = await canRunKafka();

describe.skipIf(!ability.ok)("on a broker", () => {
  viewContract(
    "Kafka",
    async () => {
      const clock = new VirtualClock(instant(Date.UTC(2026, 0, 5, 8)));
      const log = await openKafkaLog({ brokers: [await sharedKafka()], clientId: "view", clock });
      onTestFinished(() => log.close());
      return log;
    },
    30_000,
  );
});
