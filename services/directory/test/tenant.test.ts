import { type OrganisationSettings, tenantStatus } from "@hybrid/contracts";
import { actorIdOf } from "@hybrid/kernel";
import { MachineDriver } from "@hybrid/kernel/testing";
import { describe, expect, test } from "vitest";
import type { Call, Input } from "../src/domain/inputs.ts";
import { directoryMachine } from "../src/domain/machine.ts";
import { initial, type State } from "../src/domain/state.ts";

const tenantId = "10000000-0000-4000-8000-000000000001";
const settings: OrganisationSettings = { webexKeyword: "space", meetKeyword: "space", language: null };

const startTenant = () => {
  const driver = new MachineDriver<State, Input, Call>({
    machine: directoryMachine,
    initial,
    self: actorIdOf(`acme/t-${tenantId}`),
  });
  const activate = () =>
    driver
      .when({ kind: "tenantCommanded", tenantId, command: { kind: "activateTenant", settings } })
      .emitted(tenantStatus)[0];
  const deactivate = () =>
    driver
      .when({ kind: "tenantCommanded", tenantId, command: { kind: "deactivateTenant" } })
      .emitted(tenantStatus)[0];
  const lose = (generation: number) =>
    driver.when({ kind: "consentLost", generation }).emitted(tenantStatus)[0];
  return { driver, activate, deactivate, lose };
};

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
