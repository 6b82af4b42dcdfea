import type { KafkajsCall } from "./kafkajs-call.ts";
import { encoderOf } from "./kafkajs-encoder.ts";
import { type BatchContent, batchBound, writeRecordBatch } from "./record-batch-writer.ts";
import { type RequestBody, roomFor, writerInto } from "./request-writer.ts";
import { responseReader } from "./response-reader.ts";

/** The batch of one partition. */
export interface ProducePartition {
  readonly partition: number;
  /** As encodeRecordBatch makes it, or what it is to be made of. */
  readonly batch: Buffer | BatchContent;
}

/** What to append; all of it at one leader. */
export interface Produce {
  /** The transaction's id; null outside of one. */
  readonly transactionalId: string | null;
  /** How long the leader waits for its replicas. */
  readonly timeoutMs: number;
  readonly topics: readonly { readonly topic: string; readonly partitions: readonly ProducePartition[] }[];
  /** Where to write the request, see {@link produceBound}; new memory when left out. */
  readonly into?: Buffer;
}

/** What became of one partition's batch. */
export interface Produced {
  readonly topic: string;
  readonly partition: number;
  /** 0 is success; else Kafka's error code (kafka.apache.org/protocol, "Error Codes"). */
  readonly errorCode: number;
  /** The offset of the batch's first record; -1 after an error. */
  readonly baseOffset: number;
}

const api = { apiKey: 0, apiVersion: 7, apiName: "Produce" } as const;

/** All replicas in sync. */
const acks = -1;

/** Head of a partition or topic in a request, with room for a topic's name. */
const entryBytes = 300;

const boundOf = (batch: ProducePartition["batch"]): number =>
  Buffer.isBuffer(batch) ? batch.length : (batch.bound ?? batchBound(batch.records));

/** How much room {@link produceRequest} takes at most, in bytes. */
export const produceBound = (topics: Produce["topics"]): number => {
  let bound = entryBytes;
  for (const { partitions } of topics) {
    bound += entryBytes;
    for (const { batch } of partitions) bound += boundOf(batch) + 8;
  }
  return roomFor(bound);
};

const encode = ({ transactionalId, timeoutMs, topics, into }: Produce): RequestBody => {
  const to = writerInto(into ?? Buffer.allocUnsafe(produceBound(topics)));
  to.text(transactionalId).int16(acks).int32(timeoutMs);
  to.array(topics, ({ topic, partitions }) =>
    to.text(topic).array(partitions, ({ partition, batch }) => {
      to.int32(partition);
      if (Buffer.isBuffer(batch)) to.sized(batch);
      else to.sizedBy(boundOf(batch), (sink) => writeRecordBatch(sink, batch));
    }),
  );
  return to.body();
};

const decode = (payload: Buffer): { result: Produced[]; clientSideThrottleTime: number } => {
  const from = responseReader(payload, "Produce v7");
  const result = from
    .array(() => {
      const topic = from.text();
      return from.array((): Produced => {
        const [partition, errorCode, baseOffset] = [from.int32(), from.int16(), from.int64()];
        // The time of appending and the start of the log, which nobody asks for here.
        from.int64();
        from.int64();
        return { topic, partition, errorCode, baseOffset };
      });
    })
    .flat();
  return { result, clientSideThrottleTime: from.int32() };
};

/**
 * Produce version 7, acknowledged by all replicas in sync. Resolves through kafkajs's connection with one
 * entry for each partition; a partition's error is its `errorCode`, never a rejection.
 */
export const produceRequest = (produce: Produce): KafkajsCall<readonly Produced[]> => ({
  request: {
    ...api,
    expectResponse: () => true,
    encode: () => Promise.resolve(encoderOf(encode(produce))),
  },
  response: { decode, parse: ({ result }) => result },
  requestTimeout: null,
});
