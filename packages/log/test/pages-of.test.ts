import { join } from "node:path";
import { hours, instant, plus } from "@hybrid/kernel";
import { expect, onTestFinished, test } from "vitest";
import {
  type Log,
  type LogRecord,
  LogUnavailableError,
  OffsetOutOfRangeError,
  openEmbeddedLog,
  type PageBounds,
  pagesOf,
  type ReadResult,
  UnknownTopicError,
} from "../src/index.ts";
import { manualClock, temporaryFolder } from "./embedded-fixture.ts";

const start = instant(1_800_000_000_000);
const place = { topic: "visits", partition: 1 };

const opened = async (cleanup: "delete" | "compact" = "delete"): Promise<Log> => {
  const log = await openEmbeddedLog({
    path: join(temporaryFolder(), "hybrid.log"),
    clock: manualClock(start),
  });
  onTestFinished(() => log.close());
  const retentionMs = cleanup === "delete" ? hours(24) : null;
  await log.createTopics([{ name: place.topic, partitions: 2, cleanup, retentionMs }]);
  return log;
};

const append = (log: Log, keys: readonly string[], atHours = 0) =>
  log.append(
    keys.map((key) => ({
      ...place,
      key,
      value: new TextEncoder().encode(key.repeat(10)),
      timestamp: plus(start, hours(atHours)),
    })),
  );

const keysOf = (page: readonly LogRecord[]) => page.map(({ key }) => key);

const pagesIn = async (log: Pick<Log, "read" | "offsets">, bounds?: PageBounds) => {
  const pages: (readonly (string | null)[])[] = [];
  for await (const page of pagesOf(log, place, bounds)) pages.push(keysOf(page));
  return pages;
};

test("a partition comes whole and in order, in pages of no more than the bounds", async () => {
  const log = await opened();
  await log.append([{ ...place, partition: 0, key: "not ours", value: null, timestamp: start }]);
  await append(log, ["a", "b", "c", "d", "e"]);
  expect(await pagesIn(log)).toEqual([["a", "b", "c", "d", "e"]]);
  expect(await pagesIn(log, { recordsMax: 2 })).toEqual([["a", "b"], ["c", "d"], ["e"]]);
  expect(await pagesIn(log, { bytesMax: 1 })).toEqual([["a"], ["b"], ["c"], ["d"], ["e"]]);
  expect(await pagesIn(log, { from: 3 })).toEqual([["d", "e"]]);
});

test("an empty partition and the end of one have no pages", async () => {
  const log = await opened();
  expect(await pagesIn(log)).toEqual([]);
  await append(log, ["a", "b"]);
  expect(await pagesIn(log, { from: 2 })).toEqual([]);
});

test("reading begins where retention has moved the start to", async () => {
  const log = await opened();
  await append(log, ["a", "b", "c"], 0);
  await append(log, ["d", "e"], 20);
  expect(await log.clean(plus(start, hours(30)))).toBe(3);
  expect((await log.offsets(place.topic, place.partition)).start).toBe(3);
  expect(await pagesIn(log, { recordsMax: 1 })).toEqual([["d"], ["e"]]);
});

test("what a compaction has left of a partition is read across its gaps", async () => {
  const log = await opened("compact");
  await append(log, ["a", "b", "a", "a", "b", "c", "c"]);
  expect(await log.clean(plus(start, hours(1)))).toBeGreaterThan(0);
  const kept = (await pagesIn(log, { recordsMax: 1 })).flat();
  expect(kept.length).toBeLessThan(7);
  expect(new Set(kept)).toEqual(new Set(["a", "b", "c"]));
});

test("records that are appended meanwhile are not read, on no page", async () => {
  const log = await opened();
  await append(log, ["a", "b", "c"]);
  const pages = pagesOf(log, place, { recordsMax: 2 });
  const seen: (string | null)[] = [];
  for await (const page of pages) {
    seen.push(...keysOf(page));
    await append(log, ["later", "later still"]);
  }
  expect(seen).toEqual(["a", "b", "c"]);
  expect((await log.offsets(place.topic, place.partition)).end).toBe(7);
});

test("an offset outside of the log is refused and not skipped", async () => {
  const log = await opened();
  await append(log, ["a", "b"], 0);
  await append(log, ["c"], 20);
  await log.clean(plus(start, hours(30)));
  await expect(pagesIn(log, { from: 1 })).rejects.toBeInstanceOf(OffsetOutOfRangeError);
  await expect(pagesIn(log, { from: 4 })).rejects.toThrow(
    /visits, partition 1: offset 4 lies behind .* at 3/,
  );
  await expect(pagesIn(log, { from: Number.NaN })).rejects.toBeInstanceOf(OffsetOutOfRangeError);
  const unknown = pagesOf(log, { ...place, topic: "no-such-topic" }).next();
  await expect(unknown).rejects.toBeInstanceOf(UnknownTopicError);
});

test("retention that overtakes the reading is told and not skipped", async () => {
  const log = await opened();
  await append(log, ["a", "b", "c"], 0);
  await append(log, ["d"], 20);
  const pages = pagesOf(log, place, { recordsMax: 1 });
  expect(keysOf((await pages.next()).value ?? [])).toEqual(["a"]);
  await log.clean(plus(start, hours(30)));
  await expect(pages.next()).rejects.toBeInstanceOf(OffsetOutOfRangeError);
});

const recordAt = (offset: number): LogRecord => ({
  ...place,
  offset,
  key: `k${offset}`,
  value: null,
  timestamp: start,
});

/** A log whose partition holds 10 up to 40 and answers as it is told; more than told is an error. */
const toldLog = (answers: Readonly<Record<number, Omit<ReadResult, "endOffset">>>) => {
  const asked: number[] = [];
  const log: Pick<Log, "read" | "offsets"> = {
    offsets: () => Promise.resolve({ start: 10, end: 40 }),
    read: ({ offset }) => {
      asked.push(offset);
      const answer = answers[offset];
      if (!answer) throw new Error(`nobody said what is at ${offset}`);
      return Promise.resolve({ ...answer, endOffset: 40 });
    },
  };
  return { log, asked };
};

test("an empty stretch is passed without a page, at the end as well", async () => {
  const { log, asked } = toldLog({
    10: { records: [], nextOffset: 20 },
    20: { records: [recordAt(22)], nextOffset: 30 },
    30: { records: [], nextOffset: 40 },
  });
  expect(await pagesIn(log)).toEqual([["k22"]]);
  expect(asked).toEqual([10, 20, 30]);
});

test("what a page holds behind the end is left out", async () => {
  const { log } = toldLog({ 10: { records: [recordAt(38), recordAt(40), recordAt(41)], nextOffset: 42 } });
  expect(await pagesIn(log)).toEqual([["k38"]]);
});

test.each([20, 15])(
  "a log that answers to 20 to read on at %d is no end but an error",
  async (nextOffset) => {
    const { log, asked } = toldLog({
      10: { records: [recordAt(12)], nextOffset: 20 },
      20: { records: [], nextOffset },
    });
    const pages = pagesOf(log, place);
    expect(keysOf((await pages.next()).value ?? [])).toEqual(["k12"]);
    const error: unknown = await pages.next().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(LogUnavailableError);
    expect(String(error)).toMatch(
      /topic visits, partition 1: .* offset 20, though the end is at 40\. Read again/,
    );
    expect(asked).toEqual([10, 20]);
  },
);
