import type { AbortedTransaction } from "./aborted-transactions.ts";
import type { KafkajsCall } from "./kafkajs-call.ts";
import { encoderOf } from "./kafkajs-encoder.ts";
import { type RequestBody, requestWriter } from "./request-writer.ts";
import { type ResponseReader, responseReader } from "./response-reader.ts";

/** From where to read one partition. */
export interface FetchPartition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Most bytes of this partition. */
  readonly bytesMax: number;
}

/** What to read at one leader. */
export interface Fetch {
  /** How long the leader may wait for `minBytes`. */
  readonly maxWaitMs: number;
  readonly minBytes: number;
  /** Most bytes in all; the first batch of the first partition that has one comes whole nevertheless. */
  readonly bytesMax: number;
  /** The leader fills the answer in this order (by topic): turn it, so that no partition starves. */
  readonly partitions: readonly FetchPartition[];
}

/** What was read of one partition. */
export interface FetchedPartition {
  readonly topic: string;
  readonly partition: number;
  /** 0 is success; else Kafka's error code (kafka.apache.org/protocol, "Error Codes"). */
  readonly errorCode: number;
  /** One behind the last replicated record; -1 after an error. */
  readonly highWatermark: number;
  /** One behind the last record that no open transaction precedes: the end of what can be read. */
  readonly lastStableOffset: number;
  readonly logStartOffset: number;
  /** For decodeRecordSet, as are the records: a view of the answer, possibly with an incomplete tail. */
  readonly aborted: readonly AbortedTransaction[];
  readonly records: Buffer;
}

/** The answer to a fetch. */
export interface Fetched {
  /** The error of the request as a whole; 0 is success. */
  readonly errorCode: number;
  readonly partitions: readonly FetchedPartition[];
}

const api = { apiKey: 1, apiVersion: 11, apiName: "Fetch" } as const;

/** We are no replica, keep no fetch session, know no leader epoch and no start of the log. */
const consumer = {
  replicaId: -1,
  sessionId: 0,
  sessionEpoch: -1,
  leaderEpoch: -1,
  logStartOffset: -1,
} as const;
const readCommitted = 1;

/** What an answer may take beyond the broker's own waiting before the connection gives up. */
const networkDelayMs = 5_000;

const encode = ({ maxWaitMs, minBytes, bytesMax, partitions }: Fetch): RequestBody => {
  const topics = [...Map.groupBy(partitions, ({ topic }) => topic)];
  const to = requestWriter(64 + topics.length * 64 + partitions.length * 28);
  to.int32(consumer.replicaId).int32(maxWaitMs).int32(minBytes).int32(bytesMax).int8(readCommitted);
  to.int32(consumer.sessionId).int32(consumer.sessionEpoch);
  to.array(topics, ([topic, wanted]) =>
    to.text(topic).array(wanted, ({ partition, offset, bytesMax }) => {
      to.int32(partition).int32(consumer.leaderEpoch).int64(offset);
      to.int64(consumer.logStartOffset).int32(bytesMax);
    }),
  );
  // No partition leaves a session, and no rack is preferred.
  return to.int32(0).text("").body();
};

const readPartition = (topic: string, from: ResponseReader): FetchedPartition => {
  const head = {
    topic,
    partition: from.int32(),
    errorCode: from.int16(),
    highWatermark: from.int64(),
    lastStableOffset: from.int64(),
    logStartOffset: from.int64(),
    aborted: from.array(() => ({ producerId: from.bigint64(), firstOffset: from.int64() })),
  };
  // The preferred read replica, which is the leader for those without a rack.
  from.int32();
  return { ...head, records: from.sized() };
};

const decode = (payload: Buffer): { result: Fetched; clientSideThrottleTime: number } => {
  const from = responseReader(payload, "Fetch v11");
  const clientSideThrottleTime = from.int32();
  const errorCode = from.int16();
  // The session, of which we have none.
  from.int32();
  const partitions = from
    .array(() => {
      const topic = from.text();
      return from.array(() => readPartition(topic, from));
    })
    .flat();
  return { result: { errorCode, partitions }, clientSideThrottleTime };
};

/**
 * Fetch version 11, always of committed records alone (with {@link FetchedPartition.aborted} to leave out).
 * Resolves through kafkajs's connection; errors are codes, never rejections, and records stay undecoded, so
 * that what is wrong with one partition concerns that one.
 */
export const fetchRequest = (fetch: Fetch): KafkajsCall<Fetched> => ({
  request: {
    ...api,
    expectResponse: () => true,
    encode: () => Promise.resolve(encoderOf(encode(fetch))),
  },
  response: { decode, parse: ({ result }) => result },
  requestTimeout: fetch.maxWaitMs + networkDelayMs,
});
