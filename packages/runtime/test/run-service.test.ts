import { actorIdOf, hours, inPartition, partitionOf, plus, seconds } from "@hybrid/kernel";
import { afterEach, beforeEach, expect, test } from "vitest";
import { foldJournal, passTime, readJournal, readTopic } from "../testing/index.ts";
import { headlines, newsReader, results, topology } from "./ledger.ts";
import { neighbours, partitions, Workbench } from "./workbench.ts";

let bench: Workbench;

beforeEach(async () => {
  bench = await Workbench.open();
});

afterEach(() => bench.close());

const { a, b, stranger } = neighbours();

test("applies records in order, and the journal folds to the same states (I1, I6)", async () => {
  const service = await bench.start();
  await bench.publish(a, { kind: "add", id: "1", n: 5 }, { kind: "add", id: "2", n: 7 });
  await bench.publish(stranger, { kind: "add", id: "3", n: 1 });
  await bench.settle();
  expect(await service.stateOf(a)).toEqual({
    state: { total: 12, applied: ["1", "2"], timers: [] },
    seq: 2,
    pending: [],
  });
  const folded = foldJournal(topology, await readJournal(bench.log, "ledger", partitions));
  expect(folded.faults).toEqual([]);
  expect(folded.states.get(a)).toEqual((await service.stateOf(a))?.state);
  expect(folded.states.get(stranger)).toEqual({ total: 1, applied: ["3"], timers: [] });
  expect(await service.lag()).toBe(0);
  expect(service.activity()).toMatchObject({ busy: false, steps: 3, callsInFlight: 0, nextTimerAt: null });
});

test("a tell reaches its actor in the same append", async () => {
  const service = await bench.start();
  await bench.publish(a, { kind: "forward", id: "1", to: b });
  await bench.settle();
  expect((await service.stateOf(b))?.state.applied).toEqual(["1-told"]);
  const journal = await readJournal(bench.log, "ledger", partitions);
  expect(journal.map(({ actor, at, origin }) => [actor, at, origin.kind, origin.name])).toEqual([
    [a, bench.clock.now(), "record", "ledger-orders"],
    [b, bench.clock.now(), "tell", a],
  ]);
});

test("a record of an entity goes to its partition, one of a broadcast topic to every partition once", async () => {
  await bench.start();
  await bench.publish(a, { kind: "report", id: "1" }, { kind: "announce", id: "2" });
  await bench.settle();
  const reports = await readTopic(bench.log, results.name, partitions);
  expect(reports.map(({ key, partition }) => [key, partition])).toEqual([[a, partitionOf(a, partitions)]]);
  const copies = await readTopic(bench.log, headlines.name, partitions);
  expect(copies.map(({ partition }) => partition)).toEqual([0, 1, 2, 3]);
  expect(copies.map(({ value }) => headlines.decode(value!).order)).toEqual(Array(4).fill(`${a} 2`));
});

test("a broadcast record reaches the local actor of each partition once", async () => {
  const service = await bench.start();
  await bench.broadcast("hello");
  await bench.settle();
  for (let partition = 0; partition < partitions; partition++) {
    const local = inPartition(newsReader, partition);
    expect((await service.stateOf(local))?.state.applied).toEqual(["hello"]);
  }
  expect(service.actors("acme/t-", null, 3)).toEqual(["acme/t-news#0", "acme/t-news#1", "acme/t-news#2"]);
  expect(service.actors("acme/t-", "acme/t-news#2", 3)).toEqual(["acme/t-news#3"]);
});

test("a timer fires at its time, and survives a restart", async () => {
  const first = await bench.start();
  await bench.publish(a, { kind: "arm", id: "1", name: "retry", inMs: hours(1) });
  await bench.settle();
  expect(first.activity().nextTimerAt).toBe(plus(bench.clock.now(), hours(1)));
  await first.stop();
  bench.running.clear();
  const second = await bench.start();
  const dueAt = plus(bench.clock.now(), hours(1));
  await passTime(bench.clock, plus(dueAt, -1), [second]);
  expect((await second.stateOf(a))?.state.applied).toEqual(["1"]);
  await passTime(bench.clock, dueAt, [second]);
  expect((await second.stateOf(a))?.state).toEqual({ total: 0, applied: ["1", "retry-fired"], timers: [] });
  const journal = await readJournal(bench.log, "ledger", partitions);
  expect(journal.at(-1)).toMatchObject({
    at: dueAt,
    origin: { kind: "timer", name: "retry", offset: dueAt },
  });
});

test("an actor that is as at the beginning has no record, and its numbers are never given again", async () => {
  const service = await bench.start();
  await bench.publish(a, { kind: "fetch", id: "1" });
  await bench.settle();
  await bench.publish(a, { kind: "clear" });
  await bench.settle();
  expect(await service.stateOf(a)).toBeUndefined();
  expect(service.actors("acme/", null, 10)).toEqual([]);
  await bench.publish(a, { kind: "fetch", id: "2" });
  await bench.settle();
  const ids = bench.world.requests.map(({ callId }) => callId);
  expect(new Set(ids).size).toBe(2);
  await service.stop();
  bench.running.clear();
  const again = await bench.start();
  await bench.publish(a, { kind: "clear" });
  await bench.settle();
  await bench.publish(a, { kind: "fetch", id: "3" });
  await bench.settle();
  expect(new Set(bench.world.requests.map(({ callId }) => callId)).size).toBe(3);
  expect(again.activity().busy).toBe(false);
});

test("a step that changes nothing leaves no journal record, but the position moves on", async () => {
  const service = await bench.start();
  await bench.publish(a, { kind: "ignore" }, { kind: "ignore" });
  await bench.settle();
  expect(await readJournal(bench.log, "ledger", partitions)).toEqual([]);
  expect(await service.lag()).toBe(0);
  expect(service.activity().steps).toBe(2);
});

test("asking for an actor of a partition that does not run here is refused by name", async () => {
  const service = await bench.start();
  await service.stop();
  await expect(service.stateOf(actorIdOf("acme/u-1"))).rejects.toThrow(
    /acme\/u-1 belongs to partition \d of ledger/,
  );
});

test("a clock that is set back a little does not take `at` back, nor does a restart in between", async () => {
  const first = await bench.start();
  const { clock } = bench;
  clock.advanceBy(hours(2));
  const latest = clock.now();
  await bench.publish(a, { kind: "add", id: "1", n: 1 });
  await bench.settle();
  clock.jumpTo(plus(latest, -seconds(60)));
  await bench.publish(a, { kind: "add", id: "2", n: 1 });
  await bench.settle();
  await first.stop();
  bench.running.clear();
  await bench.start();
  await bench.publish(a, { kind: "add", id: "3", n: 1 });
  await bench.settle();
  const journal = await readJournal(bench.log, "ledger", partitions);
  expect(journal.map(({ at }) => at)).toEqual([latest, latest, latest]);
});
