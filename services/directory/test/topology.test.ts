import {
  adminCommands,
  adminCommandValue,
  consentSignals,
  dataTopics,
  syncOrders,
  tenantStatus,
  userDirectory,
  userOrderKey,
} from "@hybrid/contracts";
import { checkTopology, DecodeError, orgIdOf, tenantActor, userActor } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import { TopologyDriver } from "@hybrid/runtime/testing";
import { expect, test } from "vitest";
import { directoryHandlers, type SourcePorts } from "../src/adapters/handlers.ts";
import { directoryTopology } from "../src/topology.ts";

const org = orgIdOf("acme");
const tenantId = "10000000-0000-4000-8000-000000000001";
const person = {
  objectId: "a0000000-0000-4000-8000-00000000000a",
  tenantId,
  mailAddress: "o'brien@acme.example",
  connector: { resourceGroup: null },
} as const;
const settings = { webexKeyword: "personalRoom", meetKeyword: "space", language: "sv" } as const;

test("the topology may run", () => {
  // What the handlers do is tried against both clouds, in simulated-sources.int.test.ts.
  const handlers = directoryHandlers({ clock: new VirtualClock() } as unknown as SourcePorts);
  expect(() => checkTopology(directoryTopology, { handlers, topics: dataTopics })).not.toThrow();
});

test("orders become directory records and decisions, a decision one copy in every partition", () => {
  const driver = new TopologyDriver(directoryTopology, { partitions: 3 });
  const user = userActor(org, "1");
  const order = userOrderKey(org, "1");
  const tenant = tenantActor(org, tenantId);
  driver.publish(
    adminCommands,
    order,
    adminCommandValue({ kind: "putUser", person, enabled: true }, driver.now),
  );
  driver.publish(adminCommands, tenant, adminCommandValue({ kind: "activateTenant", settings }, driver.now));
  driver.publish(consentSignals, tenant, { tenantId, generation: 1, observedAt: driver.now });
  driver.publish(adminCommands, order, adminCommandValue({ kind: "toggleUser", enabled: false }, driver.now));
  driver.publish(adminCommands, order, adminCommandValue({ kind: "removeUser" }, driver.now));
  driver.publish(adminCommands, tenant, adminCommandValue({ kind: "deactivateTenant" }, driver.now));
  expect(driver.emitted.map(({ topic, key, value }) => [topic, key, value])).toMatchObject([
    [
      userDirectory.name,
      user,
      { version: 1, enabled: true, mailAddress: "", sealedMailAddress: { value: person.mailAddress } },
    ],
    [tenantStatus.name, tenant, { status: "active", generation: 1, settings }],
    [tenantStatus.name, tenant, { status: "suspended", generation: 2 }],
    [userDirectory.name, user, { version: 2, enabled: false }],
    [userDirectory.name, user, { version: 3, removed: true }],
    [tenantStatus.name, tenant, { status: "deactivated", generation: 3 }],
  ]);
  expect(driver.emitted[1]!.partitions).toEqual([0, 1, 2]);
});

test.each([
  ["a putUser without a person", "acme/o/user-1", { kind: "putUser", enabled: true }],
  ["a putUser without enabled", "acme/o/user-1", { kind: "putUser", person }],
  ["a toggleUser without enabled", "acme/o/user-1", { kind: "toggleUser" }],
  ["an activateTenant without settings", `acme/t-${tenantId}`, { kind: "activateTenant" }],
  ["a toggleUser for a tenant", `acme/t-${tenantId}`, { kind: "toggleUser", enabled: true }],
  ["a toggleUser for nobody", "acme/u-1", { kind: "toggleUser", enabled: true }],
  ["a toggleUser for a source", "acme/o/sync-webex", { kind: "toggleUser", enabled: true }],
  ["a deactivateTenant for a user", "acme/o/user-1", { kind: "deactivateTenant" }],
] as const)("%s goes to the dead letters, not to an actor", (_, key, over) => {
  const value = {
    person: null,
    enabled: null,
    settings: null,
    requestedAt: 0,
    ifMatch: null,
    orderId: null,
    ...over,
  };
  const source = directoryTopology.sources.find(({ topic }) => topic.name === adminCommands.name)!;
  const origin = { topic: adminCommands.name, partition: 0, offset: 0, key, timestamp: 0 as never };
  expect(() => source.map(value, origin)).toThrow(DecodeError);
});

test.each(["acme/u-1", "acme/o", "acme/u-1/t-1"])(
  "a consent signal keyed by %s goes to the dead letters: it must not end what that actor knows",
  (key) => {
    const source = directoryTopology.sources.find(({ topic }) => topic.name === consentSignals.name)!;
    const origin = { topic: consentSignals.name, partition: 0, offset: 0, key, timestamp: 0 as never };
    expect(() => source.map({ tenantId, generation: 1, observedAt: 0 }, origin)).toThrow(DecodeError);
  },
);

test.each(["acme/u-1", "acme/o", "acme/o/sync-graph-x", "acme/o/user-sync-webex"])(
  "an order to synchronise %s goes to the dead letters",
  (key) => {
    const source = directoryTopology.sources.find(({ topic }) => topic.name === syncOrders.name)!;
    const origin = { topic: syncOrders.name, partition: 0, offset: 0, key, timestamp: 0 as never };
    expect(() => source.map({ full: true, go: true, requestedAt: 0 }, origin)).toThrow(DecodeError);
  },
);
