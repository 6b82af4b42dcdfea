import { readFileSync } from "node:fs";
import { join } from "node:path";
import { instant, minutes, plus } from "@hybrid/kernel";
import { expect, onTestFinished, test } from "vitest";
import {
  type EmbeddedLogSettings,
  FencedError,
  type Log,
  LogFullError,
  LogUnavailableError,
  openEmbeddedLog,
  UnknownTopicError,
} from "../src/index.ts";
import { manualClock, openOnFile, temporaryFolder, transactionsIn } from "./embedded-fixture.ts";
import {
  actorOf,
  commitNumber,
  createWorkTopics,
  expectedAfter,
  findIn,
  group,
  joinWhole,
  takePartition,
} from "./workload.ts";

const at = instant(1_800_000_000_000);
const out = (size: number, partition = 0) => ({
  topic: "work-output",
  partition,
  key: "acme/u-1",
  value: new Uint8Array(size).fill(1),
  timestamp: at,
});

const opened = async (settings: Partial<EmbeddedLogSettings> = {}) => {
  const path = join(temporaryFolder(), "hybrid.log");
  const clock = manualClock(at);
  const log = await openEmbeddedLog({ path, clock, ...settings });
  onTestFinished(() => log.close());
  await createWorkTopics(log);
  return { log, path, clock };
};

const read = (log: Log, partition = 0, offset = 0) =>
  log.read({ topic: "work-output", partition, offset, recordsMax: 10_000, bytesMax: 1e9 });

test("everything asked for in one turn of the event loop is one synced transaction", async () => {
  const { log, path } = await opened();
  const owned = await takePartition(log);
  const before = transactionsIn(readFileSync(`${path}-wal`));
  await Promise.all([
    ...Array.from({ length: 200 }, () => log.append([out(10)])),
    commitNumber(owned, 0),
    commitNumber(owned, 1),
  ]);
  expect(transactionsIn(readFileSync(`${path}-wal`)) - before).toBe(1);
  expect((await log.offsets("work-output", 0)).end).toBe(200);
});

test("a refused request spoils none of its neighbours in the same transaction", async () => {
  const { log } = await opened();
  const membership = await joinWhole(log);
  const zombie = await membership.fence(0);
  const owned = await membership.fence(0);
  await commitNumber(owned, 0);
  const results = await Promise.allSettled([
    log.append([out(10)]),
    log.append([{ ...out(10), topic: "no-such-topic" }]),
    commitNumber(zombie, 1),
    commitNumber(owned, 1),
    log.append([out(10), out(10, 9)]),
    log.append([out(10)]),
  ]);
  expect(
    results.map((result) => (result.status === "fulfilled" ? "stands" : (result.reason as Error).name)),
  ).toEqual(["stands", "UnknownTopicError", "FencedError", "stands", "UnknownTopicError", "stands"]);
  expect((await read(log)).records).toHaveLength(2);
  expect((await findIn(log, membership)).journal).toEqual([0, 1]);
});

test("appends are turned away when too much waits, commits wait in line", async () => {
  const { log } = await opened({ pendingRecordsMax: 10 });
  const owned = await takePartition(log);
  const fits = log.append(Array.from({ length: 8 }, () => out(1)));
  const tooMuch = log.append(Array.from({ length: 3 }, () => out(1)));
  const commits = [0, 1, 2, 3, 4].map((n) => commitNumber(owned, n));
  await expect(tooMuch).rejects.toBeInstanceOf(LogUnavailableError);
  await expect(tooMuch).rejects.toThrow(/overloaded.*nothing was appended/);
  expect(await fits).toHaveLength(8);
  await Promise.all(commits);
  expect(await log.append(Array.from({ length: 3 }, () => out(1)))).toEqual([8, 9, 10]);
});

test("an append larger than the limit is written when nothing else waits", async () => {
  const { log } = await opened({ pendingBytesMax: 1_000 });
  expect(await log.append([out(5_000)])).toEqual([0]);
});

test("a full disk refuses the append and leaves nothing of it; freed space lets the next one pass", async () => {
  /*
   * Goal: LogFullError, nothing appended, no hand needed once there is space (here: by retention).
   * Method: bytesMax is the disk; fill it, then let the cleaner delete what has expired.
   */
  const { log } = await opened({ bytesMax: 1_000_000 });
  await log.createTopics([
    { name: "work-output", partitions: 2, cleanup: "delete", retentionMs: minutes(1) },
  ]);
  let appended = 0;
  const fill = async (): Promise<void> => {
    for (; appended < 200; appended++) await log.append([out(20_000)]);
  };
  const full = fill();
  await expect(full).rejects.toBeInstanceOf(LogFullError);
  await expect(full).rejects.toThrow(/nothing was appended. Free space.*raise bytesMax/);
  expect(appended).toBeGreaterThan(20);
  expect((await read(log)).records).toHaveLength(appended);
  await expect(log.append([out(20_000)])).rejects.toBeInstanceOf(LogFullError);
  expect(await log.clean(plus(at, minutes(2)))).toBe(appended);
  expect(await log.append([out(20_000)])).toEqual([appended]);
});

test("what is too large for the space that is left fails alone", async () => {
  const { log } = await opened({ bytesMax: 500_000 });
  const results = await Promise.allSettled([
    log.append([out(100)]),
    log.append([out(900_000)]),
    log.append([out(100)]),
  ]);
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect((await read(log)).records.map(({ offset }) => offset)).toEqual([0, 1]);
});

test("a commit that finds the disk full leaves nothing, and its owner must fence again", async () => {
  const { log, path, clock } = await opened({ bytesMax: 400_000 });
  const owned = await takePartition(log);
  await commitNumber(owned, 0);
  const entry = { key: actorOf(1), value: new Uint8Array(600_000) };
  const position = { sources: { "work-source": 2 }, at };
  const large = owned.commit({ journal: [entry], outputs: [], checkpoint: [entry], position });
  const behind = commitNumber(owned, 1);
  await expect(large).rejects.toBeInstanceOf(LogFullError);
  await expect(behind).rejects.toBeInstanceOf(FencedError);
  await log.close();
  const again = await openEmbeddedLog({ path, clock });
  expect(await findIn(again)).toEqual(expectedAfter(1));
  await again.close();
});

test("a closed log says so to everybody, and keeps what was asked for before", async () => {
  const { log, path, clock } = await opened();
  const owned = await takePartition(log);
  const poll = owned.poll({ recordsMax: 1, bytesMax: 1 }, new AbortController().signal);
  const outcomes = Promise.allSettled([poll]);
  const last = log.append([out(1)]);
  await log.close();
  await log.close();
  expect(await last).toEqual([0]);
  expect((await outcomes).map((each) => each.status === "rejected" && (each.reason as Error).name)).toEqual([
    "LogUnavailableError",
  ]);
  const listener = { assigned: () => undefined, revoked: () => Promise.resolve() };
  for (const refused of [
    log.append([out(1)]),
    log.append([]),
    read(log),
    log.topics(),
    log.offsets("work-output", 0),
    log.join(group, listener),
    commitNumber(owned, 0),
    log.clean(at),
  ])
    await expect(refused).rejects.toBeInstanceOf(LogUnavailableError);
  const again = await openEmbeddedLog({ path, clock });
  expect((await read(again)).records).toHaveLength(1);
  await again.close();
});

test("a member that does not give a partition back loses it after ten seconds, and cannot write any more", async () => {
  const warnings: string[] = [];
  const { log, clock } = await opened({ logger: { warn: (_fields, message) => warnings.push(message) } });
  const has = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<number>();
  let assigned = 0;
  const stuck = await log.join(group, {
    assigned: () => ++assigned === 2 && has.resolve(),
    revoked(partition) {
      asked.resolve(partition);
      return new Promise(() => undefined);
    },
  });
  await has.promise;
  const owners = [await stuck.fence(0), await stuck.fence(1)];
  const got = Promise.withResolvers<number>();
  const next = await log.join(group, { assigned: got.resolve, revoked: () => Promise.resolve() });
  const moving = await asked.promise;
  clock.advance(9_999);
  await expect(next.fence(moving)).rejects.toBeInstanceOf(FencedError);
  clock.advance(1);
  expect(await got.promise).toBe(moving);
  await next.fence(moving);
  const late = owners[moving]?.commit({
    journal: [],
    outputs: [],
    checkpoint: [],
    position: { sources: {}, at },
  });
  await expect(late).rejects.toBeInstanceOf(FencedError);
  expect(warnings).toEqual([expect.stringContaining("was not given back within 10000 ms")]);
  // Leaving would wait for the listener again, which never answers.
  const left = stuck.leave();
  clock.advance(10_000);
  await left;
});

test("an ended actor is absent from the restore", async () => {
  const { log } = await opened();
  const owned = await takePartition(log);
  await commitNumber(owned, 0);
  const entry = { key: actorOf(0), value: new Uint8Array(3) };
  const position = { sources: {}, at };
  await owned.commit({ journal: [entry], outputs: [], checkpoint: [{ ...entry, value: null }], position });
  const keys: string[] = [];
  for await (const chunk of owned.restore()) keys.push(...chunk.map(({ key }) => key));
  expect(keys).toEqual([]);
});

test("two logs on one file in one process see each other at once and share a group", async () => {
  const fixture = await openOnFile();
  onTestFinished(() => fixture.destroy());
  const { log } = fixture;
  await createWorkTopics(log);
  const other = await fixture.second();
  const owned = await takePartition(log);
  const arrived = owned.poll({ recordsMax: 1, bytesMax: 1 }, new AbortController().signal);
  expect(await other.append([{ ...out(1), topic: "work-source" }, out(1)])).toEqual([0, 0]);
  expect(await arrived).toHaveLength(1);
  expect(await log.append([out(1)])).toEqual([1]);
  expect(await other.append([out(1)])).toEqual([2]);
  expect((await read(other)).records.map(({ offset }) => offset)).toEqual([0, 1, 2]);
});

test("a changed retention is taken over, a changed cleanup is refused", async () => {
  const { log } = await opened();
  const topic = { name: "work-output", partitions: 2, cleanup: "delete" as const, retentionMs: 7 };
  await log.createTopics([topic]);
  expect(await log.topics()).toContainEqual(topic);
  await expect(log.createTopics([{ ...topic, cleanup: "compact" }])).rejects.toThrow(
    /cleanup delete, not compact/,
  );
});

test("a topic that another log created later is found", async () => {
  const fixture = await openOnFile();
  onTestFinished(() => fixture.destroy());
  const other = await fixture.second();
  await expect(other.append([out(1)])).rejects.toBeInstanceOf(UnknownTopicError);
  await createWorkTopics(fixture.log);
  expect(await other.append([out(1)])).toEqual([0]);
});

test("a record without a key is refused on a compacted topic", async () => {
  const { log } = await opened();
  const nameless = { ...out(1), topic: "work-checkpoint", key: null };
  await expect(log.append([nameless])).rejects.toThrow(/has no key, but the topic is compacted/);
});

test("nobody but its owner appends to a journal", async () => {
  const { log } = await opened();
  const owned = await takePartition(log);
  await commitNumber(owned, 0);
  const intruder = { ...out(1), topic: "work-journal", partition: 0 };
  await expect(log.append([intruder])).rejects.toBeInstanceOf(FencedError);
  const position = { sources: {}, at };
  const indirect = owned.commit({ journal: [], outputs: [intruder], checkpoint: [], position });
  await expect(indirect).rejects.toBeInstanceOf(FencedError);
  expect((await log.offsets("work-journal", 0)).end).toBe(1);
});

test("a log that is not synced holds what it committed, and can be opened again", async () => {
  const { log, path, clock } = await opened({ synced: false });
  await log.append([out(10), out(20)]);
  await log.close();
  const again = await openEmbeddedLog({ path, clock });
  onTestFinished(() => again.close());
  expect((await read(again)).records.map(({ value }) => value?.length)).toEqual([10, 20]);
});
