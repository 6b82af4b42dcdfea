import fc from "fast-check";
import { expect, test } from "vitest";
import { type Produce, produceBound, produceRequest } from "../../src/kafka/wire/produce-request.ts";
import {
  type BatchContent,
  type BatchProducer,
  type BatchRecord,
  encodeRecordBatch,
} from "../../src/kafka/wire/record-batch-writer.ts";
import { requestWriter, roomFor, writerInto } from "../../src/kafka/wire/request-writer.ts";
import { t0 } from "./batches.ts";

type Topics = readonly {
  readonly topic: string;
  readonly partitions: readonly { readonly partition: number; readonly batch: BatchContent }[];
}[];

const text = fc.oneof(
  fc.string({ unit: "binary-ascii", maxLength: 40 }),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom("acme/u-é世界🦊", "x".repeat(200)),
);
const nullable = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const timestamp = fc.integer({ min: t0 - 1_000_000, max: t0 + 1_000_000 });
const record: fc.Arbitrary<BatchRecord> = fc.record(
  {
    key: nullable(text),
    value: nullable(fc.uint8Array({ maxLength: 200 })),
    timestamp,
    headers: fc.dictionary(text, text, { maxKeys: 3, noNullPrototype: true }),
  },
  { requiredKeys: ["key", "value"] },
);
const producer: fc.Arbitrary<BatchProducer | null> = nullable(
  fc.record({
    producerId: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
    epoch: fc.integer({ min: 0, max: 32_767 }),
    firstSequence: fc.nat(),
    transactional: fc.boolean(),
  }),
);
const content: fc.Arbitrary<BatchContent> = fc.record({
  records: fc.array(record, { minLength: 1, maxLength: 6 }),
  timestamp,
  producer,
});
const topics: fc.Arbitrary<Topics> = fc.array(
  fc.record({
    topic: fc.string({ unit: fc.constantFrom("a", "-", "Z", "9"), minLength: 1, maxLength: 249 }),
    partitions: fc.array(fc.record({ partition: fc.nat({ max: 64 }), batch: content }), { maxLength: 3 }),
  }),
  { maxLength: 3 },
);
const transactionalId = nullable(fc.constantFrom("hybrid-3", "é".repeat(100)));

const bytesOf = async (produce: Omit<Produce, "timeoutMs">): Promise<Buffer> =>
  (await produceRequest({ ...produce, timeoutMs: 20_000 }).request.encode()).buffer;

const encoded = (topics: Topics): Produce["topics"] =>
  topics.map(({ topic, partitions }) => ({
    topic,
    partitions: partitions.map(({ partition, batch: { records, timestamp = 0, producer } }) => ({
      partition,
      batch: encodeRecordBatch(
        records.map((each) => ({ timestamp, ...each })),
        producer,
      ),
    })),
  }));

test("batches written in place are those of encodeRecordBatch, in new memory and in memory used before", async () => {
  await fc.assert(
    fc.asyncProperty(topics, transactionalId, async (topics, transactionalId) => {
      const expected = await bytesOf({ transactionalId, topics: encoded(topics) });
      expect(await bytesOf({ transactionalId, topics })).toStrictEqual(expected);
      const into = Buffer.alloc(produceBound(topics), 0xa5);
      const body = await bytesOf({ transactionalId, topics, into });
      expect(body).toStrictEqual(expected);
      // It was large enough: nothing grew.
      expect(body.buffer).toBe(into.buffer);
      expect(roomFor(body.length)).toBeLessThanOrEqual(into.length);
    }),
    { numRuns: 150 },
  );
});

test("a request that does not fit where it is to be written grows", async () => {
  await fc.assert(
    fc.asyncProperty(topics, fc.nat({ max: 999 }), async (topics, share) => {
      const expected = await bytesOf({ transactionalId: "hybrid-3", topics: encoded(topics) });
      // From the room for the head alone to one byte less than is written.
      const length = roomFor(Math.floor((expected.length * share) / 1_000));
      const into = Buffer.allocUnsafeSlow(length).fill(0xa5);
      const body = await bytesOf({ transactionalId: "hybrid-3", topics, into });
      expect(body).toStrictEqual(expected);
      expect(body.buffer).not.toBe(into.buffer);
    }),
    { numRuns: 150 },
  );
});

test("a request that is encoded twice is the same, and so is one for other records in the same memory", async () => {
  const batch = (key: string, count: number): BatchContent => ({
    records: Array.from({ length: count }, () => ({ key, value: null, timestamp: t0 })),
    producer: null,
  });
  const topicsOf = (content: BatchContent): Topics => [
    { topic: "orders", partitions: [{ partition: 3, batch: content }] },
  ];
  const [long, short] = [topicsOf(batch("a".repeat(50), 40)), topicsOf(batch("b", 1))];
  const into = Buffer.allocUnsafeSlow(produceBound(long));
  const { request } = produceRequest({ transactionalId: null, timeoutMs: 20_000, topics: long, into });
  const once = Buffer.from((await request.encode()).buffer);
  expect((await request.encode()).buffer).toStrictEqual(once);
  expect(await bytesOf({ transactionalId: null, topics: short, into })).toStrictEqual(
    await bytesOf({ transactionalId: null, topics: encoded(short) }),
  );
});

test("a record that has no time, neither its own nor its batch's, is refused", async () => {
  const batch = { records: [{ key: "a", value: null }], producer: null };
  const topics = [{ topic: "orders", partitions: [{ partition: 3, batch }] }];
  await expect(bytesOf({ transactionalId: null, topics })).rejects.toThrow(TypeError);
});

test("bytes made in place take as much as was written, however much was allowed", () => {
  const written = (room: Buffer, bound: number): Buffer =>
    writerInto(room)
      .int16(1)
      .sizedBy(bound, (sink) => {
        sink.bytes.fill(0xab, sink.at, sink.at + 3);
        sink.at += 3;
      })
      .sizedBy(bound, () => undefined)
      .int16(2)
      .body().bytes;
  const expected = requestWriter(0)
    .int16(1)
    .sized(Buffer.alloc(3, 0xab))
    .sized(Buffer.alloc(0))
    .int16(2)
    .body();
  for (const bound of [3, 4, 100, 10_000])
    for (const room of [roomFor(0), roomFor(7), roomFor(20_100)])
      expect(written(Buffer.alloc(room, 0xcd), bound)).toStrictEqual(expected.bytes);
});
