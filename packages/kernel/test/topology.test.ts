import { type AnyTopology, checkTopology, from, stay, type Topic, TopologyError } from "@hybrid/kernel";
import { expect, test } from "vitest";

const topic = (name: string, partitioning: Topic<unknown>["partitioning"] = "entity"): Topic<unknown> => ({
  name,
  partitioning,
  encode: (value) => new TextEncoder().encode(JSON.stringify(value)),
  decode: (bytes) => JSON.parse(new TextDecoder().decode(bytes)) as unknown,
});

const commands = topic("commands");
const results = topic("results");

const sound: AnyTopology = {
  service: "toy",
  machine: (state: unknown) => stay(state),
  initial: null,
  stateVersion: 1,
  upgrades: {},
  sources: [from(commands, () => undefined)],
  calls: { ask: { repeat: "mayRepeat", because: "It only reads." } },
  emits: [results],
  timers: () => [],
  timerFired: () => ({ kind: "fired" }),
  callFailed: () => ({ kind: "failed" }),
};
const handlers = { ask: async () => ({ kind: "answered" }) };
const topics = [commands, results];

const faultsOf = (changed: Partial<AnyTopology>, given: object = handlers): readonly string[] => {
  try {
    checkTopology({ ...sound, ...changed }, { handlers: given as typeof handlers, topics });
    return [];
  } catch (error) {
    if (error instanceof TopologyError) return error.faults;
    throw error;
  }
};

test("a sound topology passes", () => {
  expect(faultsOf({})).toEqual([]);
});

test.each<[string, Partial<AnyTopology>, object, RegExp]>([
  ["no source", { sources: [] }, handlers, /no source/],
  [
    "an unknown source",
    { sources: [from(topic("nowhere"), () => undefined)] },
    handlers,
    /nowhere is not a topic/,
  ],
  ["an unknown output", { emits: [topic("nowhere")] }, handlers, /nowhere is not a topic/],
  [
    "a spread source",
    { sources: [from(topic("commands", "none"), () => undefined)] },
    handlers,
    /co-partitioned/,
  ],
  [
    "a source twice",
    { sources: [from(commands, () => undefined), from(commands, () => undefined)] },
    handlers,
    /once/,
  ],
  ["a call without handler", {}, {}, /call ask has no handler/],
  ["a handler without call", {}, { ...handlers, tell: async () => null }, /handler tell belongs to no/],
  [
    "a call without reason",
    { calls: { ask: { repeat: "mayRepeat", because: " " } } },
    handlers,
    /does not say why/,
  ],
  [
    "a deadline too long",
    { calls: { ask: { repeat: "mayRepeat", because: "It only reads.", deadlineMs: 30_001 } } },
    handlers,
    /30001 ms/,
  ],
  [
    "a missing upgrade",
    { stateVersion: 3, upgrades: { 1: (old: unknown) => old } },
    handlers,
    /upgrades\[2\]/,
  ],
  ["a version that is no number", { stateVersion: Number.NaN }, handlers, /stateVersion is NaN/],
  [
    "an upgrade whose version was not raised",
    { upgrades: { 1: (old: unknown) => old } },
    handlers,
    /upgrades\[1\] is never used/,
  ],
  [
    "an upgrade of calls that nothing needs",
    { callUpgrades: { 1: (old: unknown) => old } },
    {},
    /callUpgrades\[1\] is never used/,
  ],
  [
    "an upgrade of inputs that nothing needs",
    { inputUpgrades: { 4: (old: unknown) => old } },
    {},
    /inputUpgrades\[4\] is never used/,
  ],
  [
    "a call named like what every object has",
    { calls: { toString: { repeat: "mayRepeat", because: "It only reads." } as never } },
    {},
    /call toString has no handler/,
  ],
  [
    "a handler named like what every object has",
    {},
    { ...handlers, toString: async () => null },
    /handler toString belongs to no/,
  ],
  [
    "a source that holds what is not declared as sealed",
    { sources: [from({ ...commands, sealed: ["user"] }, () => undefined)] },
    handlers,
    /commands holds values that are sealed for a user/,
  ],
  [
    "an output that holds what is not declared as sealed",
    { sealed: ["user"], emits: [{ ...results, sealed: ["tenant"] }] },
    handlers,
    /results holds values that are sealed for a tenant/,
  ],
  ["a name that is not kebab-case", { service: "User_State" }, handlers, /kebab-case/],
])("refuses %s", (_name, changed, given, message) => {
  expect(faultsOf(changed, given).join("\n")).toMatch(message);
});

test("declared sealed values pass", () => {
  expect(faultsOf({ sealed: ["user"], emits: [{ ...results, sealed: ["user"] }] })).toEqual([]);
});

test("names every fault at once", () => {
  const faults = faultsOf({ emits: [topic("a"), topic("b")], stateVersion: 2 }, {});
  expect(faults).toHaveLength(4);
});
