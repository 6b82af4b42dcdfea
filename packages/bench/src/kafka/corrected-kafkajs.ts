import { createRequire } from "node:module";
import { produceRequest } from "@hybrid/log/kafka/wire/produce-request";
import { encodeRecordBatch, type TimedRecord } from "@hybrid/log/kafka/wire/record-batch-writer";
import type * as kafkajsModule from "kafkajs";

type Kafkajs = typeof kafkajsModule;

interface KafkajsMessage {
  readonly key: Buffer;
  readonly value: Buffer;
  readonly timestamp?: string;
}

/** What kafkajs 2.2.4 hands to its encoder of Produce requests. */
interface KafkajsProduce {
  readonly transactionalId: string | null;
  readonly timeout: number;
  readonly producerId: string;
  readonly producerEpoch: number;
  readonly topicData: readonly {
    readonly topic: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly firstSequence: number;
      readonly messages: readonly KafkajsMessage[];
    }[];
  }[];
}

/** F9: one pass over a batch in the place of a small Buffer for each field. Versions 3 to 7 have one body. */
const produce = ({ transactionalId, timeout, producerId, producerEpoch, topicData }: KafkajsProduce) => {
  const timestamp = Date.now();
  const batchOf = (messages: readonly KafkajsMessage[], firstSequence: number): Buffer =>
    encodeRecordBatch(
      messages.map(({ key, value }): TimedRecord => ({ key, value, timestamp })),
      {
        producerId: BigInt(producerId),
        epoch: producerEpoch,
        firstSequence,
        transactional: transactionalId !== null,
      },
    );
  const topics = topicData.map(({ topic, partitions }) => ({
    topic,
    partitions: partitions.map(({ partition, messages, firstSequence }) => ({
      partition,
      batch: batchOf(messages, firstSequence),
    })),
  }));
  const { request } = produceRequest({ transactionalId, timeoutMs: timeout, topics });
  return { ...request, apiVersion: 3 };
};

interface Grouping {
  readonly topic: string;
  readonly partitionMetadata: readonly unknown[];
  readonly messages: readonly KafkajsMessage[];
  readonly partitioner: (of: object) => number;
}

/** F7: appends to a partition's messages in the place of copying all of them each time. */
const group = ({ topic, partitionMetadata, messages, partitioner }: Grouping) => {
  const groups: Record<number, KafkajsMessage[]> = {};
  if (partitionMetadata.length === 0) return groups;
  for (const message of messages) {
    const partition = partitioner({ topic, partitionMetadata, message });
    const known = groups[partition];
    if (known) known.push(message);
    else groups[partition] = [message];
  }
  return groups;
};

/** F6: a transaction that the broker is not ready for is tried again soon, not after 300 ms. */
export const promptRetries = {
  retries: 30,
  initialRetryTime: 5,
  maxRetryTime: 500,
  factor: 0.2,
  multiplier: 1.3,
} as const;

/** kafkajs's public client, with what is wrong with its speed put right (F7, F9). */
export const correctedKafkajs = (): Kafkajs => {
  const require = createRequire(import.meta.url);
  const replace = (path: string, exports: unknown): void => {
    const id = require.resolve(path);
    require.cache[id] = { id, filename: id, loaded: true, exports } as NodeJS.Module;
  };
  replace("kafkajs/src/protocol/requests/produce/v3/request.js", produce);
  replace("kafkajs/src/producer/groupMessagesPerPartition.js", group);
  return require("kafkajs") as Kafkajs;
};
