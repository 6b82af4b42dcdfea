import { expect, test } from "vitest";
import { type Fetch, fetchRequest } from "../../src/kafka/wire/fetch-request.ts";
import type { KafkajsCall } from "../../src/kafka/wire/kafkajs-call.ts";
import { produceRequest } from "../../src/kafka/wire/produce-request.ts";
import { encodeRecordBatch } from "../../src/kafka/wire/record-batch-writer.ts";
import { fromKafkajs, letters, t0 } from "./batches.ts";

const Encoder = fromKafkajs("kafkajs/src/protocol/encoder.js");

/** The bytes that kafkajs would put on the wire for a request. */
const onTheWire = async (request: object): Promise<Buffer> =>
  (await fromKafkajs("kafkajs/src/protocol/request.js")({ request, correlationId: 7, clientId: "us" }))
    .buffer;

/** What `send` of a connection does with an answer. */
const answered = <T>({ response }: KafkajsCall<T>, payload: Buffer): T =>
  response.parse(response.decode(payload));

const fetch: Fetch = {
  maxWaitMs: 250,
  minBytes: 1,
  bytesMax: 1_000_000,
  partitions: [
    { topic: "orders", partition: 3, offset: 2 ** 40 + 5, bytesMax: 100_000 },
    { topic: "états", partition: 0, offset: 0, bytesMax: 50_000 },
    { topic: "orders", partition: 1, offset: 7, bytesMax: 100_000 },
  ],
};

test("a fetch is the bytes of kafkajs's own, committed records alone", async () => {
  const theirs = fromKafkajs("kafkajs/src/protocol/requests/fetch/v11/request.js")({
    replicaId: -1,
    maxWaitTime: 250,
    minBytes: 1,
    maxBytes: 1_000_000,
    isolationLevel: 1,
    topics: [
      {
        topic: "orders",
        partitions: [
          { partition: 3, fetchOffset: 2 ** 40 + 5, maxBytes: 100_000 },
          { partition: 1, fetchOffset: 7, maxBytes: 100_000 },
        ],
      },
      { topic: "états", partitions: [{ partition: 0, fetchOffset: 0, maxBytes: 50_000 }] },
    ],
  });
  const { request, requestTimeout } = fetchRequest(fetch);
  expect(await onTheWire(request)).toStrictEqual(await onTheWire(theirs));
  expect(request).toMatchObject({ apiKey: 1, apiVersion: 11, apiName: "Fetch" });
  expect(requestTimeout).toBeGreaterThan(fetch.maxWaitMs);
});

test("the answer to a fetch keeps codes, offsets, aborted transactions and undecoded records apart", () => {
  const records = letters("abc", 10);
  const partition = (number: number, errorCode: number, aborted: readonly (readonly [bigint, number])[]) =>
    new Encoder()
      .writeInt32(number)
      .writeInt16(errorCode)
      .writeInt64(2 ** 40)
      .writeInt64(13)
      .writeInt64(errorCode === 0 ? 4 : -1)
      .writeNullableArray(
        aborted.map(([id, offset]) => new Encoder().writeInt64(id).writeInt64(offset)),
        "object",
      )
      .writeInt32(-1)
      .writeBytes(errorCode === 0 ? records : null);
  const payload = new Encoder()
    .writeInt32(120)
    .writeInt16(70)
    .writeInt32(0)
    .writeArray([
      new Encoder()
        .writeString("orders")
        .writeArray([partition(3, 0, [[2n ** 62n, 11]]), partition(1, 3, [])]),
      new Encoder().writeString("états").writeArray([partition(0, 0, [])]),
    ]).buffer;
  const call = fetchRequest(fetch);
  expect(call.response.decode(payload).clientSideThrottleTime).toBe(120);
  const fetched = answered(call, payload);
  const offsets = { highWatermark: 2 ** 40, lastStableOffset: 13, logStartOffset: 4 };
  expect(fetched).toStrictEqual({
    errorCode: 70,
    partitions: [
      {
        topic: "orders",
        partition: 3,
        errorCode: 0,
        ...offsets,
        records,
        aborted: [{ producerId: 2n ** 62n, firstOffset: 11 }],
      },
      {
        topic: "orders",
        partition: 1,
        errorCode: 3,
        ...offsets,
        logStartOffset: -1,
        aborted: [],
        records: Buffer.alloc(0),
      },
      { topic: "états", partition: 0, errorCode: 0, ...offsets, aborted: [], records },
    ],
  });
  expect(fetched.partitions[0]?.records.buffer).toBe(payload.buffer);
});

test("a produce request carries the batches unchanged, behind kafkajs's own head", async () => {
  const batch = (key: string): Buffer => encodeRecordBatch([{ key, value: null, timestamp: t0 }], null);
  const batches = ["a", "b".repeat(5_000), "c"].map(batch);
  const { request } = produceRequest({
    transactionalId: "hybrid-3",
    timeoutMs: 20_000,
    topics: [
      {
        topic: "orders",
        partitions: [
          { partition: 3, batch: batches[0]! },
          { partition: 1, batch: batches[1]! },
        ],
      },
      { topic: "x".repeat(249), partitions: [{ partition: 0, batch: batches[2]! }] },
    ],
  });
  const partition = (number: number, batch: Buffer) => new Encoder().writeInt32(number).writeBytes(batch);
  const body = new Encoder()
    .writeString("hybrid-3")
    .writeInt16(-1)
    .writeInt32(20_000)
    .writeArray([
      new Encoder().writeString("orders").writeArray([partition(3, batches[0]!), partition(1, batches[1]!)]),
      new Encoder().writeString("x".repeat(249)).writeArray([partition(0, batches[2]!)]),
    ]);
  const theirs = { ...request, encode: async () => body };
  expect(await onTheWire(request)).toStrictEqual(await onTheWire(theirs));
  expect(request).toMatchObject({ apiKey: 0, apiVersion: 7, apiName: "Produce" });
  expect(request.expectResponse()).toBe(true);
});

test("a produce request outside of a transaction has no id", async () => {
  const { request } = produceRequest({ transactionalId: null, timeoutMs: 1, topics: [] });
  const { buffer } = await request.encode();
  // No id, all replicas, one millisecond, no topics.
  expect(buffer.toString("hex")).toBe("ffffffff0000000100000000");
});

test("the answer to a produce request has one entry for each partition, errors as codes", async () => {
  const partition = (number: number, errorCode: number, baseOffset: number) =>
    new Encoder()
      .writeInt32(number)
      .writeInt16(errorCode)
      .writeInt64(baseOffset)
      .writeInt64(-1)
      .writeInt64(0);
  const payload = new Encoder()
    .writeArray([
      new Encoder().writeString("orders").writeArray([partition(3, 0, 2 ** 40), partition(1, 47, -1)]),
      new Encoder().writeString("états").writeArray([partition(0, 0, 5)]),
    ])
    .writeInt32(33).buffer;
  const call = produceRequest({ transactionalId: null, timeoutMs: 1, topics: [] });
  const theirs = await fromKafkajs("kafkajs/src/protocol/requests/produce/v7/response.js").decode(payload);
  expect(call.response.decode(payload).clientSideThrottleTime).toBe(theirs.clientSideThrottleTime);
  expect(theirs.clientSideThrottleTime).toBe(33);
  expect(answered(call, payload)).toStrictEqual([
    { topic: "orders", partition: 3, errorCode: 0, baseOffset: 2 ** 40 },
    { topic: "orders", partition: 1, errorCode: 47, baseOffset: -1 },
    { topic: "états", partition: 0, errorCode: 0, baseOffset: 5 },
  ]);
});

test("an answer that ends too early is an error that names the request, wherever it is cut", () => {
  const payload = new Encoder()
    .writeArray([
      new Encoder()
        .writeString("orders")
        .writeArray([new Encoder().writeInt32(0).writeInt16(0).writeInt64(5).writeInt64(-1).writeInt64(0)]),
    ])
    .writeInt32(0).buffer;
  const { response } = produceRequest({ transactionalId: null, timeoutMs: 1, topics: [] });
  for (let length = 0; length < payload.length; length++)
    expect(() => response.decode(payload.subarray(0, length))).toThrow(/answer to Produce v7 ends after/);
});
