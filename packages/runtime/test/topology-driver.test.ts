import {
  type ActorId,
  actorIdOf,
  call,
  emit,
  from,
  instant,
  ProviderError,
  partitionOf,
  post,
  type Step,
  stay,
  type Topic,
  type Topology,
  tell,
} from "@hybrid/kernel";
import { expect, test } from "vitest";
import { TopologyDriver } from "../testing/index.ts";

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
  expect(() => driver.advanceBy(2_000)).toThrow("timer remind fired and the state still wants it");
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
  expect(() => placed(stranger).publish(totals, buyer, { total: 1 })).toThrow(
    "a record of acme/u-2 stood in a partition that does not own it",
  );
});

test("posts reach actors of any partition, in the order of their sender, each in a commit of its own", () => {
  const posting = {
    ...topology,
    machine: (state: State, input: Input, now: number, self: ActorId): Step<State, Input, Call> =>
      input.kind === "ordered"
        ? {
            state,
            effects: [
              post<Input>(stranger, { kind: "heard" }),
              post<Input>(buyer, { kind: "heard" }),
              post<Input>(stranger, { kind: "heard" }),
            ],
          }
        : machine(state, input, now, self),
  };
  const driver = new TopologyDriver(posting, { partitions: 3 });
  driver.publish(orders, buyer, { amount: 1 });
  expect(driver.stateOf(stranger).total).toBe(2);
  expect(driver.stateOf(buyer).total).toBe(1);
  expect(driver.viewOf(stranger)?.seq).toBe(2);
});

test("a tell to another partition is a fault, as in the runtime", () => {
  const driver = new TopologyDriver(topology, { partitions: 3 });
  driver.publish(orders, stranger, { amount: 1 });
  expect(() => driver.answer(driver.openCalls()[0]!.callId, { kind: "paid" })).toThrow(
    "only actors of the same partition can be told",
  );
});

test("an actor that has ended has no record, and its next life goes on with the numbers of its partition", () => {
  const ending = {
    ...topology,
    machine: (state: State, input: Input, now: number, self: ActorId): Step<State, Input, Call> =>
      input.kind === "heard" ? { state: topology.initial, effects: [] } : machine(state, input, now, self),
  };
  const driver = new TopologyDriver({ ...ending, emits: [totals] });
  driver.publish(orders, buyer, { amount: 1 });
  driver.answer(driver.openCalls()[0]!.callId, { kind: "failed" });
  driver.publish(news, actorIdOf("acme/t-1"), { text: "open" });
  expect(driver.actors("acme/", null, 9)).toEqual([buyer]);
  driver.publish(orders, actorIdOf("acme/u-9"), { amount: 1 });
  expect(driver.openCalls()[0]?.callId).toMatch(/^acme\/u-9\/[3-9]\/0$/);
});

test("a handler sees actors of its own partition alone, and its ProviderError ends the call", async () => {
  const driver = new TopologyDriver(topology, { partitions: 3 });
  driver.publish(orders, buyer, { amount: 1 });
  driver.publish(orders, stranger, { amount: 2 });
  const seen: unknown[] = [];
  await driver.carryOut({
    charge: (order, context) => {
      seen.push([context.actor, order.amount, context.actors("acme/", null, 9)]);
      return Promise.reject(new ProviderError("busy", { code: "throttled", retryable: true }));
    },
  });
  expect(seen).toEqual([
    [buyer, 1, [buyer]],
    [stranger, 2, [stranger]],
  ]);
  expect(driver.openCalls()).toEqual([]);
});

test("with failures kept, an input that fails parks its actor or is dead-lettered", () => {
  const failing = {
    ...topology,
    machine: (): never => {
      throw new Error("a bug");
    },
  };
  const driver = new TopologyDriver(failing, { failures: "keep", partitions: 3 });
  driver.publish(orders, buyer, { amount: 1 });
  expect(driver.parked).toMatchObject([{ actor: buyer, cause: "stepFailed", inputs: 1 }]);
  const lost = new TopologyDriver(
    {
      ...topology,
      sources: [{ topic: totals, map: () => ({ to: stranger, input: { kind: "heard" } as const }) }],
    },
    { failures: "keep", partitions: 3 },
  );
  lost.publish(totals, buyer, { total: 1 });
  expect(lost.deadLetters).toMatchObject([{ cause: "misrouted", originTopic: "totals" }]);
});

test("a machine that is not pure is found out", () => {
  let hidden = 0;
  const impure = {
    ...topology,
    machine: (state: State): Step<State, Input, Call> => ({
      state: { ...state, total: ++hidden },
      effects: [],
    }),
  };
  expect(() => new TopologyDriver(impure).publish(orders, buyer, { amount: 1 })).toThrow("not pure");
});

test("what a person could read in a state, a record or the journal ends the test", () => {
  const keeping = (planted?: RegExp) => {
    const notes: Topology<{ text: string }, { text: string }, never> = {
      ...topology,
      machine: (state, { text }) => ({ state: { text: state.text + text }, effects: [] }),
      initial: { text: "" },
      sources: [from(news, ({ text }) => ({ to: actorIdOf("acme/u-1"), input: { text } }))],
      calls: {},
      emits: [],
      timers: () => [],
      timerFired: () => ({ text: "" }),
      callFailed: () => ({ text: "" }),
    };
    const driver = new TopologyDriver(notes, planted && { planted });
    return (text: string) => driver.publish(news, actorIdOf("acme/t-1"), { text });
  };
  expect(() => keeping()("about nothing at @webex")).not.toThrow();
  expect(() => keeping()("by ada@acme.example")).toThrow('holds "ada@acme.example" in clear');
  expect(() => keeping()("Planning")).not.toThrow();
  expect(() => keeping(/Planning/)("Planning")).toThrow('holds "Planning" in clear');
});
