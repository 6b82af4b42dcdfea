import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { sharedKafka } from "@hybrid/tools/kafka-local";
import { expect, test } from "vitest";
import { encodeRecordBatch } from "../../src/kafka/wire/record-batch-writer.ts";
import { batch, own, stage, t0, user } from "../../testing/contract/fixture.ts";
import { fromKafkajs } from "../kafka-wire/batches.ts";
import { api, faultyWire } from "./faulty-wire.ts";
import { kafkaDriver, plainKafkajs } from "./kafka-driver.ts";

const run = promisify(execFile);

/** What idleness costs a process of its own: timers a second, and the share of a core. */
const idleCost = async (role: string, seconds: number): Promise<{ timers: number; cpuShare: number }> => {
  const script = join(import.meta.dirname, "idle-child.ts");
  const args = ["--disable-warning=ExperimentalWarning", script, role, await sharedKafka(), String(seconds)];
  const { stdout } = await run(process.execPath, args, { timeout: 60_000 });
  return JSON.parse(stdout) as { timers: number; cpuShare: number };
};

const median = (figures: readonly number[]): number =>
  figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? Number.NaN;

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

test("a connection with nothing to do sets no timers, where kafkajs sets one each millisecond (F4)", async () => {
  const ours = await idleCost("connection", 1);
  const theirs = await idleCost("plain-connection", 1);
  console.info(
    `timers a second, idle: kafkajs ${Math.round(theirs.timers)} (${percent(theirs.cpuShare)} of a core), ` +
      `ours ${Math.round(ours.timers)} (${percent(ours.cpuShare)})`,
  );
  expect(ours.timers).toBeLessThan(5);
  expect(theirs.timers).toBeGreaterThan(200);
});

test("a process that owns 48 partitions with three sources each takes little of a core while it is idle", async () => {
  const { cpuShare, timers } = await idleCost("owner", 5);
  const theirs = await idleCost("plain-connection", 3);
  console.info(
    `48 partitions, idle: ${percent(cpuShare)} of a core, ${Math.round(timers)} timers a second; ` +
      `one connection of kafkajs: ${percent(theirs.cpuShare)}`,
  );
  // The share depends on the machine's other work (bench kafka-idle: 1 %), so it is held to what one idle
  // connection of kafkajs costs here and now, two to four times as much. What it does is the driver's
  // alone: a few fetches and heartbeats, each with its timeout, and nothing for each partition.
  expect(cpuShare).toBeLessThan(2 * theirs.cpuShare);
  expect(timers).toBeLessThan(30);
}, 60_000);

const concurrentTransactions = 51;

/** An answer to AddPartitionsToTxn (version 0 or 1) in which every partition is told to come back. */
const notYet = (answer: Buffer): Buffer => {
  const bytes = Buffer.from(answer);
  // Behind the correlation id and the throttling: topics with a name, each with partitions and their errors.
  let at = 8;
  const int32 = (): number => bytes.readInt32BE((at += 4) - 4);
  for (let topics = int32(); topics > 0; topics--) {
    at += 2 + bytes.readInt16BE(at);
    for (let partitions = int32(); partitions > 0; partitions--) {
      at = bytes.writeInt16BE(concurrentTransactions, at + 4);
    }
  }
  return bytes;
};

test("a transaction does not wait 300 ms for the markers of the one before (F6)", async () => {
  /*
   * Goal: the coordinator's CONCURRENT_TRANSACTIONS is answered within milliseconds.
   * Method: every first answer to AddPartitionsToTxn says so, for both clients; a broker says it when it is
   *   slower than the next transaction, which depends on the machine.
   */
  let asked = 0;
  const wire = await faultyWire(await sharedKafka(), ({ apiKey, bytes }) =>
    apiKey === api.addPartitionsToTransaction && asked++ % 2 === 0 ? notYet(bytes) : bytes,
  );
  const { log, names, group } = await stage(kafkaDriver({ socketFactory: wire.socketFactory }), 1);
  const { owned } = await own(log, group);
  const ours: number[] = [];
  for (let n = 0; n < 50; n++) {
    const startedAt = performance.now();
    await owned.commit(batch([[user(n), `state ${n}`]], { [names.source]: n }));
    ours.push(performance.now() - startedAt);
  }
  expect(asked).toBeGreaterThanOrEqual(100);
  asked = 0;
  const kafka = await plainKafkajs([await sharedKafka()], wire.socketFactory);
  const producer = kafka.producer({ transactionalId: `${group.service}-plain`, idempotent: true });
  await producer.connect();
  const theirs: number[] = [];
  for (let n = 0; n < 6; n++) {
    const startedAt = performance.now();
    const transaction = await producer.transaction();
    await transaction.send({ topic: names.output, messages: [{ partition: 0, value: "x" }] });
    await transaction.commit();
    theirs.push(performance.now() - startedAt);
  }
  await producer.disconnect();
  console.info(
    `a transaction takes ${median(ours).toFixed(1)} ms (median), with kafkajs ${median(theirs).toFixed(1)} ms`,
  );
  // Both do the same work at the same time of a machine; what differs is the wait.
  expect(median(theirs)).toBeGreaterThan(200);
  expect(median(ours)).toBeLessThan(median(theirs) / 5);
}, 30_000);

test("a batch is grouped and encoded in less than two thirds of kafkajs's time (F7, F9)", async () => {
  /*
   * Goal: neither the quadratic grouping nor a Buffer for each field comes back.
   * Method: both on the same records, turn by turn in one process, compared by the median of many turns.
   */
  const Record = fromKafkajs("kafkajs/src/protocol/recordBatch/record/v0/index.js");
  const { RecordBatch } = fromKafkajs("kafkajs/src/protocol/recordBatch/v0/index.js");
  const group = fromKafkajs("kafkajs/src/producer/groupMessagesPerPartition.js");
  const records = Array.from({ length: 2_000 }, (_, n) => ({
    key: user(n),
    value: Buffer.alloc(300, n),
    timestamp: t0,
  }));
  const ours = (): number => encodeRecordBatch(records, null).length;
  const grouped = (): typeof records =>
    group({ topic: "t", partitionMetadata: [{}], messages: records, partitioner: () => 0 })[0];
  const theirs = async (): Promise<number> => {
    const encoded = grouped().map(({ key, value }, offsetDelta) =>
      Record({ key: Buffer.from(key), value, offsetDelta, timestampDelta: 0 }),
    );
    const times = { firstTimestamp: t0, maxTimestamp: t0, lastOffsetDelta: records.length - 1 };
    return (await RecordBatch({ ...times, records: encoded })).buffer.length;
  };
  const turns = { ours: [] as number[], theirs: [] as number[] };
  const sizes = { ours: 0, theirs: 0 };
  for (let turn = 0; turn < 40; turn++) {
    let startedAt = performance.now();
    sizes.ours = ours();
    turns.ours.push(performance.now() - startedAt);
    startedAt = performance.now();
    sizes.theirs = await theirs();
    turns.theirs.push(performance.now() - startedAt);
  }
  const ratio = median(turns.theirs) / median(turns.ours);
  console.info(
    `2,000 records: ${median(turns.ours).toFixed(2)} ms, kafkajs ${median(turns.theirs).toFixed(2)} ms, ` +
      `${ratio.toFixed(1)} times as long`,
  );
  expect(sizes.ours).toBe(sizes.theirs);
  expect(ratio).toBeGreaterThan(1.5);
});
