import { type ActorId, plus } from "@hybrid/kernel";
import { afterEach, beforeEach, expect, test } from "vitest";
import { foldJournal, passTime, readJournal } from "../testing/index.ts";
import { type Input, initial, type Ledger, machine, type Order, topology } from "./ledger.ts";
import { type LedgerOptions, neighbours, partitions, Workbench } from "./workbench.ts";

let bench: Workbench;

beforeEach(async () => {
  bench = await Workbench.open();
});

afterEach(() => bench.close());

const { a, b } = neighbours();

const add = (id: string): Order => ({ kind: "add", id, n: 1 });

/** A ledger that notes the states that its steps get and leave. */
const watched = (before: (state: Ledger, input: Input) => Ledger = (state) => state) => {
  const steps: { readonly self: ActorId; readonly got: Ledger; readonly left: Ledger }[] = [];
  const options: Partial<LedgerOptions> = {
    topology: {
      ...topology,
      machine: (got, input, now, self) => {
        const step = machine(before(got, input), input, now, self);
        steps.push({ self, got, left: step.state });
        return step;
      },
    },
  };
  return { steps, options };
};

/** One after the other, each in a batch of its own. */
const publishEach = async (actor: ActorId, ...orders: readonly Order[]): Promise<void> => {
  for (const order of orders) {
    await bench.publish(actor, order);
    await bench.settle();
  }
};

const journalFaults = async (): Promise<unknown> =>
  foldJournal(topology, await readJournal(bench.log, "ledger", partitions)).faults;

test("an actor of plain state is handed on from step to step as it was left", async () => {
  const { steps, options } = watched();
  const service = await bench.start(options);
  await publishEach(a, add("1"), { kind: "fetch", id: "2" }, { kind: "ignore" }, add("3"));
  // With the call's outcome these are five steps.
  expect(steps).toHaveLength(5);
  for (let n = 1; n < steps.length; n++) expect(steps[n]?.got).toBe(steps[n - 1]?.left);
  expect((await service.stateOf(a))?.state.applied).toEqual(["1", "2", "2-ok", "3"]);
  await bench.restart(options);
  await publishEach(a, add("4"));
  expect(steps[5]?.got).not.toBe(steps[4]?.left);
  expect(steps[5]?.got).toStrictEqual(steps[4]?.left);
  expect(await journalFaults()).toEqual([]);
});

const oddities: readonly (readonly [string, () => unknown, object])[] = [
  ["undefined", () => undefined, {}],
  ["a date", () => new Date(0), { odd: "1970-01-01T00:00:00.000Z" }],
  ["NaN", () => Number.NaN, { odd: null }],
  ["a negative zero", () => -0, { odd: 0 }],
  ["a map", () => new Map([["k", 1]]), { odd: {} }],
  ["something undefined within", () => ({ list: [{ at: undefined }] }), { odd: { list: [{}] } }],
];

test.each(oddities)(
  "a state that holds %s is what JSON makes of it, also without a restart",
  async (_, make, read) => {
    const { steps, options } = watched((state) => ({ ...state, odd: make() }));
    const got = () => steps.map(({ got }) => got);
    await bench.start(options);
    await publishEach(a, add("1"), add("2"), add("3"));
    await bench.restart(options);
    await publishEach(a, add("4"));
    const after = (...applied: readonly string[]): object => ({
      total: applied.length,
      applied,
      timers: [],
      ...read,
    });
    expect(got()).toStrictEqual([initial, after("1"), after("1", "2"), after("1", "2", "3")]);
  },
);

test.each(oddities)(
  "a state that holds %s is what JSON makes of it within one batch",
  async (_, make, read) => {
    const { steps, options } = watched((state) => ({ ...state, odd: make() }));
    await bench.start(options);
    for (const id of ["1", "2"]) await bench.publish(a, add(id));
    await bench.settle();
    expect(steps[1]?.got).toStrictEqual({ total: 1, applied: ["1"], timers: [], ...read });
  },
);

test("an actor that turns odd after plain steps does not go on with what it was before", async () => {
  const { steps, options } = watched((state, input) =>
    input.kind === "add" && input.id === "odd" ? { ...state, at: undefined } : state,
  );
  await bench.start(options);
  await publishEach(a, add("1"), add("odd"), add("2"), add("3"));
  expect(steps[2]?.got).toStrictEqual({ total: 2, applied: ["1", "odd"], timers: [] });
  // The odd field is gone, so that the state is plain again and handed on.
  expect(steps[3]?.got).toBe(steps[2]?.left);
});

test("an actor whose record is deleted starts again, and so does another one in its place", async () => {
  const { steps, options } = watched();
  const service = await bench.start(options);
  await publishEach(a, add("1"), add("2"), { kind: "clear" });
  expect(await service.stateOf(a)).toBeUndefined();
  await publishEach(b, add("3"));
  await publishEach(a, add("4"));
  await publishEach(b, add("5"));
  expect(steps.slice(3).map(({ self, got }) => [self, got.applied])).toEqual([
    [b, []],
    [a, []],
    [b, ["3"]],
  ]);
  expect((await service.stateOf(a))?.state.applied).toEqual(["4"]);
  expect((await service.stateOf(b))?.state.applied).toEqual(["3", "5"]);
  expect(await journalFaults()).toEqual([]);
});

test("an actor that was parked and retried goes on from where it stood, as after a restart", async () => {
  let broken = true;
  const { steps, options } = watched();
  const mending: Partial<LedgerOptions> = {
    topology: {
      ...topology,
      machine: (state, input, now, self) =>
        (broken ? topology : (options as LedgerOptions).topology).machine(
          state,
          input.kind === "explode" && !broken ? { kind: "add", id: "defused", n: 10 } : input,
          now,
          self,
        ),
    },
  };
  const service = await bench.start(mending);
  await publishEach(a, add("1"), { kind: "arm", id: "2", name: "retry", inMs: 60_000 }, { kind: "explode" });
  await publishEach(a, add("3"), { kind: "fetch", id: "4" });
  await bench.order({ kind: "retryParked", actor: a });
  await bench.settle();
  expect(service.parked()).toMatchObject([{ actor: a, inputs: 3 }]);
  broken = false;
  await bench.order({ kind: "retryParked", actor: a });
  await bench.settle();
  await publishEach(a, add("5"));
  expect(steps.map(({ got }) => got.applied.length)).toEqual([2, 3, 4, 5, 6]);
  const applied = ["1", "2", "defused", "3", "4", "4-ok", "5"];
  expect(await service.stateOf(a)).toMatchObject({ state: { total: 13, applied }, pending: [] });
  expect(service.parked()).toEqual([]);
  const before = await service.stateOf(a);
  const restarted = await bench.restart(mending);
  expect(await restarted.stateOf(a)).toStrictEqual(before);
  await passTime(bench.clock, plus(bench.clock.now(), 60_000), [restarted]);
  expect((await restarted.stateOf(a))?.state.applied).toEqual([...applied, "retry-fired"]);
});

test("a parked actor stays parked for what comes while it was hot before", async () => {
  const service = await bench.start();
  await publishEach(a, add("1"), add("2"), { kind: "explode" }, add("3"), add("4"));
  expect((await service.stateOf(a))?.state.applied).toEqual(["1", "2"]);
  expect(service.parked()).toMatchObject([{ actor: a, inputs: 3 }]);
  await bench.order({ kind: "dropParked", actor: a, all: false });
  await bench.settle();
  await publishEach(a, add("5"));
  expect((await service.stateOf(a))?.state.applied).toEqual(["1", "2", "3", "4", "5"]);
  expect(await journalFaults()).toEqual([]);
});
