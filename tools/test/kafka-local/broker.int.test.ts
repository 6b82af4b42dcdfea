import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Kafka, logLevel } from "kafkajs";
import { afterEach, expect, test } from "vitest";
import { runningIn, startInBackground, stopInBackground } from "../../src/kafka-local/background.ts";
import { canRunKafka, type KafkaBroker, startKafka } from "../../src/kafka-local/index.ts";
import { commandLineOf } from "../../src/kafka-local/node-process.ts";
import { clientOf } from "./client.ts";

const ability = await canRunKafka();
const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

const brokerFor = async (...given: Parameters<typeof startKafka>): Promise<KafkaBroker> => {
  const broker = await startKafka(...given);
  cleanUps.push(() => broker.stop());
  return broker;
};

/** What a process runs; nothing when it is gone, or hides in a container. */
const lifeOf = async (pid: number | null): Promise<string | undefined> =>
  pid === null ? undefined : commandLineOf(pid);

const nodesSeenBy = async (brokers: readonly string[]): Promise<readonly string[]> => {
  const admin = clientOf(brokers).admin();
  try {
    await admin.connect();
    return (await admin.describeCluster()).brokers.map(({ host, port }) => `${host}:${port}`);
  } finally {
    await admin.disconnect();
  }
};

test.skipIf(!ability.ok)(
  "a broker answers, survives kill -9 with its data, and leaves nothing behind",
  async () => {
    // Goal: the whole life of a broker. Method: a topic made before the kill is there after the restart.
    const broker = await brokerFor();
    expect(await nodesSeenBy(broker.brokers)).toEqual(broker.brokers);
    const admin = clientOf(broker.brokers).admin();
    cleanUps.push(() => admin.disconnect());
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: "kept", numPartitions: 2, replicationFactor: 1 }] });
    const { pid, folder } = broker;
    await broker.kill("SIGKILL");
    expect(broker.pid).toBeNull();
    expect(await lifeOf(pid)).toBeUndefined();
    await broker.restart();
    expect(broker.pid).not.toBe(pid);
    expect(await clientOf(broker.brokers).admin().listTopics()).toContain("kept");
    expect(broker.logTail(50)).toContain("Kafka Server started");
    const last = broker.pid;
    await broker.stop();
    expect(existsSync(folder)).toBe(false);
    expect(await lifeOf(last)).toBeUndefined();
  },
);

test.skipIf(!ability.ok)(
  "a paused broker is silent until it is resumed, and can be stopped while paused",
  async () => {
    const broker = await brokerFor({ heapMb: 256 });
    const kafka = new Kafka({
      brokers: [...broker.brokers],
      logLevel: logLevel.NOTHING,
      requestTimeout: 300,
      enforceRequestTimeout: true,
      retry: { retries: 0 },
    });
    const admin = kafka.admin();
    cleanUps.push(() => admin.disconnect());
    await admin.connect();
    await broker.pause();
    await expect(admin.describeCluster()).rejects.toThrow(/timed out/);
    await broker.resume();
    expect(await nodesSeenBy(broker.brokers)).toHaveLength(1);
    await broker.pause();
    await broker.stop();
    await expect(broker.pause()).rejects.toThrow("does not run");
  },
);

test.skipIf(!ability.ok)("a folder of one's own outlives stop, and restart finds it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "hybrid-kafka-test-"));
  cleanUps.push(() => rm(folder, { recursive: true, force: true }));
  const broker = await brokerFor({ folder, properties: { "num.partitions": "3" } });
  await broker.stop();
  expect(existsSync(join(folder, "data/meta.properties"))).toBe(true);
  await broker.restart();
  expect(await nodesSeenBy(broker.brokers)).toEqual(broker.brokers);
});

test.skipIf(!ability.ok).each([
  ["log.retention.check.interval.ms", "0", /could not format [^]*log\.retention\.check\.interval\.ms/],
  ["metric.reporters", "no.such.Reporter", /ended while it started; its log ends:\n[^]*no\.such\.Reporter/],
])(
  "a broker that cannot come up because of %s says so with what Kafka said",
  async (name, value, message) => {
    await expect(startKafka({ properties: { [name]: value } })).rejects.toThrow(message);
  },
);

test("a port that is taken is named before anything is started", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanUps.push(async () => void server.close());
  const { port } = server.address() as { port: number };
  await expect(startKafka({ port })).rejects.toThrow(`port ${port} of 127.0.0.1 is taken`);
});

test.skipIf(!ability.ok)(
  "a broker in the background is found by its state, started once, and stopped by anybody",
  async () => {
    const home = await mkdtemp(join(tmpdir(), "hybrid-kafka-test-"));
    cleanUps.push(async () => void (await stopInBackground(home)));
    const first = await startInBackground(home, { heapMb: 256 });
    expect(first.already).toBe(false);
    expect(await nodesSeenBy([first.address])).toEqual([first.address]);
    const { already, ...second } = await startInBackground(home, {});
    expect(already).toBe(true);
    expect(second).toEqual(await runningIn(home));
    expect((await stopInBackground(home))?.address).toBe(first.address);
    expect(await runningIn(home)).toBeUndefined();
    expect(existsSync(home)).toBe(false);
  },
);
