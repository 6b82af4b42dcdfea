import { actorIdOf, hours, partitionOf, plus } from "@hybrid/kernel";
import { afterEach, beforeEach, expect, test } from "vitest";
import { foldJournal, passTime, readJournal } from "../testing/index.ts";
import { type Order, orders, topology } from "./ledger.ts";
import { neighbours, partitions, startAt, Workbench } from "./workbench.ts";

let bench: Workbench;

beforeEach(async () => {
  bench = await Workbench.open();
});

afterEach(() => bench.close());

const { a, b, stranger } = neighbours();
const home = partitionOf(a, partitions);

const poisonous: readonly (readonly [string, Order])[] = [
  ["stepFailed", { kind: "explode" }],
  ["illegalEffect", { kind: "emitUndeclared" }],
  ["illegalEffect", { kind: "emitMisfit" }],
  ["illegalEffect", { kind: "callUndeclared" }],
  ["illegalEffect", { kind: "forward", id: "x", to: stranger }],
  ["illegalEffect", { kind: "arm", id: "x", name: "far", inMs: hours(24 * 401) }],
  ["tooLarge", { kind: "grow", bytes: 1_000_000 }],
];

test.each(poisonous)(
  "an input that fails by %s (%o) parks its actor, the rest goes on",
  async (cause, order) => {
    const service = await bench.start();
    await bench.publish(a, { kind: "add", id: "1", n: 1 }, order, { kind: "add", id: "2", n: 1 });
    await bench.publish(b, { kind: "add", id: "3", n: 1 });
    await bench.settle();
    expect((await service.stateOf(a))?.state).toEqual({ total: 1, applied: ["1"], timers: [] });
    expect((await service.stateOf(b))?.state.applied).toEqual(["3"]);
    expect(service.parked()).toEqual([
      {
        actor: a,
        partition: home,
        cause,
        reason: expect.stringMatching(/^[a-z].{10,}/),
        since: startAt,
        overflowed: false,
        inputs: 2,
      },
    ]);
    expect(await bench.deadLetters("ledger-orders")).toEqual([]);
    expect(await bench.metric("hybrid_steps_failed_total", { service: "ledger", cause })).toBe(1);
    expect(await bench.metric("hybrid_actors_parked", { service: "ledger" })).toBe(1);
    expect(await bench.metric("hybrid_inputs_parked", { service: "ledger" })).toBe(2);
    expect(foldJournal(topology, await readJournal(bench.log, "ledger", partitions)).faults).toEqual([]);
    expect(await service.lag()).toBe(0);
  },
);

test("a record that cannot be decoded is dead-lettered as it was", async () => {
  const service = await bench.start();
  await bench.publishRaw(a, home, Buffer.from("not a record"));
  await bench.publish(a, { kind: "add", id: "1", n: 1 });
  await bench.settle();
  const [letter] = await bench.deadLetters("ledger-orders");
  expect(letter).toMatchObject({ cause: "undecodable", key: a, at: home, originOffset: 0 });
  expect(Buffer.from(letter!.payload!).toString()).toBe("not a record");
  expect((await service.stateOf(a))?.state.applied).toEqual(["1"]);
});

test("a record whose map throws, and one that stands in a foreign partition, are dead-lettered", async () => {
  await bench.start();
  const unmappable = actorIdOf("acme/u-unmappable");
  await bench.publish(unmappable, { kind: "ignore" });
  await bench.publishRaw(a, (home + 1) % partitions, orders.encode({ order: { kind: "ignore" } }));
  await bench.publishRaw("nobody", home, orders.encode({ order: { kind: "ignore" } }));
  await bench.settle();
  const letters = await bench.deadLetters("ledger-orders");
  expect(letters.map(({ key, cause }) => `${key} ${cause}`).sort()).toEqual(
    ["acme/u-unmappable mapFailed", `${a} misrouted`, "nobody mapFailed"].sort(),
  );
});

test("a tombstone is passed over: every removal has a record of its own before it", async () => {
  const service = await bench.start();
  await bench.publishRaw(a, home, null);
  await bench.settle();
  expect(await bench.deadLetters("ledger-orders")).toEqual([]);
  expect(await service.lag()).toBe(0);
});

test("a tell that fails parks the told actor, and the teller's step stands", async () => {
  const service = await bench.start({
    topology: {
      ...topology,
      machine: (state, input, now, self) => {
        if (input.kind === "add" && input.id.endsWith("-told")) throw new Error("the machine has a bug");
        return topology.machine(state, input, now, self);
      },
    },
  });
  await bench.publish(a, { kind: "forward", id: "1", to: b });
  await bench.settle();
  expect((await service.stateOf(a))?.state.applied).toEqual(["1"]);
  expect((await service.stateOf(b))?.state.applied).toEqual([]);
  expect(service.parked()).toMatchObject([{ actor: b, cause: "stepFailed", inputs: 1 }]);
  await bench.order({ kind: "dropParked", actor: b, all: false });
  await bench.settle();
  expect(service.parked()).toEqual([]);
  expect(await service.stateOf(b)).toBeUndefined();
  const [letter] = await bench.deadLetters("ledger");
  expect(letter).toMatchObject({
    key: b,
    cause: "dropped",
    originTopic: `ledger tell ${a}`,
    originOffset: -1,
  });
  expect(JSON.parse(Buffer.from(letter!.payload!).toString())).toMatchObject({
    to: b,
    input: { kind: "add", id: "1-told", n: 1 },
  });
});

test("actors that tell each other without end are stopped at the bound, without harm to others", async () => {
  const service = await bench.start({ limits: { tellsPerBatchMax: 50 } });
  await bench.publish(
    a,
    { kind: "add", id: "1", n: 1 },
    { kind: "pingPong", to: b },
    { kind: "add", id: "2", n: 1 },
  );
  for (let n = 0; n < 60; n++) await bench.publish(b, { kind: "forward", id: `f${n}`, to: b });
  await bench.settle();
  // What follows from an input comes before the next one: the last record finds its actor parked.
  expect((await service.stateOf(a))?.state.applied).toEqual(["1"]);
  expect(service.parked()).toMatchObject([{ actor: a, cause: "tooManyTells", inputs: 2 }]);
  expect((await service.stateOf(b))?.state.applied).toHaveLength(120);
  expect(await bench.metric("hybrid_steps_failed_total", { cause: "tooManyTells" })).toBe(1);
});

test("a poisonous outcome is kept with its actor, and its call is not repeated for ever", async () => {
  bench.world.answer = async () => {
    throw new Error("no");
  };
  const first = await bench.start();
  await bench.publish(a, { kind: "fetch", id: "poison" });
  await bench.settle();
  expect(await first.stateOf(a)).toMatchObject({ state: { applied: ["poison"] }, pending: [] });
  expect(first.parked()).toMatchObject([{ actor: a, cause: "stepFailed", inputs: 1 }]);
  const second = await bench.restart();
  await bench.settle();
  expect(bench.world.requests).toHaveLength(1);
  expect(second.parked()).toMatchObject([{ actor: a, cause: "stepFailed", inputs: 1 }]);
  const journal = await readJournal(bench.log, "ledger", partitions);
  expect(journal.at(-1)).toMatchObject({ input: "null", pending: [], origin: { kind: "outcome" } });
  expect(foldJournal(topology, journal).faults).toEqual([]);
});

test("a timer that its machine keeps parks the actor; dropped, it fires again only after the state has changed", async () => {
  const first = await bench.start();
  await bench.publish(a, { kind: "arm", id: "1", name: "stuck", inMs: 1_000 });
  await bench.settle();
  await passTime(bench.clock, plus(bench.clock.now(), hours(1)), [first]);
  expect(first.parked()).toMatchObject([{ actor: a, cause: "timerKept", inputs: 1 }]);
  expect(first.activity().nextTimerAt).toBeNull();
  await bench.order({ kind: "retryParked", actor: a });
  await bench.settle();
  expect(first.parked()).toMatchObject([{ cause: "timerKept", inputs: 1 }]);
  await bench.order({ kind: "dropParked", actor: a, all: true });
  await bench.settle();
  expect(first.parked()).toEqual([]);
  expect((await bench.deadLetters("ledger")).map(({ cause }) => cause)).toEqual(["dropped"]);
  const second = await bench.restart();
  await passTime(bench.clock, plus(bench.clock.now(), hours(1)), [second]);
  expect(second.parked()).toEqual([]);
  await bench.publish(a, { kind: "add", id: "2", n: 1 });
  await bench.settle();
  await passTime(bench.clock, plus(bench.clock.now(), 1_000), [second]);
  expect(second.parked()).toMatchObject([{ cause: "timerKept", inputs: 1 }]);
  const journal = await readJournal(bench.log, "ledger", partitions);
  expect(foldJournal(topology, journal).faults).toEqual([]);
});

test("a log line about poison names ids and the place, never the thrown message", async () => {
  await bench.start();
  await bench.publish(a, { kind: "explode" });
  await bench.settle();
  const [line] = bench.logger.lines.filter(({ level }) => level === "error");
  expect(line?.fields).toMatchObject({
    service: "ledger",
    partition: home,
    actor: a,
    cause: "stepFailed",
    error: "Error",
  });
  expect(JSON.stringify(line)).toContain("ledger.ts");
  expect(JSON.stringify(line)).not.toContain("has a bug");
});
