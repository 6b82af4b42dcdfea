import { randomUUID } from "node:crypto";
import { instant } from "@hybrid/kernel";
import { sharedKafka } from "@hybrid/tools/kafka-local";
import { type Admin, Kafka, logLevel, type RetryOptions } from "kafkajs";
import { onTestFinished, vi } from "vitest";
import { type KafkaLogSettings, type KafkaSocketFactory, type Log, openKafkaLog } from "../../src/index.ts";
import { Cluster } from "../../src/kafka/client/cluster.ts";
import { fillSettings } from "../../src/kafka/settings.ts";
import { type BatchHead, batchHead } from "../../src/kafka/wire/batch-head.ts";
import { fetchRequest } from "../../src/kafka/wire/fetch-request.ts";
import type { LogDriver } from "../../testing/contract/fixture.ts";
import { fromKafkajs } from "../kafka-wire/batches.ts";

const clock = { now: () => instant(Date.now()) };

/** Settings of a log on the broker that all tests share. */
export const settingsFor = async (settings: Partial<KafkaLogSettings> = {}): Promise<KafkaLogSettings> => ({
  brokers: settings.brokers ?? [await sharedKafka()],
  clientId: `test-${randomUUID().slice(0, 8)}`,
  clock,
  sessionTimeoutMs: 6_000,
  rebalanceTimeoutMs: 10_000,
  ...settings,
});

/** Opens a log that ends with the test. */
export const openLog = async (settings: Partial<KafkaLogSettings> = {}): Promise<Log> => {
  const log = await openKafkaLog(await settingsFor(settings));
  onTestFinished(() => log.close());
  return log;
};

/** Logs on Kafka for the contract's fixture and suite. */
export const kafkaDriver = (settings: Partial<KafkaLogSettings> = {}): LogDriver => ({
  async open() {
    const logs: Log[] = [];
    const another = async (): Promise<Log> => {
      const log = await openKafkaLog(await settingsFor(settings));
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

/** kafkajs as it comes, for what an administrator does and for comparisons. */
export const plainKafkajs = async (
  brokers?: readonly string[],
  socketFactory?: KafkaSocketFactory,
): Promise<Kafka> =>
  new Kafka({
    brokers: [...(brokers ?? [await sharedKafka()])],
    clientId: "plain-kafkajs",
    logLevel: logLevel.NOTHING,
    // It has other ones for runs under a test runner.
    retry: fromKafkajs("kafkajs/src/retry/defaults.js") as RetryOptions,
    ...(socketFactory ? { socketFactory } : {}),
  });

/** An administrator, until the test ends. */
export const administrator = async (): Promise<Admin> => {
  const admin = (await plainKafkajs()).admin();
  await admin.connect();
  onTestFinished(() => admin.disconnect());
  return admin;
};

/** Deletes a topic and creates it again, empty. */
export const recreate = async (log: Log, topic: string): Promise<void> => {
  const settings = (await log.topics()).find(({ name }) => name === topic);
  if (!settings) throw new Error(`there is no topic ${topic}`);
  await (await administrator()).deleteTopics({ topics: [topic] });
  const another = await openLog();
  await vi.waitFor(
    async () => {
      await another.createTopics([settings]);
      const { start, end } = await another.offsets(topic, 0);
      if (start !== 0 || end !== 0) throw new Error(`${topic} is still the former one`);
    },
    { timeout: 20_000, interval: 50 },
  );
};

/** A way to the brokers beside the log under test. */
export const sideCluster = async (): Promise<Cluster> => {
  const cluster = new Cluster(fillSettings(await settingsFor()));
  onTestFinished(() => cluster.close());
  await cluster.refresh();
  return cluster;
};

/** The heads of all batches that a broker holds of a partition, as it sends them. */
export const batchHeads = async (
  cluster: Cluster,
  topic: string,
  partition = 0,
): Promise<readonly BatchHead[]> => {
  const leader = await cluster.leader(topic, partition);
  const heads: BatchHead[] = [];
  for (let offset = 0; ; ) {
    const wanted = { topic, partition, offset, bytesMax: 1_048_576 };
    const request = fetchRequest({ maxWaitMs: 0, minBytes: 0, bytesMax: 8_388_608, partitions: [wanted] });
    const answer = await cluster.call(leader, "side", (link) => link.send(request));
    const { records } = answer.partitions[0]!;
    const before = offset;
    let at = 0;
    for (let head = batchHead(records, at, wanted); head; head = batchHead(records, at, wanted)) {
      if (head.lastOffset >= offset) heads.push(head);
      at = head.end;
      offset = Math.max(offset, head.lastOffset + 1);
    }
    if (offset === before) return heads;
  }
};
