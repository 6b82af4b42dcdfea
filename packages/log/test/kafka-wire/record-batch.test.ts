import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeRecordSet } from "../../src/kafka/wire/record-batch-reader.ts";
import {
  type BatchProducer,
  batchOverheadBytes,
  encodeRecordBatch,
  sizeBound,
  type TimedRecord,
} from "../../src/kafka/wire/record-batch-writer.ts";
import { bytesOf, fromKafkajs, place, t0 } from "./batches.ts";

const text = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: "binary-ascii", maxLength: 40 }) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 40 }) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", minLength: 100, maxLength: 300 }) },
);
const timestamp = fc.oneof(
  fc.integer({ min: t0 - 1_000_000, max: t0 + 1_000_000 }),
  fc.constantFrom(0, 63, 64, 8_191, 8_192, Number.MAX_SAFE_INTEGER),
  fc.maxSafeNat(),
);
const value = fc.option(fc.uint8Array({ maxLength: 200 }), { nil: null });
const record = (name: fc.Arbitrary<string>): fc.Arbitrary<TimedRecord> =>
  fc.record(
    {
      key: fc.option(text, { nil: null }),
      value,
      timestamp,
      headers: fc.dictionary(name, text, { maxKeys: 3, noNullPrototype: true }),
    },
    { requiredKeys: ["key", "value", "timestamp"] },
  );
const producer: fc.Arbitrary<BatchProducer | null> = fc.option(
  fc.record({
    producerId: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
    epoch: fc.integer({ min: 0, max: 32_767 }),
    firstSequence: fc.nat(),
    transactional: fc.boolean(),
  }),
  { nil: null },
);

/** A record as reading gives it back: no headers rather than none. */
const asRead = ({ key, value, timestamp, headers = {} }: TimedRecord, offset: number): object => ({
  topic: place.topic,
  partition: place.partition,
  key,
  value,
  timestamp,
  offset,
  ...(Object.keys(headers).length === 0 ? {} : { headers }),
});

test("records come back as they were written, whatever their keys, values, headers and times", () => {
  const records = fc.array(record(text), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(records, producer, (records, producer) => {
      const read = decodeRecordSet(encodeRecordBatch(records, producer), place);
      expect(read).toStrictEqual({ records: records.map(asRead), nextOffset: records.length });
    }),
    { numRuns: 300 },
  );
});

test("the bound of a batch's records is never below the batch, and close to it for plain keys", () => {
  fc.assert(
    fc.property(fc.array(record(text), { minLength: 1, maxLength: 10 }), (records) => {
      const bound = records.reduce((sum, record) => sum + sizeBound(record), batchOverheadBytes);
      expect(encodeRecordBatch(records, null).length).toBeLessThanOrEqual(bound);
    }),
  );
  const usual = { key: "k".repeat(36), value: new Uint8Array(300), timestamp: t0 };
  expect(sizeBound(usual)).toBeLessThan(450);
});

test("kafkajs reads our batches to the same records", async () => {
  const Decoder = fromKafkajs("kafkajs/src/protocol/decoder.js");
  const decode = fromKafkajs("kafkajs/src/protocol/recordBatch/v0/decoder.js");
  const name = fc.string({ unit: fc.constantFrom("a", "b", "é", "1"), maxLength: 5 });
  const records = fc.array(record(name), { minLength: 1, maxLength: 10 });
  await fc.assert(
    fc.asyncProperty(records, producer, async (records, producer) => {
      const batch = await decode(new Decoder(encodeRecordBatch(records, producer)));
      expect(batch).toMatchObject({
        firstOffset: "0",
        lastOffsetDelta: records.length - 1,
        producerId: String(producer?.producerId ?? -1n),
        producerEpoch: producer?.epoch ?? -1,
        firstSequence: producer?.firstSequence ?? -1,
        inTransaction: producer?.transactional ?? false,
        isControlBatch: false,
        maxTimestamp: String(Math.max(...records.map(({ timestamp }) => timestamp))),
      });
      const read = batch.records.map(({ key, value, timestamp, offset, headers }: any) => ({
        key,
        value,
        timestamp,
        offset,
        headers: Object.entries(headers).map(([name, text]) => [name, String(text)]),
      }));
      const expected = records.map(({ key, value, timestamp, headers = {} }, index) => ({
        key: key === null ? null : Buffer.from(key as string),
        value: value === null ? null : Buffer.from(value),
        timestamp: String(timestamp),
        offset: String(index),
        headers: Object.entries(headers),
      }));
      expect(read).toStrictEqual(expected);
    }),
    { numRuns: 100 },
  );
});

test("we read kafkajs's batches to the same records", async () => {
  const Record = fromKafkajs("kafkajs/src/protocol/recordBatch/record/v0/index.js");
  const { RecordBatch } = fromKafkajs("kafkajs/src/protocol/recordBatch/v0/index.js");
  const records = fc.array(record(text), { minLength: 1, maxLength: 10 });
  await fc.assert(
    fc.asyncProperty(records, fc.nat(), async (records, firstOffset) => {
      const base = records[0]!.timestamp;
      const encoder = await RecordBatch({
        firstOffset,
        firstTimestamp: base,
        maxTimestamp: base,
        lastOffsetDelta: records.length - 1,
        records: records.map(({ key, value, timestamp, headers }, offsetDelta) =>
          Record({
            offsetDelta,
            timestampDelta: timestamp - base,
            key: key === null ? null : Buffer.from(key as string),
            value: value === null ? null : Buffer.from(value),
            headers,
          }),
        ),
      });
      const read = decodeRecordSet(encoder.buffer, place);
      const nextOffset = firstOffset + records.length;
      const expected = records.map((record, index) => asRead(record, firstOffset + index));
      expect(read).toStrictEqual({ records: expected, nextOffset });
    }),
    { numRuns: 100 },
  );
});

test("a batch is laid out byte for byte as KIP-98 says", () => {
  const batch = encodeRecordBatch(
    [
      { key: "k1", value: Uint8Array.of(0xff), timestamp: 1_000 },
      { key: null, value: null, timestamp: 990, headers: { h: "é" } },
    ],
    { producerId: 0x01_02_03_04_05_06_07_08n, epoch: 3, firstSequence: 5, transactional: true },
  );
  const expected = [
    "0000000000000000", // base offset
    "00000047", // length of what follows
    "ffffffff", // leader epoch, which the broker fills in
    "02", // magic
    "f8b3d79d", // CRC-32C of what follows
    "0010", // attributes: transactional
    "00000001", // last offset delta
    "00000000000003e8", // base timestamp
    "00000000000003e8", // max timestamp
    "0102030405060708", // producer id
    "0003", // producer epoch
    "00000005", // base sequence
    "00000002", // number of records
    // Length 9, attributes, timestamp and offset delta 0, key of 2, value of 1, no headers.
    "12 00 00 00 04 6b31 02 ff 00",
    // Length 11, attributes, timestamp delta -10, offset delta 1, null, null, a header of 1 and 2 bytes.
    "16 00 13 02 01 01 02 02 68 04 c3a9",
  ];
  expect(batch.toString("hex")).toBe(expected.join("").replaceAll(" ", ""));
});

test("keys may be given as bytes", () => {
  const batch = encodeRecordBatch([{ key: bytesOf("a/ü"), value: null, timestamp: t0 }], null);
  expect(decodeRecordSet(batch, place).records).toMatchObject([{ key: "a/ü", value: null }]);
});

test("a header named __proto__ is a header like any other", () => {
  const headers = JSON.parse('{"__proto__":"p","constructor":"c"}');
  const batch = encodeRecordBatch([{ key: null, value: null, headers, timestamp: t0 }], null);
  const [read] = decodeRecordSet(batch, place).records;
  expect(Object.entries(read?.headers ?? {})).toStrictEqual(Object.entries(headers));
});

test.each([-1, 0.5, Number.NaN, 2 ** 53])("the timestamp %d is refused", (timestamp) => {
  const records = [
    { key: null, value: null, timestamp: t0 },
    { key: null, value: null, timestamp },
  ];
  expect(() => encodeRecordBatch(records, null)).toThrow(TypeError);
});

test("a batch without records and a sequence outside of 32 bits are refused", () => {
  expect(() => encodeRecordBatch([], null)).toThrow(RangeError);
  const records = [{ key: null, value: null, timestamp: t0 }];
  const producer = { producerId: 1n, epoch: 0, firstSequence: 2 ** 31, transactional: false };
  expect(() => encodeRecordBatch(records, producer)).toThrow(RangeError);
});

test("the bytes of two batches are not shared", () => {
  const encode = (key: string): Buffer => encodeRecordBatch([{ key, value: null, timestamp: t0 }], null);
  const first = encode("first");
  const copy = Buffer.from(first);
  encode("other");
  expect(first.equals(copy)).toBe(true);
});
