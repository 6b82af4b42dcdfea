import { type ActorId, actorIdOf, instant, type Machine, type Topology } from "@hybrid/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  openTexts,
  openValue,
  type SealedTogether,
  sealTopology,
  sealValue,
  userOrOrganisation,
} from "../src/index.ts";
import { KnownSealed } from "../src/sealed-fields.ts";
import { sealTogether } from "../src/sealed-together.ts";
import { TestVault } from "../testing/index.ts";

const ada = actorIdOf("acme/u-ada");
const room = actorIdOf("acme/w-5");
const now = instant(Date.UTC(2026, 0, 5, 8));
const texts: SealedTogether = {
  together: { subject: null, name: "", people: [], join: null },
  whose: userOrOrganisation,
};

const place = (actor: ActorId = ada) => ({ actor, known: new KnownSealed() });

test("fields of one object become one sealed value, and what stands in their place says nothing", () => {
  const meeting = { id: "m1", subject: "Salary", join: { url: "https://acme.example/ada" }, people: [] };
  expect(sealTogether(meeting, texts, place())).toEqual({
    id: "m1",
    subject: null,
    join: null,
    people: [],
    sealedTexts: {
      sealedFor: ada,
      keyId: "",
      value: { subject: "Salary", join: { url: "https://acme.example/ada" } },
    },
  });
  expect(sealTogether({ name: "Room 5" }, texts, place(room))).toMatchObject({
    sealedTexts: { sealedFor: "acme/o", value: { name: "Room 5" } },
  });
});

test("what says nothing is not sealed, and what is nobody's stays in clear", () => {
  const empty = { id: "m1", subject: null, people: [], name: "" };
  expect(sealTogether(empty, texts, place())).toBe(empty);
  const clear = { subject: "Lunch" };
  expect(sealTogether(clear, { ...texts, whose: () => undefined }, place())).toBe(clear);
});

interface Heard {
  readonly subject: string | null;
  readonly people: readonly string[];
}
interface State {
  readonly heard: readonly Heard[];
}

const machine: Machine<State, Heard, never> = ({ heard }, input, _now, self) => ({
  state: { heard: [...heard, input] },
  effects: [{ kind: "emit", topic: "letters", key: self, value: { ...input } }],
});

const sealed = sealTopology<State, Heard, never>(
  {
    service: "letters",
    machine,
    initial: { heard: [] },
    stateVersion: 1,
    upgrades: {},
    sources: [],
    calls: {},
    emits: [],
    timers: () => [],
    timerFired: () => ({ subject: null, people: [] }),
    callFailed: () => ({ subject: null, people: [] }),
  } satisfies Topology<State, Heard, never>,
  texts,
);

test("a machine has the fields in clear, what it stores keeps its key, and erased fields say nothing", () => {
  const vault = new TestVault();
  const first = sealed.machine({ heard: [] }, { subject: "One", people: ["bo@acme.example"] }, now, ada);
  const stored = sealValue(first.state, vault);
  expect(JSON.stringify(stored)).not.toMatch(/One|bo@/);
  const second = sealed.machine(openValue(stored, vault) as State, { subject: "Two", people: [] }, now, ada);
  const [one, two] = (second.state as unknown as { heard: readonly { sealedTexts: object }[] }).heard;
  expect([one?.sealedTexts, two?.sealedTexts]).toMatchObject([{ keyId: "1" }, { keyId: "1" }]);
  vault.erase(ada);
  const left = openValue(sealValue(second.state, vault), vault);
  expect(openTexts(left)).toEqual({
    heard: [
      { subject: null, people: [] },
      { subject: null, people: [] },
    ],
  });
});

test("property: sealed and opened again a value is what it was, in the order of its fields", () => {
  const secret = fc.string({ minLength: 1 }).map((end) => `secret-${end}`);
  const leaf = fc.record({
    id: fc.nat(),
    subject: fc.option(secret),
    people: fc.array(secret, { maxLength: 3 }),
    inner: fc.record({ name: fc.oneof(secret, fc.constant("")) }),
  });
  const seed = Number(process.env["HYBRID_SEED"] ?? 1);
  fc.assert(
    fc.property(fc.oneof(leaf, fc.array(leaf)), (value) => {
      const vault = new TestVault();
      const stored = sealValue(sealTogether(value, texts, place()), vault);
      expect(JSON.stringify(stored)).not.toContain("secret-");
      expect(JSON.stringify(openTexts(openValue(stored, vault)))).toBe(JSON.stringify(value));
    }),
    { seed },
  );
});
