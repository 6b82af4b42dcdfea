import { gzipSync, zstdCompressSync } from "node:zlib";
import { ConfigError } from "@hybrid/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import { CorruptLogError } from "../../src/errors.ts";
import { type DecodedRecords, decodeRecordSet } from "../../src/kafka/wire/record-batch-reader.ts";
import { encodeRecordBatch } from "../../src/kafka/wire/record-batch-writer.ts";
import { batchOf, bytesOf, letters, markerOf, place, sealed, t0 } from "./batches.ts";

const keysOf = ({ records }: DecodedRecords): string => records.map(({ key }) => key ?? "-").join("");

/** The error of reading, as "name: message". */
const failure = (bytes: Buffer, fetchOffset = 0): string => {
  try {
    return `nothing: ${decodeRecordSet(bytes, { ...place, fetchOffset }).records.length} records`;
  } catch (error) {
    return String(error);
  }
};

test("values are plain views of the bytes that were fetched", () => {
  const bytes = letters("a", 0);
  const [record] = decodeRecordSet(bytes, place).records;
  expect(record?.value?.constructor).toBe(Uint8Array);
  expect(record?.value?.buffer).toBe(bytes.buffer);
});

test("records before the fetch offset are skipped, within a batch and before it", () => {
  const bytes = Buffer.concat([letters("abc", 10), letters("def", 13)]);
  const read = (fetchOffset: number): DecodedRecords => decodeRecordSet(bytes, { ...place, fetchOffset });
  expect(keysOf(read(10))).toBe("abcdef");
  expect(keysOf(read(12))).toBe("cdef");
  expect(keysOf(read(13))).toBe("def");
  expect(keysOf(read(15))).toBe("f");
  expect(read(16)).toStrictEqual({ records: [], nextOffset: 16 });
  expect(read(20)).toStrictEqual({ records: [], nextOffset: 20 });
});

test("an empty batch, which compaction leaves of a producer's last one, is passed (F2)", () => {
  const empty = letters("", 100, { lastOffsetDelta: 49, producerId: 7n });
  expect(decodeRecordSet(empty, { ...place, fetchOffset: 100 })).toStrictEqual({
    records: [],
    nextOffset: 150,
  });
  const followed = decodeRecordSet(Buffer.concat([empty, letters("ab", 150)]), {
    ...place,
    fetchOffset: 120,
  });
  expect(keysOf(followed)).toBe("ab");
  expect(followed.nextOffset).toBe(152);
});

test("a partly compacted batch is passed as a whole, also when its last records are gone (F2)", () => {
  const records = [3, 7].map((offsetDelta) => ({ offsetDelta, key: bytesOf(String(offsetDelta)) }));
  const bytes = batchOf({ baseOffset: 100, lastOffsetDelta: 49, producerId: 7n, records });
  const read = decodeRecordSet(bytes, { ...place, fetchOffset: 100 });
  expect(read.records.map(({ offset }) => offset)).toStrictEqual([103, 107]);
  expect(read.nextOffset).toBe(150);
  expect(decodeRecordSet(bytes, { ...place, fetchOffset: 108 })).toStrictEqual({
    records: [],
    nextOffset: 150,
  });
});

test("an incomplete batch at the end is left out, wherever it is cut", () => {
  const [first, second] = [letters("abc", 0), letters("def", 3)];
  const bytes = Buffer.concat([first, second]);
  for (let length = 0; length < bytes.length; length++) {
    const read = decodeRecordSet(bytes.subarray(0, length), place);
    const whole = length >= first.length;
    expect({ length, keys: keysOf(read), nextOffset: read.nextOffset }).toStrictEqual({
      length,
      keys: whole ? "abc" : "",
      nextOffset: whole ? 3 : 0,
    });
  }
});

test("damage of any bit behind the leader epoch is noticed", () => {
  // The broker fills in base offset and leader epoch after the producer, so the CRC-32C leaves out the
  // sixteen bytes before the magic (length among them); the length is looked at in the next test.
  const records = [{ key: "key", value: bytesOf("value"), headers: { h: "v" }, timestamp: t0 }];
  const batch = encodeRecordBatch(records, {
    producerId: 7n,
    epoch: 0,
    firstSequence: 0,
    transactional: true,
  });
  for (let at = 16; at < batch.length; at++)
    for (let bit = 0; bit < 8; bit++) {
      const damaged = Buffer.from(batch);
      damaged[at]! ^= 1 << bit;
      const expected = at === 16 ? /^ConfigError: .*record format/s : /^CorruptLogError: .*CRC-32C/;
      expect(failure(damaged), `byte ${at}, bit ${bit}`).toMatch(expected);
    }
});

test("a damaged length never yields a record", () => {
  const bytes = Buffer.concat([letters("abc", 0), letters("def", 3)]);
  const right = bytes.readInt32BE(8);
  for (const length of [-1, 0, 14, 48, 49, right - 1, right + 1, right + 60, 2 ** 31 - 1]) {
    bytes.writeInt32BE(length, 8);
    expect(failure(bytes), `length ${length}`).toMatch(/^CorruptLogError|^nothing: 0 records/);
  }
});

test("batches that do not follow each other are damage", () => {
  const bytes = Buffer.concat([letters("abc", 10), letters("def", 12)]);
  const read = decodeRecordSet(bytes, place);
  expect(keysOf(read)).toBe("abc");
  expect(failure(bytes, read.nextOffset)).toMatch(/the batch at offset 12 is damaged: offset 12 stands/);
});

test("records before a damaged batch are read; the error comes from there on and says what to do", () => {
  const bytes = Buffer.concat([letters("abc", 10), letters("def", 13)]);
  bytes[bytes.length - 1]! ^= 1;
  const read = decodeRecordSet(bytes, { ...place, fetchOffset: 10 });
  expect(keysOf(read)).toBe("abc");
  const text = failure(bytes, read.nextOffset);
  expect(text).toMatch(/^CorruptLogError: topic orders, partition 3, the batch at offset 13 is damaged: /);
  expect(text).toContain("Read it from another replica");
});

test.each([
  ["a record longer than its batch", { count: 1, at: 61, bytes: [0x7e] }],
  ["a record of negative length", { count: 1, at: 61, bytes: [0x01] }],
  ["a key longer than its record", { count: 1, at: 65, bytes: [0x7e] }],
  ["a key of length -2", { count: 1, at: 65, bytes: [0x03] }],
  ["headers that are not there", { count: 1, at: 69, bytes: [0x04] }],
  ["a negative number of headers", { count: 1, at: 69, bytes: [0x01] }],
  ["a timestamp beyond 2^53", { count: 1, at: 27, bytes: [0x7f] }],
  ["fewer records than counted", { count: 2, at: 61, bytes: [] }],
  ["more records than counted", { count: 0, at: 61, bytes: [] }],
])("%s is damage, although the check is right", (_what, { count, at, bytes }) => {
  const batch = letters("a", 0, { recordCount: count });
  Buffer.from(bytes).copy(batch, at);
  expect(failure(sealed(batch))).toMatch(/^CorruptLogError: .*though its CRC-32C is right/);
});

test.each([
  ["fall", [1, 0]],
  ["repeat", [0, 0]],
  ["leave the batch", [0, 2]],
  ["begin before the batch", [-1, 1]],
])("offsets that %s are damage, and nothing of the batch is read", (_what, deltas) => {
  const records = deltas.map((offsetDelta) => ({ offsetDelta }));
  const bytes = Buffer.concat([letters("ab", 5), batchOf({ baseOffset: 10, lastOffsetDelta: 1, records })]);
  const read = decodeRecordSet(bytes, place);
  expect(keysOf(read)).toBe("ab");
  expect(read.nextOffset).toBe(7);
  expect(failure(bytes, read.nextOffset)).toMatch(/^CorruptLogError: .*out of order/);
});

test("a record that does not fill its length is damage", () => {
  const batch = batchOf({ baseOffset: 0, records: [{ offsetDelta: 0, tail: Buffer.alloc(1) }] });
  expect(failure(batch)).toMatch(/^CorruptLogError: .*does not fill/);
});

test("a base offset beyond 2^53 is damage", () => {
  const batch = letters("a", 0);
  batch[1] = 0x7f;
  expect(failure(batch)).toMatch(/^CorruptLogError: .*larger than 2\^53/);
});

test.each([
  ["gzip", 1, gzipSync],
  ["zstd", 4, zstdCompressSync],
])("batches compressed with %s are read", (_name, attributes, deflate) => {
  const bytes = Buffer.concat([
    letters("abc", 10, { attributes, deflate: (records) => deflate(records) }),
    letters("d", 13),
  ]);
  const read = decodeRecordSet(bytes, { ...place, fetchOffset: 11 });
  expect(keysOf(read)).toBe("bcd");
  expect(read.nextOffset).toBe(14);
});

test.each([
  [2, "snappy"],
  [3, "lz4"],
  [5, "codec 5"],
])("codec %i is refused with what to change", (attributes, name) => {
  const text = failure(letters("abc", 10, { attributes }), 10);
  expect(text).toMatch(/^ConfigError: topic orders, partition 3, the batch at offset 10 cannot be read/);
  expect(text).toContain(name);
  expect(text).toContain("compression.type");
});

test("what cannot be inflated is damage that names the place", () => {
  const broken = letters("abc", 10, { attributes: 1 });
  expect(() => decodeRecordSet(broken, place)).toThrow(CorruptLogError);
  expect(failure(broken)).toContain("partition 3, the batch at offset 10");
});

test("what is too large when inflated is refused before it fills the memory", () => {
  const deflate = (): Buffer => zstdCompressSync(Buffer.alloc(129 * 1024 * 1024));
  expect(failure(letters("a", 0, { attributes: 4, deflate }))).toMatch(/^CorruptLogError: .*TOO_LARGE/);
});

test("formats before 2 are refused with what to do", () => {
  for (const magic of [0, 1, 3]) {
    const batch = letters("a", 0);
    batch.writeInt8(magic, 16);
    expect(() => decodeRecordSet(batch, place)).toThrow(ConfigError);
    expect(failure(batch)).toContain(`record format ${magic}`);
  }
});

test("times are the producer's, or the broker's for all of a batch that says so", () => {
  const records = [0, -5, 7].map((timestampDelta, offsetDelta) => ({ offsetDelta, timestampDelta }));
  const times = (attributes: number): number[] =>
    decodeRecordSet(
      batchOf({ baseOffset: 0, attributes, baseTimestamp: 1_000, maxTimestamp: 1_007, records }),
      place,
    ).records.map(({ timestamp }) => timestamp);
  expect(times(0)).toStrictEqual([1_000, 995, 1_007]);
  expect(times(0x08)).toStrictEqual([1_007, 1_007, 1_007]);
});

test("a header without a value is empty text, and of a repeated one the last counts", () => {
  const headers = [
    ["a", null],
    ["b", "1"],
    ["b", "2"],
  ] as const;
  const read = decodeRecordSet(batchOf({ baseOffset: 0, records: [{ offsetDelta: 0, headers }] }), place);
  expect(read.records[0]?.headers).toStrictEqual({ a: "", b: "2" });
});

test("limits cut anywhere, and reading on from there misses and repeats nothing", () => {
  // Goal: chunks of any size give the whole. Method: batches with gaps and markers between them, read on
  // from nextOffset over the same bytes until it stands behind them.
  const bytes = Buffer.concat([
    letters("abc", 10),
    markerOf("commit", 13, 7n),
    letters("", 14, { lastOffsetDelta: 5 }),
    letters("defgh", 20, { lastOffsetDelta: 9 }),
    letters("i", 30),
  ]);
  const limits = fc.record({ recordsMax: fc.integer({ min: 1, max: 12 }), bytesMax: fc.nat(20) });
  fc.assert(
    fc.property(fc.array(limits, { minLength: 1, maxLength: 10 }), (limits) => {
      let keys = "";
      let fetchOffset = 10;
      for (let turn = 0; fetchOffset < 31; turn++) {
        const limit = limits[turn % limits.length]!;
        const read = decodeRecordSet(bytes, { ...place, fetchOffset, ...limit });
        expect(read.nextOffset).toBeGreaterThan(fetchOffset);
        expect(read.records.length).toBeLessThanOrEqual(limit.recordsMax);
        // Each record has two bytes.
        expect(read.records.length).toBeLessThanOrEqual(Math.max(1, Math.floor(limit.bytesMax / 2)));
        keys += keysOf(read);
        fetchOffset = read.nextOffset;
      }
      expect(keys).toBe("abcdefghi");
    }),
  );
});
