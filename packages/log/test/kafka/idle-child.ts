import { createRequire } from "node:module";
import { actorIdOf, instant } from "@hybrid/kernel";
import { Kafka, logLevel } from "kafkajs";
import { openKafkaLog } from "../../src/index.ts";
import { openBroker } from "../../src/kafka/client/kafkajs.ts";

// A process of its own that does nothing and says what that costs: `connection` and `plain-connection` hold
// one connection (without kafkajs's own timer, and with it), `owner` holds every partition of a service.
const [, , role = "", address = "", seconds = "1"] = process.argv;
const measureMs = Number(seconds) * 1_000;

/** What the process does while it has nothing to do. */
const measured = async (
  forMs = measureMs,
): Promise<{ readonly timers: number; readonly cpuShare: number }> => {
  let timers = 0;
  const real = globalThis.setTimeout;
  globalThis.setTimeout = Object.assign((...args: Parameters<typeof real>) => {
    timers++;
    return real(...args);
  }, real);
  const before = process.cpuUsage();
  const startedAt = performance.now();
  await new Promise<void>((resolve) => void real(resolve, forMs));
  const { user, system } = process.cpuUsage(before);
  globalThis.setTimeout = real;
  const perSecond = 1_000 / (performance.now() - startedAt);
  return { timers: timers * perSecond, cpuShare: ((user + system) / 1e6) * perSecond };
};

const connection = async (isPlain: boolean): Promise<unknown> => {
  const require = createRequire(import.meta.url);
  const { prototype } = require("kafkajs/src/network/requestQueue") as {
    prototype: { scheduleCheckPendingRequests: () => void };
  };
  const plain = prototype.scheduleCheckPendingRequests;
  const at = address.lastIndexOf(":");
  const { broker } = openBroker({
    host: address.slice(0, at),
    port: Number(address.slice(at + 1)),
    clientId: "idle",
    requestTimeout: 5_000,
    connectionTimeout: 3_000,
    socketFactory: undefined,
  });
  if (isPlain) prototype.scheduleCheckPendingRequests = plain;
  await broker.connect();
  await broker.metadata([]);
  return measured();
};

const owner = async (): Promise<unknown> => {
  const partitions = 48;
  const name = `idle-${process.pid}-${Date.now()}`;
  const clock = { now: () => instant(Date.now()) };
  const log = await openKafkaLog({ brokers: [address], clientId: "idle", clock });
  const sources = ["a", "b", "c"].map((each) => `${name}-${each}`);
  const group = {
    service: name,
    sources,
    journal: `${name}-journal`,
    checkpoint: `${name}-states`,
    partitions,
  };
  const kept = { partitions, cleanup: "delete", retentionMs: null } as const;
  await log.createTopics([
    ...[...sources, group.journal].map((each) => ({ ...kept, name: each })),
    { ...kept, name: group.checkpoint, cleanup: "compact" },
  ]);
  const assigned = Promise.withResolvers<void>();
  let count = 0;
  const membership = await log.join(group, {
    assigned: () => (++count === partitions ? assigned.resolve() : undefined),
    revoked: () => Promise.resolve(),
  });
  await assigned.promise;
  for (let partition = 0; partition < partitions; partition++) {
    const owned = await membership.fence(partition);
    for await (const chunk of owned.restore()) void chunk;
    const entry = { key: actorIdOf(`acme/u-${partition}`), value: Buffer.from("state") };
    const position = { sources: {}, at: instant(Date.now()) };
    await owned.commit({ journal: [entry], outputs: [], checkpoint: [entry], position });
    void owned.poll({ recordsMax: 100, bytesMax: 1_000_000 }, new AbortController().signal);
  }
  // The idle flush is over, and what was compiled once is compiled.
  await measured(7_000);
  const result = await measured();
  await log.close();
  // This number of partitions would slow down the broker that all tests share.
  const admin = new Kafka({ brokers: [address], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.deleteTopics({ topics: [...sources, group.journal, group.checkpoint] });
  await admin.disconnect();
  return result;
};

const result = role === "owner" ? await owner() : await connection(role === "plain-connection");
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit());
