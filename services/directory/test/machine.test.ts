import type { OrganisationSettings, PersonDetails, UserDirectoryEntry } from "@hybrid/contracts";
import { actorIdOf, type Effect } from "@hybrid/kernel";
import { MachineDriver } from "@hybrid/kernel/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { directoryMachine } from "../src/domain/machine.ts";
import { type Call, type Input, initial, type State, type UserCommand } from "../src/domain/state.ts";

const tenantId = "10000000-0000-4000-8000-000000000001";
const person: PersonDetails = {
  objectId: "a0000000-0000-4000-8000-00000000000a",
  tenantId,
  mailAddress: "o'brien@acme.example",
  connector: null,
};
const settings: OrganisationSettings = { webexKeyword: "space", meetKeyword: "space", language: null };

const driverOf = (self: string): MachineDriver<State, Input, Call> =>
  new MachineDriver({ machine: directoryMachine, initial, self: actorIdOf(self) });

const emitted = (effects: readonly Effect<Input, Call>[]): unknown => {
  const [effect] = effects;
  return effect?.kind === "emit" ? effect.value : undefined;
};

const startUser = () => {
  const driver = driverOf("acme/u-1");
  const order = (command: UserCommand) => emitted(driver.send({ kind: "userCommanded", command }));
  const put = (over: Partial<PersonDetails> = {}, enabled = true) =>
    order({ kind: "putUser", person: { ...person, ...over }, enabled });
  return { driver, order, put };
};

const startTenant = () => {
  const driver = driverOf(`acme/t-${tenantId}`);
  const activate = () =>
    emitted(
      driver.send({ kind: "tenantCommanded", tenantId, command: { kind: "activateTenant", settings } }),
    );
  const deactivate = () =>
    emitted(driver.send({ kind: "tenantCommanded", tenantId, command: { kind: "deactivateTenant" } }));
  const lose = (generation: number) => emitted(driver.send({ kind: "consentLost", generation }));
  return { driver, activate, deactivate, lose };
};

describe("users", () => {
  test("a new enabled user is published whole, with version 1 and a first attempt generation", () => {
    expect(startUser().put()).toEqual({
      version: 1,
      removed: false,
      enabled: true,
      attemptGeneration: 1,
      ...person,
    });
  });

  test("a new user who is not enabled asks for no attempt", () => {
    expect(startUser().put({}, false)).toMatchObject({ enabled: false, attemptGeneration: 0 });
  });

  test("the same list again publishes nothing", () => {
    const { put, driver } = startUser();
    put({ connector: { resourceGroup: "pilot" } });
    const before = driver.state;
    expect(put({ connector: { resourceGroup: "pilot" } })).toBeUndefined();
    expect(driver.state).toEqual(before);
  });

  test.each([
    [{ mailAddress: "new@acme.example" }],
    [{ objectId: "b0000000-0000-4000-8000-00000000000b" }],
    [{ tenantId: "20000000-0000-4000-8000-000000000002" }],
    [{ connector: { resourceGroup: null } }],
    [{ connector: { resourceGroup: "pilot" } }],
  ])("a change of %o is the next version and no new attempt", (over) => {
    const { put } = startUser();
    put();
    expect(put(over)).toMatchObject({ version: 2, attemptGeneration: 1, ...over });
  });

  test("an import that enables asks for a new attempt, one that disables does not", () => {
    const { put } = startUser();
    put();
    expect(put({}, false)).toMatchObject({ version: 2, enabled: false, attemptGeneration: 1 });
    expect(put({}, true)).toMatchObject({ version: 3, enabled: true, attemptGeneration: 2 });
  });

  test("every toggle counts, but not switching off what is off", () => {
    const { put, order } = startUser();
    put();
    expect(order({ kind: "toggleUser", enabled: true })).toMatchObject({ version: 2, attemptGeneration: 2 });
    expect(order({ kind: "toggleUser", enabled: false })).toMatchObject({
      enabled: false,
      attemptGeneration: 3,
    });
    expect(order({ kind: "toggleUser", enabled: false })).toBeUndefined();
  });

  test("a removed user gets a last record, ends, and starts with version 1 when put again", () => {
    const { put, order, driver } = startUser();
    put();
    expect(order({ kind: "removeUser" })).toMatchObject({ version: 2, removed: true, enabled: false });
    expect(driver.state).toEqual(initial);
    expect(put()).toMatchObject({ version: 1, removed: false });
  });

  test("orders about nobody change nothing", () => {
    const { order, driver } = startUser();
    expect(order({ kind: "toggleUser", enabled: true })).toBeUndefined();
    expect(order({ kind: "removeUser" })).toBeUndefined();
    expect(driver.state).toEqual(initial);
  });

  test("property: versions grow by one, attempts never fall, nothing is published twice", () => {
    const anyCommand: fc.Arbitrary<UserCommand> = fc.oneof(
      fc.record({
        kind: fc.constant("putUser" as const),
        enabled: fc.boolean(),
        person: fc.record({
          objectId: fc.constant(person.objectId),
          tenantId: fc.constant(tenantId),
          mailAddress: fc.constantFrom("a@acme.example", "b@acme.example"),
          connector: fc.constantFrom(null, { resourceGroup: null }, { resourceGroup: "pilot" }),
        }),
      }),
      fc.record({ kind: fc.constant("toggleUser" as const), enabled: fc.boolean() }),
      fc.record({ kind: fc.constant("removeUser" as const) }),
    );
    fc.assert(
      fc.property(fc.array(anyCommand), (commands) => {
        const { order } = startUser();
        let last: UserDirectoryEntry | null = null;
        for (const command of commands) {
          const entry = order(command) as UserDirectoryEntry | undefined;
          if (!entry) continue;
          const before: UserDirectoryEntry | null = last;
          if (entry.version !== (before?.version ?? 0) + 1) return false;
          if (entry.attemptGeneration < (before?.attemptGeneration ?? 0)) return false;
          if (
            before &&
            JSON.stringify({ ...entry, version: 0 }) === JSON.stringify({ ...before, version: 0 })
          )
            return false;
          last = entry.removed ? null : entry;
        }
        return true;
      }),
    );
  });
});

describe("tenants", () => {
  test("activation is a decision of the next generation, and so is a second one", () => {
    const { activate, driver } = startTenant();
    expect(activate()).toEqual({
      tenantId,
      status: "active",
      generation: 1,
      settings,
      decidedAt: driver.now,
    });
    expect(activate()).toMatchObject({ status: "active", generation: 2 });
  });

  test("the first lost consent of a generation suspends; the rest of the crowd is heard no more", () => {
    const { activate, lose } = startTenant();
    activate();
    expect(lose(1)).toMatchObject({ status: "suspended", generation: 2, settings });
    for (const generation of [1, 1, 2]) expect(lose(generation)).toBeUndefined();
  });

  test("consent lost under an older decision does not undo a new consent", () => {
    const { activate, lose } = startTenant();
    activate();
    lose(1);
    expect(activate()).toMatchObject({ status: "active", generation: 3 });
    expect(lose(1)).toBeUndefined();
    expect(lose(3)).toMatchObject({ status: "suspended", generation: 4 });
  });

  test("deactivation is decided once, and lost consent adds nothing to it", () => {
    const { activate, deactivate, lose } = startTenant();
    activate();
    expect(deactivate()).toMatchObject({ status: "deactivated", generation: 2 });
    expect(deactivate()).toBeUndefined();
    expect(lose(2)).toBeUndefined();
    expect(activate()).toMatchObject({ status: "active", generation: 3 });
  });

  test("an unknown tenant cannot be deactivated or suspended", () => {
    const { deactivate, lose, driver } = startTenant();
    expect(deactivate()).toBeUndefined();
    expect(lose(1)).toBeUndefined();
    expect(driver.state).toEqual(initial);
  });
});
