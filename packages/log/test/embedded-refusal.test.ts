import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ActorId, actorIdOf, type EpochMs, instant } from "@hybrid/kernel";
import { expect, onTestFinished, test } from "vitest";
import {
  type Commit,
  FencedError,
  type Log,
  LogFullError,
  openEmbeddedLog,
  UnknownTopicError,
} from "../src/index.ts";
import { manualClock, openOnFile, temporaryFolder, transactionsIn } from "./embedded-fixture.ts";
import { actorOf, commitNumber, createWorkTopics, expectedAfter, findIn, joinWhole } from "./workload.ts";

const at = instant(1_800_000_000_000);
const out = (value: Uint8Array | null | undefined, rest: object = {}) => ({
  topic: "work-output",
  partition: 0,
  key: "acme/u-1",
  // What an untyped caller may pass; the driver must not believe the types.
  value: value as Uint8Array,
  timestamp: at,
  ...rest,
});
const few = new Uint8Array(3);
const misfit = undefined;

const opened = async (bytesMax?: number): Promise<Log> => {
  const fixture = await openOnFile(bytesMax === undefined ? {} : { bytesMax });
  onTestFinished(() => fixture.destroy());
  await createWorkTopics(fixture.log);
  return fixture.log;
};

const outputsOf = async (log: Log, partition = 0) => {
  const { start } = await log.offsets("work-output", partition);
  return log.read({ topic: "work-output", partition, offset: start, recordsMax: 10_000, bytesMax: 1e9 });
};

test("an append that cannot be stored as a whole leaves nothing, and its neighbours stand", async () => {
  const log = await opened();
  const many = Array.from({ length: 25 }, () => out(few));
  const results = await Promise.allSettled([
    log.append([out(few)]),
    log.append([...many, out(misfit)]),
    log.append([out(few), out(few)]),
  ]);
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect((await outputsOf(log)).records.map(({ offset }) => offset)).toEqual([0, 1, 2]);
  expect((await log.offsets("work-output", 0)).end).toBe(3);
});

test.for<[string, (batch: Commit) => Commit]>([
  ["a state", (batch) => ({ ...batch, checkpoint: [{ key: actorOf(1), value: misfit as never }] })],
  [
    "a journal record",
    (batch) => ({ ...batch, journal: [...batch.journal, { key: actorOf(1), value: misfit as never }] }),
  ],
  ["an output", (batch) => ({ ...batch, outputs: [out(few), out(misfit)] })],
  ["a key", (batch) => ({ ...batch, journal: [{ key: {} as ActorId, value: few }] })],
  ["a time", (batch) => ({ ...batch, outputs: [out(few, { timestamp: Number.NaN })] })],
  ["the position's time", (batch) => ({ ...batch, position: { sources: {}, at: Number.NaN as EpochMs } })],
  [
    "an offset of the position",
    (batch) => ({ ...batch, position: { sources: { "work-source": Number.NaN }, at } }),
  ],
])("a commit with %s that cannot be stored leaves nothing", async ([, spoil]) => {
  const log = await opened();
  const membership = await joinWhole(log);
  const owned = await membership.fence(0);
  await commitNumber(owned, 0);
  const entry = { key: actorOf(1), value: few };
  const sound = { journal: [entry], outputs: [], checkpoint: [entry], position: { sources: {}, at } };
  await expect(owned.commit(spoil(sound))).rejects.toBeInstanceOf(TypeError);
  expect(await findIn(log, membership)).toEqual(expectedAfter(1));
  expect((await outputsOf(log)).records).toEqual([]);
  await commitNumber(await membership.fence(0), 1);
  expect(await findIn(log, membership)).toEqual(expectedAfter(2));
});

test("one of many that cannot be stored fails alone, at the cost of few transactions", async () => {
  const path = join(temporaryFolder(), "hybrid.log");
  const log = await openEmbeddedLog({ path, clock: manualClock(at) });
  onTestFinished(() => log.close());
  await createWorkTopics(log);
  const before = transactionsIn(readFileSync(`${path}-wal`));
  const results = await Promise.allSettled(
    Array.from({ length: 300 }, (_, n) => log.append([out(n === 77 ? misfit : few)])),
  );
  expect(results.flatMap((result) => (result.status === "fulfilled" ? result.value : []))).toEqual(
    Array.from({ length: 299 }, (_, n) => n),
  );
  expect(results[77]).toMatchObject({ reason: expect.any(TypeError) });
  expect(transactionsIn(readFileSync(`${path}-wal`)) - before).toBeLessThan(12);
});

test("a refusal keeps its reason when the transaction that it stood in is undone", async () => {
  const log = await opened(500_000);
  const membership = await joinWhole(log);
  const owned = await membership.fence(0);
  const wrong = { journal: [], outputs: [out(few, { topic: "no-such-topic" })], checkpoint: [] };
  const [refused, behind, large] = await Promise.allSettled([
    owned.commit({ ...wrong, position: { sources: {}, at } }),
    commitNumber(owned, 0),
    log.append([out(new Uint8Array(900_000))]),
  ]);
  expect(refused).toMatchObject({ reason: expect.any(UnknownTopicError) });
  expect(behind).toMatchObject({ reason: expect.any(FencedError) });
  expect(large).toMatchObject({ reason: expect.any(LogFullError) });
  expect((await log.offsets("work-journal", 0)).end).toBe(0);
});

test("a read that wants nothing passes nothing", async () => {
  const log = await opened();
  await log.append([out(few), out(few)]);
  const request = { topic: "work-output", partition: 0, offset: 1, bytesMax: 100 };
  expect(await log.read({ ...request, recordsMax: 0 })).toEqual({ records: [], nextOffset: 1, endOffset: 2 });
});

test("an offset that is no number is refused, on a compacted topic too", async () => {
  const log = await opened();
  for (const topic of ["work-output", "work-checkpoint"]) {
    await log.append([out(few, { topic, key: actorIdOf("acme/u-2") })]);
    const request = { topic, partition: 0, offset: Number.NaN, recordsMax: 1, bytesMax: 1 };
    await expect(log.read(request)).rejects.toThrow(/offset NaN lies/);
  }
});
