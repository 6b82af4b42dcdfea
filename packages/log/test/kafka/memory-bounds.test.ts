import fc from "fast-check";
import { expect, test } from "vitest";
import type { LogRecord } from "../../src/index.ts";
import { BytePermits } from "../../src/kafka/byte-permits.ts";
import { PartitionFeed } from "../../src/kafka/reading/source-feed.ts";
import { SharedBytes } from "../../src/kafka/shared-bytes.ts";
import { t0 } from "../kafka-wire/batches.ts";

const megabyte = 1_024 * 1_024;
const silent = { hungry: () => undefined, moved: () => undefined };
const never = new AbortController().signal;

const recordAt = (offset: number, bytes: number): LogRecord => ({
  topic: "orders",
  partition: 0,
  offset,
  key: "k",
  value: new Uint8Array(bytes),
  timestamp: t0,
});

test("sources together hold about what they may, however many there are, and none is left without", () => {
  /*
   * Goal: the memory of what is fetched ahead does not grow with the number of partitions.
   * Method: every source is filled whenever it asks, with as much as it asks for, and nobody polls.
   */
  for (const count of [4, 64, 1_024]) {
    const memory = new SharedBytes(64 * megabyte);
    const place = { topic: "orders", partition: 0, offset: 0 };
    const feeds = Array.from({ length: count }, () => new PartitionFeed([place], silent, memory));
    const sources = feeds.flatMap((feed) => feed.sources);
    for (let round = 0; round < 10; round++)
      for (const source of sources)
        if (source.hungry)
          source.takeIn([recordAt(source.fetchOffset, source.fetchBytesMax - 60)], source.fetchOffset + 1);
    expect(sources.every(({ bytes }) => bytes > 0)).toBe(true);
    expect(sources.some(({ hungry }) => hungry)).toBe(false);
    expect(memory.used).toBeLessThanOrEqual(64 * megabyte + megabyte);
    expect(memory.used).toBe(feeds.reduce((sum, { bytes }) => sum + bytes, 0));
    for (const feed of feeds) feed.close();
    expect(memory.used).toBe(0);
  }
});

test("a source that is polled empty asks for more, also when others hold everything", async () => {
  const memory = new SharedBytes(2 * megabyte);
  const [mine, others] = [0, 1].map(
    (partition) => new PartitionFeed([{ topic: "orders", partition, offset: 0 }], silent, memory),
  );
  others?.sources[0]?.takeIn([recordAt(0, 5 * megabyte)], 1);
  mine?.sources[0]?.takeIn([recordAt(0, megabyte)], 1);
  expect(mine?.sources[0]?.hungry).toBe(false);
  expect(await mine?.poll({ recordsMax: 1, bytesMax: 1 }, never)).toHaveLength(1);
  expect(mine?.sources[0]?.hungry).toBe(true);
  expect(mine?.sources[0]?.fetchBytesMax).toBeLessThanOrEqual(megabyte);
});

test("where reading goes on is never behind what is applied, nor past a record that is not", () => {
  /*
   * Goal: what the driver keeps up by itself passes markers only.
   * Method: chunks of records and gaps, polled in any portions; whatever of what was polled is applied, no
   *   record at or behind it lies before where reading goes on.
   */
  const chunk = fc.record({
    gap: fc.nat({ max: 3 }),
    records: fc.nat({ max: 4 }),
    behind: fc.nat({ max: 3 }),
  });
  const play = fc.asyncProperty(
    fc.array(chunk, { maxLength: 8 }),
    fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 8 }),
    fc.nat({ max: 100 }),
    async (chunks, polls, back) => {
      const feed = new PartitionFeed(
        [{ topic: "orders", partition: 0, offset: 0 }],
        silent,
        new SharedBytes(1e9),
      );
      const [source] = feed.sources;
      const offsets: number[] = [];
      let next = 0;
      for (const { gap, records, behind } of chunks) {
        const first = next + gap;
        const made = Array.from({ length: records }, (_, n) => recordAt(first + n, 1));
        offsets.push(...made.map(({ offset }) => offset));
        next = first + records + behind;
        source?.takeIn(made, next);
      }
      const taken: { readonly offset: number; readonly nextOffset?: number }[] = [];
      for (const recordsMax of polls)
        if (taken.length < offsets.length)
          taken.push(...(await feed.poll({ recordsMax, bytesMax: 1e9 }, never)));
      const applied = taken.slice(0, Math.max(0, taken.length - (back % (taken.length + 1)))).at(-1);
      const position = applied ? (applied.nextOffset ?? applied.offset + 1) : 0;
      const kept = source?.keptUp(position) ?? -1;
      expect(kept).toBeGreaterThanOrEqual(position);
      const unapplied = offsets.filter((offset) => offset > (applied?.offset ?? -1));
      expect(unapplied.filter((offset) => offset < kept)).toEqual([]);
      const isAll = unapplied.length === 0 && taken.length === offsets.length;
      expect(isAll ? kept : next).toBe(next);
    },
  );
  return fc.assert(play, { numRuns: 300 });
});

test("work that needs bytes begins in order, never more of it than fits, and larger work alone", async () => {
  const permits = new BytePermits(10);
  const begun: number[] = [];
  const begin = async (bytes: number): Promise<() => void> => {
    const done = await permits.take(bytes);
    begun.push(bytes);
    return done;
  };
  const first = await begin(6);
  const [second, third, fourth] = [begin(5), begin(20), begin(1)];
  await Promise.resolve();
  expect(begun).toEqual([6]);
  first();
  first();
  (await second)();
  const done = await third;
  expect(permits.used).toBe(20);
  expect(begun).toEqual([6, 5, 20]);
  done();
  (await fourth)();
  expect(permits.used).toBe(0);
});
