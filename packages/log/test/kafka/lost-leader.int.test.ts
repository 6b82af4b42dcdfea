import { randomUUID } from "node:crypto";
import { sharedKafka } from "@hybrid/tools/kafka-local";
import { expect, test } from "vitest";
import { LogUnavailableError } from "../../src/index.ts";
import { plenty, record, text } from "../../testing/contract/fixture.ts";
import { api, faultyWire } from "./faulty-wire.ts";
import { openLog } from "./kafka-driver.ts";

const leaderNotAvailable = 5;

/** A broker's answer about a topic of two partitions, changed so that the second one has no leader. */
const withoutSecondLeader = (bytes: Buffer, topic: string): Buffer => {
  const name = bytes.indexOf(topic);
  if (name < 0) return bytes;
  const changed = Buffer.from(bytes);
  // Metadata, version 6: name, whether it is internal, how many partitions; then of each its error, number,
  // leader and three lists of brokers. They come in no particular order.
  let at = name + Buffer.byteLength(topic) + 1;
  const count = bytes.readInt32BE(at);
  at += 4;
  for (let each = 0; each < count; each++) {
    if (bytes.readInt32BE(at + 2) === 1) {
      changed.writeInt16BE(leaderNotAvailable, at);
      changed.writeInt32BE(-1, at + 6);
    }
    at += 10;
    for (let list = 0; list < 3; list++) at += 4 + 4 * bytes.readInt32BE(at);
  }
  return changed;
};

test("a partition without a leader stops nobody who works on the topic's others, and is waited for", async () => {
  const topic = `led-${randomUUID().slice(0, 8)}`;
  const plain = await openLog();
  await plain.createTopics([{ name: topic, partitions: 2, cleanup: "delete", retentionMs: null }]);
  let isLost = true;
  const { socketFactory } = await faultyWire(await sharedKafka(), ({ apiKey, bytes }) =>
    apiKey === api.metadata && isLost ? withoutSecondLeader(bytes, topic) : bytes,
  );
  const log = await openLog({ socketFactory, requestTimeoutMs: 1_000 });
  const read = (partition: number) => log.read({ topic, partition, offset: 0, ...plenty });
  await log.append([record(topic, "led")]);
  expect((await read(0)).records.map(({ value }) => text(value))).toEqual(["led"]);
  await expect(read(1)).rejects.toThrow(LogUnavailableError);
  await expect(read(1)).rejects.toThrow(/partition 1 of topic led-.* has no leader/);
  const late = log.append([record(topic, "late", { partition: 1 })]);
  await log.append([record(topic, "led again")]);
  isLost = false;
  await late;
  expect((await read(1)).records.map(({ value }) => text(value))).toEqual(["late"]);
});
