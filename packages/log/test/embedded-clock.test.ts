import { join } from "node:path";
import { hours, instant, plus } from "@hybrid/kernel";
import { expect, onTestFinished, test } from "vitest";
import { type Log, openEmbeddedLog } from "../src/index.ts";
import { manualClock, temporaryFolder } from "./embedded-fixture.ts";
import {
  commitNumber,
  createWorkTopics,
  expectedAfter,
  findIn,
  numberIn,
  openAt,
  takePartition,
} from "./workload.ts";

const start = instant(1_800_000_000_000);

const opened = async () => {
  const path = join(temporaryFolder(), "hybrid.log");
  const clock = manualClock(start);
  const log = await openEmbeddedLog({ path, clock });
  onTestFinished(() => log.close());
  await log.createTopics([{ name: "kept-a-day", partitions: 1, cleanup: "delete", retentionMs: hours(24) }]);
  return { log, path, clock };
};

const append = (log: Log, n: number, atHours: number) =>
  log.append([
    {
      topic: "kept-a-day",
      partition: 0,
      key: "acme/u-1",
      value: new TextEncoder().encode(`${n}:`),
      timestamp: plus(start, hours(atHours)),
    },
  ]);

const numbersIn = async (log: Log): Promise<readonly number[]> => {
  const { start: offset } = await log.offsets("kept-a-day", 0);
  const page = await log.read({ topic: "kept-a-day", partition: 0, offset, recordsMax: 100, bytesMax: 1e6 });
  return page.records.map(({ value }) => numberIn(value));
};

test("records keep the order in which they were appended, whatever the clock said", async () => {
  const { log } = await opened();
  for (const [n, atHours] of [0, -1, 1, -24 * 365, 24 * 365].entries()) await append(log, n, atHours);
  expect(await numbersIn(log)).toEqual([0, 1, 2, 3, 4]);
});

test("retention deletes nothing that is young enough, also behind records of a clock that was set back", async () => {
  const { log } = await opened();
  for (const [n, atHours] of [0, -30, 1, -30, 2].entries()) await append(log, n, atHours);
  // The first record is young: what seems old behind it stays until it goes.
  expect(await log.clean(plus(start, hours(23)))).toBe(0);
  expect(await numbersIn(log)).toEqual([0, 1, 2, 3, 4]);
  expect(await log.clean(plus(start, hours(24.5)))).toBe(2);
  expect(await numbersIn(log)).toEqual([2, 3, 4]);
  // A clock that is set back deletes nothing, and brings nothing back.
  expect(await log.clean(plus(start, -hours(1)))).toBe(0);
  expect(await numbersIn(log)).toEqual([2, 3, 4]);
});

test.each([-hours(1), hours(1)])(
  "a clock that jumps by %d ms costs an owner nothing of what it committed",
  async (ms) => {
    const { path, log, clock } = await opened();
    await createWorkTopics(log);
    const owned = await takePartition(log);
    await commitNumber(owned, 0);
    clock.advance(ms);
    await commitNumber(owned, 1);
    clock.advance(-ms);
    await commitNumber(owned, 2);
    await log.close();
    const again = await openAt(path);
    onTestFinished(() => again.close());
    expect(await findIn(again)).toEqual(expectedAfter(3));
  },
);
