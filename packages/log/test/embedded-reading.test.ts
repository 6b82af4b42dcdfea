import { instant } from "@hybrid/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Log, openEmbeddedLog } from "../src/index.ts";
import { manualClock } from "./embedded-fixture.ts";
import { createWorkTopics } from "./workload.ts";

const topic = "work-output";
const keyBytes = 1;
const recordBytes = 32;

const opened = async (): Promise<Log> => {
  const log = await openEmbeddedLog({ path: ":memory:", clock: manualClock() });
  await createWorkTopics(log);
  return log;
};

const recordOf = (n: number, length: number, partition = 0) => ({
  topic,
  partition,
  key: String(n % 10),
  value: new Uint8Array(length).fill(n),
  timestamp: instant(1_800_000_000_000 + n),
});

/** How many records of these lengths one read returns: as many as fit, and at least one. */
const fitting = (lengths: readonly number[], recordsMax: number, bytesMax: number): number => {
  let bytes = 0;
  const beyond = lengths.findIndex((length, n) => {
    bytes += length + keyBytes + recordBytes;
    return n >= recordsMax || (n > 0 && bytes > bytesMax);
  });
  return beyond < 0 ? lengths.length : beyond;
};

test("property: a read returns what fits its bounds, at least one record, and tells where to go on", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(fc.nat(20), fc.nat(3_000)), { minLength: 1, maxLength: 150 }),
      fc.integer({ min: 1, max: 200 }),
      fc.oneof(fc.nat(500), fc.nat(200_000)),
      fc.nat(),
      async (lengths, recordsMax, bytesMax, start) => {
        const log = await opened();
        await log.append(lengths.map((length, n) => recordOf(n, length)));
        const offset = start % lengths.length;
        const read = await log.read({ topic, partition: 0, offset, recordsMax, bytesMax });
        const count = fitting(lengths.slice(offset), recordsMax, bytesMax);
        expect(read.records.map((record) => record.offset)).toEqual(
          Array.from({ length: count }, (_, n) => offset + n),
        );
        expect(read.records.map((record) => record.value?.length)).toEqual(
          lengths.slice(offset, offset + count),
        );
        expect(read.nextOffset).toBe(offset + count);
        await log.close();
      },
    ),
    { numRuns: 40 },
  );
}, 20_000);

test("appends of every size are stored whole and in order, also across partitions", async () => {
  const log = await opened();
  const expected: number[][] = [[], []];
  let n = 0;
  for (let size = 1; size <= 95; size++) {
    const records = Array.from({ length: size }, () => {
      const partition = (n * 7) % 3 === 0 ? 1 : 0;
      const record = recordOf(n, n % 50, partition);
      expected[partition]?.push(n);
      n += 1;
      return record;
    });
    await log.append(records);
  }
  for (const [partition, numbers] of expected.entries()) {
    const read = await log.read({ topic, partition, offset: 0, recordsMax: 10_000, bytesMax: 1e9 });
    expect(read.records.map(({ timestamp }) => timestamp - 1_800_000_000_000)).toEqual(numbers);
    expect(read.records.map(({ value }) => value?.length)).toEqual(numbers.map((each) => each % 50));
  }
  await log.close();
});
