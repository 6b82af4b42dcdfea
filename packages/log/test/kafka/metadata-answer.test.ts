import { expect, test } from "vitest";
import { readingBetter } from "../../src/kafka/client/kafkajs-corrections.ts";
import type { MetadataResponse, ProtocolRequest } from "../../src/kafka/client/kafkajs-shapes.ts";
import { fromKafkajs } from "../kafka-wire/batches.ts";

const { requests } = fromKafkajs("kafkajs/src/protocol/requests/index.js");

const answer = (topicErrorCode: number, codes: readonly number[]) => ({
  brokers: [{ nodeId: 1, host: "kafka", port: 9_092 }],
  controllerId: 1,
  topicMetadata: [
    {
      topicErrorCode,
      topic: "orders",
      partitionMetadata: codes.map((partitionErrorCode, partitionId) => ({
        partitionErrorCode,
        partitionId,
        leader: partitionErrorCode === 5 ? -1 : 1,
      })),
    },
  ],
});

const theirs = requests.Metadata.protocol({ version: 6 })({
  topics: ["orders"],
  allowAutoTopicCreation: false,
}) as ProtocolRequest<MetadataResponse>;

const read = async (said: ReturnType<typeof answer>): Promise<MetadataResponse> =>
  readingBetter(theirs, "User:us").response.parse(said as never);

const leaderNotAvailable = 5;
const replicaNotAvailable = 9;

test("kafkajs throws the leaders of all partitions away when one of them has none", async () => {
  const said = answer(0, [0, leaderNotAvailable, 0]);
  await expect(theirs.response.parse(said as never)).rejects.toMatchObject({ type: "LEADER_NOT_AVAILABLE" });
});

test("a partition without a leader, or with a replica that is away, takes nothing from the others", async () => {
  const { topicMetadata } = await read(answer(0, [0, leaderNotAvailable, replicaNotAvailable]));
  expect(topicMetadata[0]?.partitionMetadata.map(({ leader }) => leader)).toEqual([1, -1, 1]);
});

test("a topic that is unknown or denied is an error as before", async () => {
  await expect(read(answer(3, []))).rejects.toMatchObject({ type: "UNKNOWN_TOPIC_OR_PARTITION" });
  await expect(read(answer(29, []))).rejects.toMatchObject({ type: "TOPIC_AUTHORIZATION_FAILED" });
});
