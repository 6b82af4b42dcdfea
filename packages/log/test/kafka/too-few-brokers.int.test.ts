import { randomUUID } from "node:crypto";
import { sharedKafka } from "@hybrid/tools/kafka-local";
import { expect, test } from "vitest";
import { LogUnavailableError } from "../../src/index.ts";
import { api, faultyWire } from "./faulty-wire.ts";
import { openLog } from "./kafka-driver.ts";

const invalidReplicationFactor = 38;

const newTopic = () =>
  ({
    name: `few-${randomUUID().slice(0, 8)}`,
    partitions: 1,
    cleanup: "delete",
    retentionMs: null,
  }) as const;

test("a topic is asked for again while the controller counts too few brokers", async () => {
  const topic = newTopic();
  let answers = 0;
  const wire = await faultyWire(await sharedKafka(), ({ apiKey, bytes }) => {
    if (apiKey !== api.createTopics || answers++ > 0) return bytes;
    const changed = Buffer.from(bytes);
    // The number of the error stands behind the topic's name.
    changed.writeInt16BE(invalidReplicationFactor, changed.indexOf(topic.name) + topic.name.length);
    return changed;
  });
  const log = await openLog({ socketFactory: wire.socketFactory });
  await log.createTopics([topic]);
  expect(answers).toBe(2);
  expect((await log.topics()).map(({ name }) => name)).toContain(topic.name);
});

test("where there are too few brokers for good, the refusal says how many each topic needs", async () => {
  const log = await openLog({ replicationFactor: 2, requestTimeoutMs: 500 });
  const refused = log.createTopics([newTopic()]);
  await expect(refused).rejects.toThrow(LogUnavailableError);
  await expect(refused).rejects.toThrow("fewer than 2 brokers are up");
});
