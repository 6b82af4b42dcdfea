import {
  type ActorId,
  actorIdOf,
  call,
  emit,
  instant,
  partitionOf,
  plus,
  type Step,
  stay,
  type Topic,
  type Topology,
  tell,
} from "@hybrid/kernel";
import { MachineDriver, TopologyDriver, VirtualClock } from "@hybrid/kernel/testing";
import { expect, test } from "vitest";

const json = <Value>(name: string, partitioning: Topic<Value>["partitioning"] = "entity"): Topic<Value> => ({
  name,
  partitioning,
  encode: (value) => new TextEncoder().encode(JSON.stringify(value)),
  decode: (bytes) => JSON.parse(new TextDecoder().decode(bytes)) as Value,
});
const orders = json<{ amount: number }>("orders");
const news = json<{ text: string }>("news", "broadcast");
const totals = json<{ total: number }>("totals");

type Input =
  | { readonly kind: "ordered"; readonly amount: number }
  | { readonly kind: "paid" }
  | { readonly kind: "failed" }
  | { readonly kind: "reminded" }
  | { readonly kind: "heard" };
interface State {
  readonly total: number;
  readonly remindAt: number | null;
}
type Call = { readonly kind: "charge"; readonly amount: number };

const machine = (state: State, input: Input, now: number, self: ActorId): Step<State, Input, Call> => {
  switch (input.kind) {
    case "ordered":
      return {
        state: { total: state.total + input.amount, remindAt: now + 1_000 },
        effects: [call({ kind: "charge", amount: input.amount })],
      };
    case "paid":
      return {
        state: { ...state, remindAt: null },
        effects: [emit(totals, self, { total: state.total }), tell(actorIdOf("acme/o"), { kind: "heard" })],
      };
    case "reminded":
      return { state: { ...state, remindAt: null }, effects: [] };
    case "heard":
      return { state: { ...state, total: state.total + 1 }, effects: [] };
    default:
      return stay(state);
  }
};

const topology: Topology<State, Input, Call> = {
  service: "shop",
  machine,
  initial: { total: 0, remindAt: null },
  stateVersion: 1,
  upgrades: {},
  sources: [
    {
      topic: orders,
      map: (value, origin) => ({
        to: origin.key as ActorId,
        input: { kind: "ordered", ...(value as { amount: number }) },
      }),
    },
    {
      topic: news,
      map: (_value, origin) => ({ to: actorIdOf(`acme/t-1#${origin.partition}`), input: { kind: "heard" } }),
    },
  ],
  calls: { charge: { repeat: "idempotencyKey", because: "The call id is the payment's key." } },
  emits: [totals],
  timers: (state) => (state.remindAt === null ? [] : [{ name: "remind", dueAt: instant(state.remindAt) }]),
  timerFired: () => ({ kind: "reminded" }),
  callFailed: () => ({ kind: "failed" }),
};

const buyer = actorIdOf("acme/u-1");

test("a topology runs from record to call to outcome to emitted record and told actor", () => {
  const driver = new TopologyDriver(topology);
  driver.publish(orders, buyer, { amount: 5 });
  const [open] = driver.openCalls();
  expect(open).toMatchObject({ callId: "acme/u-1/1/0", call: { kind: "charge", amount: 5 } });
  driver.answer(open!.callId, { kind: "paid" });
  expect(driver.emitted).toEqual([{ topic: "totals", key: buyer, value: { total: 5 }, partitions: [0] }]);
  expect(driver.stateOf(actorIdOf("acme/o")).total).toBe(1);
});

test("a timer fires when its time has come and not before", () => {
  const driver = new TopologyDriver(topology);
  driver.publish(orders, buyer, { amount: 5 });
  driver.advanceBy(999);
  expect(driver.stateOf(buyer).remindAt).not.toBeNull();
  driver.advanceBy(1);
  expect(driver.stateOf(buyer).remindAt).toBeNull();
});

test("a broadcast record reaches the local actor of every partition", () => {
  const driver = new TopologyDriver(topology, { partitions: 3 });
  driver.publish(news, actorIdOf("acme/t-1"), { text: "open" });
  expect([0, 1, 2].map((n) => driver.stateOf(actorIdOf(`acme/t-1#${n}`)).total)).toEqual([1, 1, 1]);
});

test("a timer that is still wanted after it fired is a fault of the machine", () => {
  const stuck = { ...topology, timerFired: (): Input => ({ kind: "failed" }) };
  const driver = new TopologyDriver(stuck);
  driver.publish(orders, buyer, { amount: 5 });
  expect(() => driver.advanceBy(2_000)).toThrow("still wants timer remind");
});

test("the machine driver finds out a hidden counter", () => {
  let hidden = 0;
  const impure = (state: number): Step<number, string, never> => ({ state: state + hidden++, effects: [] });
  const driver = new MachineDriver({ machine: impure, initial: 0 });
  expect(() => driver.send("x")).toThrow("not pure");
});

test("the machine driver refuses a state that cannot be stored", () => {
  const driver = new MachineDriver<unknown, string, never>({
    machine: () => ({ state: undefined, effects: [] }),
    initial: null,
  });
  expect(() => driver.send("x")).toThrow("cannot be stored");
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, new Map(), new Date(0), new Set([1])])(
  "the machine driver refuses %s in a state, which would come back as something else",
  (odd) => {
    const driver = new MachineDriver<unknown, string, never>({
      machine: () => ({ state: { odd }, effects: [] }),
      initial: null,
    });
    expect(() => driver.send("x")).toThrow('"odd" cannot be stored');
  },
);

test("the machine driver finds out a machine that changes its state in place", () => {
  const driver = new MachineDriver<{ seen: string[] }, string, never>({
    machine: (state, input) => {
      state.seen.push(input);
      return stay(state);
    },
    initial: { seen: [] },
  });
  expect(() => driver.send("x")).toThrow(TypeError);
});

// Of three partitions, user 1 and user 2 of acme have different ones.
const placed = (to: ActorId): TopologyDriver<State, Input, Call> =>
  new TopologyDriver(
    {
      ...topology,
      sources: [news, totals].map((topic) => ({
        topic,
        map: () => ({ to, input: { kind: "heard" } as const }),
      })),
    },
    { partitions: 3 },
  );
const stranger = actorIdOf("acme/u-2");

test("a broadcast record for one actor reaches it once, in its own partition", () => {
  const driver = placed(buyer);
  driver.publish(news, buyer, { text: "open" });
  expect(driver.stateOf(buyer).total).toBe(1);
});

test("a record for an actor of another partition is a fault, as in the runtime", () => {
  expect(partitionOf(stranger, 3)).not.toBe(partitionOf(buyer, 3));
  expect(() => placed(stranger).publish(totals, buyer, { total: 1 })).toThrow("acme/u-2 stands in partition");
});

test("the virtual clock runs appointments in order, those made on the way included, and never goes back", () => {
  const clock = new VirtualClock(instant(0));
  const seen: string[] = [];
  clock.at(instant(20), () => seen.push(`second ${clock.now()}`));
  clock.at(instant(10), () => {
    seen.push(`first ${clock.now()}`);
    clock.at(plus(clock.now(), 5), () => seen.push(`between ${clock.now()}`));
  });
  const cancel = clock.at(instant(12), () => seen.push("cancelled"));
  cancel();
  expect(clock.nextDueAt()).toBe(10);
  clock.advanceTo(instant(30));
  clock.advanceTo(instant(5));
  expect(seen).toEqual(["first 10", "between 15", "second 20"]);
  expect(clock.now()).toBe(30);
});
