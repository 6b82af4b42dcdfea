import {
  type ActorId,
  actorIdOf,
  instant,
  type Machine,
  openedOf,
  type Sealed,
  type Topology,
} from "@hybrid/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fromRecord, openTexts, ownUser, sealHandlers, sealTopology } from "../src/index.ts";
import { KnownSealed, sealTexts, toRecord } from "../src/sealed-fields.ts";

const ada = actorIdOf("acme/u-ada");
const bo = actorIdOf("acme/u-bo");
const now = instant(Date.UTC(2026, 0, 5, 8));
const fields = { mailAddress: ownUser };

interface State {
  readonly mailAddress: string;
  readonly seen: number;
}
interface Input {
  readonly mailAddress: string;
}
interface Call {
  readonly kind: "ask";
  readonly mailAddress: string;
}

/** Keeps what it hears, tells Bo, asks and publishes. */
const machine: Machine<State, Input, Call> = ({ seen }, { mailAddress }, _now, self) => ({
  state: { mailAddress, seen: seen + 1 },
  effects: [
    { kind: "tell", to: bo, input: { mailAddress } },
    { kind: "call", call: { kind: "ask", mailAddress } },
    { kind: "emit", topic: "people", key: self, value: { mailAddress, seen } },
  ],
});

const plain: Topology<State, Input, Call> = {
  service: "people",
  machine,
  initial: { mailAddress: "", seen: 0 },
  stateVersion: 1,
  upgrades: {},
  sources: [
    {
      topic: { name: "orders", partitioning: "entity", encode: () => new Uint8Array(), decode: () => null },
      map: (value, { key }) => ({ to: key as ActorId, input: value as Input }),
    },
  ],
  calls: { ask: { repeat: "mayRepeat", because: "It only asks." } },
  emits: [],
  timers: () => [],
  timerFired: () => ({ mailAddress: "" }),
  callFailed: () => ({ mailAddress: "" }),
};
const sealed = sealTopology(plain, fields);
const address = "ada@acme.example";

const boxOf = (value: unknown): Sealed<string> => (value as { mailAddress: Sealed<string> }).mailAddress;

test("a machine that knows nothing of it has texts in clear, and whatever leaves a step has them sealed", () => {
  const step = sealed.machine(plain.initial, { mailAddress: address }, now, ada);
  expect(boxOf(step.state)).toEqual({ sealedFor: ada, keyId: "", value: address });
  const [tell, call, emit] = step.effects as readonly unknown[] as readonly Record<string, object>[];
  expect(boxOf(tell?.["input"])).toMatchObject({ sealedFor: bo, value: address });
  expect(boxOf(call?.["call"])).toMatchObject({ sealedFor: ada });
  expect(emit?.["value"]).toEqual({
    mailAddress: "",
    sealedMailAddress: { sealedFor: ada, keyId: "", value: address },
    seen: 0,
  });
});

test("what stays the same stays as it was, and what is new goes under the key that the owner has there", () => {
  const first = { mailAddress: { sealedFor: ada, keyId: "k1", value: address }, seen: 1 } as never as State;
  const same = sealed.machine(first, { mailAddress: address }, now, ada);
  expect(boxOf(same.state)).toBe(boxOf(first));
  const moved = sealed.machine(first, { mailAddress: "new@acme.example" }, now, ada);
  expect(boxOf(moved.state)).toEqual({ sealedFor: ada, keyId: "k1", value: "new@acme.example" });
});

test("an erased text is empty to the machine, and nothing of it is kept", () => {
  const erased = { mailAddress: { sealedFor: ada, keyId: "k1", erased: true }, seen: 1 } as never as State;
  const echo: Machine<State, Input, Call> = (state) => ({ state, effects: [] });
  const step = sealTopology({ ...plain, machine: echo }, fields).machine(
    erased,
    { mailAddress: "" },
    now,
    ada,
  );
  expect(step.state).toEqual({ mailAddress: "", seen: 1 });
});

test("records of before, in clear, become sealed inputs; records of now are passed on closed", () => {
  const [source] = sealed.sources;
  const origin = { topic: "orders", partition: 0, offset: 0, key: ada, timestamp: now };
  const clear = source?.map({ mailAddress: address, sealedMailAddress: null }, origin);
  expect(openedOf(boxOf(clear?.input))).toBe(address);
  const box = { sealedFor: ada, keyId: "k1", box: "AQ" };
  const closed = source?.map({ mailAddress: "", sealedMailAddress: box }, origin);
  expect(closed).toEqual({ to: ada, input: { mailAddress: box } });
});

test("handlers get orders in clear, and their outcomes are sealed", async () => {
  const orders: unknown[] = [];
  const handlers = sealHandlers<Call, Input>(
    {
      ask: async (order) => {
        orders.push(order);
        return { mailAddress: "answer@acme.example" };
      },
    },
    fields,
  );
  const order = {
    kind: "ask",
    mailAddress: { sealedFor: ada, keyId: "k1", value: address },
  } as never as Call;
  const outcome = await handlers.ask(order, { actor: ada } as never);
  expect(orders).toEqual([{ kind: "ask", mailAddress: address }]);
  expect(boxOf(outcome)).toEqual({ sealedFor: ada, keyId: "k1", value: "answer@acme.example" });
});

test("property: sealed and opened again, as record or not, a value is what it was, and holds no text", () => {
  const text = fc.string({ minLength: 1 }).map((end) => `secret-${end}`);
  const leaf = fc.record({ mailAddress: fc.oneof(text, fc.constant(""), fc.constant(null)), n: fc.nat() });
  const value = fc.oneof(leaf, fc.array(leaf), fc.record({ inner: leaf, mailAddress: text }));
  const seed = Number(process.env["HYBRID_SEED"] ?? 1);
  fc.assert(
    fc.property(value, (plainValue) => {
      const closed = sealTexts(plainValue, fields, { actor: ada, known: new KnownSealed() });
      expect(openTexts(closed)).toEqual(plainValue);
      const record = toRecord(closed, fields);
      expect(openTexts(fromRecord(record, fields))).toEqual(plainValue);
      const bare = JSON.stringify(record, (_, part: unknown) =>
        typeof part === "object" && part !== null && "sealedFor" in part ? "closed" : part,
      );
      expect(bare).not.toContain("secret-");
    }),
    { seed },
  );
});
