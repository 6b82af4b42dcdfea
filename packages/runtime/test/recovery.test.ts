import { deadLetterTopic } from "@hybrid/contracts";
import { days, partitionOf, plus } from "@hybrid/kernel";
import { FencedError, LogFullError, OffsetOutOfRangeError } from "@hybrid/log";
import { afterEach, beforeEach, expect, test } from "vitest";
import { PartitionFailedError, runService } from "../src/index.ts";
import { foldJournal, passTime, readJournal, readPartition, settle } from "../testing/index.ts";
import { failingLog } from "./failing-log.ts";
import { type Ledger, orders, topology } from "./ledger.ts";
import { overwriteCheckpoint } from "./overwrite.ts";
import { neighbours, partitions, Workbench } from "./workbench.ts";

let bench: Workbench;

beforeEach(async () => {
  bench = await Workbench.open();
});

afterEach(() => bench.close());

const { a, b, stranger } = neighbours();
const home = partitionOf(a, partitions);

test("every third commit fails, and still everything is applied once", async () => {
  let commits = 0;
  const log = failingLog(bench.log, () => ++commits % 3 === 0);
  const service = await bench.start({ log, limits: { recordsPerBatchMax: 2 } });
  for (let n = 0; n < 30; n++) await bench.publish(n % 2 ? a : stranger, { kind: "fetch", id: `${n}` });
  await passTime(bench.clock, plus(bench.clock.now(), 600_000), [service]);
  expect(commits).toBeGreaterThan(20);
  for (const [actor, parity] of [
    [a, 1],
    [stranger, 0],
  ] as const) {
    const applied = (await service.stateOf(actor))?.state.applied ?? [];
    const ids = Array.from({ length: 15 }, (_, n) => `${2 * n + parity}`);
    expect(applied.filter((each) => !each.endsWith("-ok"))).toEqual(ids);
    expect(applied.filter((each) => each.endsWith("-ok")).sort()).toEqual(ids.map((id) => `${id}-ok`).sort());
  }
  expect(foldJournal(topology, await readJournal(bench.log, "ledger", partitions)).faults).toEqual([]);
});

test("a full disk takes readiness away with its reason, loses nothing, and heals by itself", async () => {
  let full = false;
  const log = failingLog(
    bench.log,
    () => full,
    () => new LogFullError("the disk is full; free some space"),
  );
  const service = await bench.start({ log });
  full = true;
  await bench.publish(a, { kind: "add", id: "1", n: 1 });
  await passTime(bench.clock, plus(bench.clock.now(), 60_000), [service]);
  const sick = service.status().find(({ partition }) => partition === home);
  expect(sick).toMatchObject({ state: "fencing", dead: false });
  expect(sick?.reason).toContain("the disk is full; free some space");
  expect(service.partitionsOwned()).not.toContain(home);
  expect(service.activity().nextTimerAt).not.toBeNull();
  full = false;
  await passTime(bench.clock, plus(bench.clock.now(), 60_000), [service]);
  expect((await service.stateOf(a))?.state.applied).toEqual(["1"]);
  await service.ready();
  const failures = await bench.metric("hybrid_commits_failed_total", { error: "LogFullError" });
  expect(failures ?? 0).toBeGreaterThan(2);
});

test("a fenced commit is thrown away and the partition is fenced again while the group leaves it to us", async () => {
  let once = true;
  const log = failingLog(
    bench.log,
    () => once,
    () => new FencedError("a newer owner has come"),
  );
  const service = await bench.start({ log });
  await bench.publish(a, { kind: "add", id: "1", n: 1 });
  await bench.settle();
  expect(await bench.metric("hybrid_fenced_total", { service: "ledger" })).toBe(1);
  once = false;
  await passTime(bench.clock, plus(bench.clock.now(), 1_000), [service]);
  expect((await service.stateOf(a))?.state.applied).toEqual(["1"]);
});

/** Long enough for damage to be met by several owners in a row. */
const confirm = (service: Parameters<typeof settle>[0][number]): Promise<void> =>
  passTime(bench.clock, plus(bench.clock.now(), 10_000), [service]);

test("a position below the start of the log stops that partition alone, with the gap named", async () => {
  const gap = "ledger-orders, partition 1: offset 7 is gone, the log starts at 4711";
  const log = {
    ...bench.log,
    join: async (...given: Parameters<typeof bench.log.join>) => {
      const membership = await bench.log.join(...given);
      return {
        ...membership,
        fence: async (partition: number) => {
          const owned = await membership.fence(partition);
          if (partition !== home) return owned;
          return { ...owned, poll: () => Promise.reject(new OffsetOutOfRangeError(gap)) };
        },
      };
    },
  };
  const service = await runService(bench.options({ log }));
  bench.running.add(service);
  await confirm(service);
  await expect(service.failed).rejects.toBeInstanceOf(PartitionFailedError);
  await expect(service.failed).rejects.toThrow(gap);
  await expect(service.ready()).rejects.toThrow(gap);
  await bench.publish(stranger, { kind: "add", id: "1", n: 1 });
  await bench.settle();
  expect((await service.stateOf(stranger))?.state.applied).toEqual(["1"]);
  expect(service.status().find(({ partition }) => partition === home)).toMatchObject({
    state: "closed",
    dead: true,
    reason: expect.stringContaining(gap),
  });
});

test("retention that ran ahead of a stopped service is such a gap, on a real log", async () => {
  const first = await bench.start();
  await bench.publish(a, { kind: "add", id: "1", n: 1 });
  await bench.settle();
  await first.stop();
  bench.running.clear();
  await bench.publish(a, { kind: "add", id: "2", n: 1 });
  bench.clock.advanceBy(days(2));
  await bench.publish(a, { kind: "add", id: "3", n: 1 });
  await bench.log.clean(bench.clock.now());
  const { start } = await bench.log.offsets(orders.name, home);
  expect(start).toBe(2);
  const second = await runService(bench.options());
  bench.running.add(second);
  await confirm(second);
  await expect(second.failed).rejects.toThrow(/ledger-orders/);
});

test("states of older versions are brought up to date, timers and journal included", async () => {
  const first = await bench.start();
  await bench.publish(a, { kind: "arm", id: "1", name: "retry", inMs: 60_000 });
  await bench.settle();
  await first.stop();
  bench.running.clear();
  const second = await bench.start({
    topology: {
      ...topology,
      stateVersion: 3,
      upgrades: {
        1: (old) => ({ ...(old as Ledger), total: 1_000 }),
        2: (old) => ({ ...(old as Ledger), applied: [...(old as Ledger).applied, "upgraded"] }),
      },
    },
  });
  expect((await second.stateOf(a))?.state).toMatchObject({ total: 1_000, applied: ["1", "upgraded"] });
  await passTime(bench.clock, plus(bench.clock.now(), 60_000), [second]);
  expect((await second.stateOf(a))?.state.applied).toEqual(["1", "upgraded", "retry-fired"]);
  const journal = await readJournal(bench.log, "ledger", partitions);
  expect(journal.map(({ stateVersion }) => stateVersion)).toEqual([1, 3]);
});

test("a second service of the same group takes its share, and everything back when the first one leaves", async () => {
  const first = await bench.start();
  await bench.publish(a, { kind: "add", id: "1", n: 1 });
  await bench.settle();
  const second = await bench.start();
  await bench.settle();
  expect(first.partitionsOwned()).toHaveLength(2);
  expect(second.partitionsOwned()).toHaveLength(2);
  for (const actor of [a, b, stranger]) await bench.publish(actor, { kind: "add", id: "2", n: 1 });
  await bench.settle();
  await first.stop();
  bench.running.delete(first);
  await bench.settle();
  expect(second.partitionsOwned()).toEqual([0, 1, 2, 3]);
  expect((await second.stateOf(a))?.state.applied).toEqual(["1", "2"]);
  expect((await second.stateOf(stranger))?.state.applied).toEqual(["2"]);
});

test("a stop under load ends within ten seconds of the scheduler's clock although calls hang", async () => {
  bench.world.answer = () => new Promise(() => undefined);
  const service = await bench.start();
  for (let n = 0; n < 300; n++) await bench.publish(`acme/u-${n}`, { kind: "fetch", id: `${n}` });
  await settle([service], { waitForCalls: false });
  expect(service.activity().callsInFlight).toBe(64);
  const before = bench.clock.now();
  const stopping = service.stop();
  await passTime(bench.clock, plus(before, 9_900), []);
  await stopping;
  expect(bench.clock.now() - before).toBeLessThan(10_000);
  expect(service.status()).toEqual([]);
  bench.running.clear();
  bench.world.answer = async () => "ok";
  const next = await bench.start();
  await bench.settle();
  for (let n = 0; n < 300; n += 50)
    expect((await next.stateOf(`acme/u-${n}` as typeof a))?.state.applied).toEqual([`${n}`, `${n}-ok`]);
});

test("a commit that never ends does not hold a stop up", async () => {
  const log = {
    ...bench.log,
    join: async (...given: Parameters<typeof bench.log.join>) => {
      const membership = await bench.log.join(...given);
      return {
        ...membership,
        fence: async (partition: number) => {
          const owned = await membership.fence(partition);
          return { ...owned, commit: () => new Promise<never>(() => undefined) };
        },
      };
    },
  };
  const service = await bench.start({ log });
  await bench.publish(a, { kind: "add", id: "1", n: 1 });
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  bench.clock.advanceBy(61_000);
  expect(service.status().find(({ partition }) => partition === home)?.stalled).toBe(true);
  const stopping = service.stop();
  bench.clock.advanceBy(8_000);
  await stopping;
  bench.running.clear();
  expect(await readPartition(bench.log, "ledger-journal", home)).toEqual([]);
  expect(await readPartition(bench.log, deadLetterTopic("ledger", []).name, home)).toEqual([]);
});

test("a crowd of overdue timers is released at a bounded rate, in order", async () => {
  const limits = { timersPerBatchMax: 10, timersPerSecondMax: 10 };
  const first = await bench.start({ limits });
  const crowd = Array.from({ length: 200 }, (_, n) => `acme/u-${n}` as typeof a).filter(
    (actor) => partitionOf(actor, partitions) === home,
  );
  for (const actor of crowd) await bench.publish(actor, { kind: "arm", id: "1", name: "retry", inMs: 1_000 });
  await bench.settle();
  await first.stop();
  bench.running.clear();
  bench.clock.advanceBy(days(1));
  const second = await bench.start({ limits });
  await bench.settle();
  const fired = async () => (await bench.metric("hybrid_timers_fired_total", { service: "ledger" })) ?? 0;
  expect(await fired()).toBe(10);
  await passTime(bench.clock, plus(bench.clock.now(), 1_000), [second]);
  expect(await fired()).toBeLessThanOrEqual(20);
  await passTime(bench.clock, plus(bench.clock.now(), 60_000), [second]);
  expect(await fired()).toBe(crowd.length);
});

test("a checkpoint record that is none stops its partition, names the actor, and leaves the others running", async () => {
  const first = await bench.start();
  await bench.publish(a, { kind: "add", id: "1", n: 1 });
  await bench.publish(stranger, { kind: "add", id: "2", n: 2 });
  await bench.settle();
  await first.stop();
  bench.running.clear();
  await overwriteCheckpoint(bench, a, new Uint8Array([1, 2, 3]));
  const second = await runService(bench.options());
  bench.running.add(second);
  await confirm(second);
  await expect(second.failed).rejects.toThrow(PartitionFailedError);
  const stopped = second.status().find(({ partition }) => partition === home);
  expect(stopped).toMatchObject({ dead: true, reason: expect.stringContaining(a) });
  expect((await second.stateOf(stranger))?.state).toMatchObject({ applied: ["2"] });
});
