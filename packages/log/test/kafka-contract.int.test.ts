import { randomUUID } from "node:crypto";
import { instant } from "@hybrid/kernel";
import { sharedKafka } from "@hybrid/tools/kafka-local";
import { type Log, openKafkaLog } from "../src/index.ts";
import { logContract } from "../testing/index.ts";

const clock = { now: () => instant(Date.now()) };

const open = async (): Promise<Log> =>
  openKafkaLog({
    brokers: [await sharedKafka()],
    clientId: `contract-${randomUUID().slice(0, 8)}`,
    clock,
    sessionTimeoutMs: 6_000,
    rebalanceTimeoutMs: 10_000,
  });

logContract("log on Kafka", {
  async open() {
    const logs: Log[] = [];
    const another = async (): Promise<Log> => {
      const log = await open();
      logs.push(log);
      return log;
    };
    const log = await another();
    return {
      log,
      second: another,
      async reopen() {
        await log.close();
        return another();
      },
      async destroy() {
        for (const each of logs) await each.close();
      },
    };
  },
  cleanNow: false,
  durable: true,
  propertyRuns: 5,
  timeoutMs: 30_000,
});
