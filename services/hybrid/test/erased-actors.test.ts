import {
  calendarHealth,
  connectorAssignments,
  dataTopics,
  mailboxMigrations,
  presence,
  tenantStatus,
  type UserDirectoryEntry,
  type UserStatus,
  userConsents,
  userDirectory,
  userErasures,
  userNotices,
  userStatus,
} from "@hybrid/contracts";
import { actorIdOf, checkTopology, type Topology } from "@hybrid/kernel";
import { TopologyDriver } from "@hybrid/runtime/testing";
import { actorsOf } from "@hybrid/service";
import { describe, expect, test } from "vitest";
import { catalog, services } from "../src/service-list.ts";

interface Order {
  readonly kind: string;
}

const user = actorIdOf("acme/u-1");
const tenantId = "10000000-0000-4000-8000-000000000001";
const objectId = "a0000000-0000-4000-8000-000000000001";
// By user: notices follow nobody else while no mail server is set.
const settings = {
  webexKeyword: "personalRoom",
  meetKeyword: "space",
  language: null,
  join: null,
  consent: "user",
} as const;

const entry: UserDirectoryEntry = {
  version: 1,
  removed: false,
  enabled: true,
  attemptGeneration: 1,
  tenantId,
  objectId,
  mailAddress: "user1@acme.example",
  connector: { resourceGroup: "zurich" },
  wanted: true,
  obstacles: [],
  webex: { personId: "b0000000-0000-4000-8000-000000000001", active: true, messaging: true, linked: true },
};

const status: UserStatus = {
  transition: 1,
  from: "notActivated",
  to: "active",
  cause: "activated",
  reason: null,
  failures: 0,
  nextTryAt: null,
  subscriptionId: "s-1",
  expiresAt: 2_000_000_000_000,
  tenantId,
  objectId,
  mailAddress: "user1@acme.example",
  settings,
  at: 0,
};

/** What each service keeps for ever under a user's own name. */
const kept: Readonly<Record<string, readonly string[]>> = {
  consent: [userConsents.name],
  decorator: [calendarHealth.name],
  "mailbox-migration-detector": [connectorAssignments.name, mailboxMigrations.name],
  meetings: [],
  notices: [userNotices.name],
  presence: [presence.name],
  "user-state": [userStatus.name],
};

const machines = services.flatMap(actorsOf).map(({ topology }) => topology);

describe.each(Object.entries(kept))("%s", (name, topics) => {
  test("forgets an erased user, whatever is under way, and writes tombstones", () => {
    const topology = machines.find(({ service }) => service === name) as Topology<unknown, unknown, Order>;
    const driver = new TopologyDriver(topology, { partitions: 2 });
    const reads = new Set(topology.sources.map(({ topic }) => topic.name));
    const tell = <Value>(
      topic: Parameters<typeof driver.publish<Value>>[0],
      key: string,
      value: Value,
    ): void => {
      if (reads.has(topic.name)) driver.publish(topic, actorIdOf(key), value);
    };
    tell(tenantStatus, `acme/t-${tenantId}`, {
      tenantId,
      status: "active",
      generation: 1,
      settings,
      decidedAt: 0,
    });
    tell(userDirectory, user, entry);
    tell(userStatus, user, status);
    // The actors of consent hold nothing.
    expect(driver.viewOf(user) === undefined).toBe(name === "consent");
    const before = driver.emitted.length;
    const erase = (): void =>
      driver.publish(userErasures, user, { orderId: "e-1", objectId, ids: ["1", objectId], at: driver.now });
    erase();
    expect(driver.stateOf(user)).toEqual(topology.initial);
    const tombstones = driver.emitted.slice(before).filter(({ value }) => value === null);
    expect(tombstones.map(({ topic, key }) => `${topic} ${key}`)).toEqual(
      topics.map((topic) => `${topic} ${user}`),
    );
    // What was under way ends at nobody, and the order may come again.
    for (const { callId } of driver.openCalls())
      driver.fail(callId, { code: "unavailable", retryable: true, retryAt: null, status: null });
    erase();
    expect(driver.viewOf(user)).toBeUndefined();
    expect(driver.parked).toEqual([]);
  });
});

test("whatever is kept for ever under a user's own name has a service that removes it", () => {
  const ofUsers = dataTopics.filter(
    ({ keyDoc, retention }) => retention.cleanup === "compact" && keyDoc === "`<org>/u-<user>`",
  );
  const removed = new Set([userDirectory.name, ...Object.values(kept).flat()]);
  expect(ofUsers.map(({ name }) => name).filter((name) => !removed.has(name))).toEqual([]);
});

test("each of these machines may start", () => {
  for (const { service } of machines.filter(({ service: name }) => name in kept))
    expect(catalog.readersOf(userErasures.name)).toContain(service);
  const consent = machines.find(({ service }) => service === "consent");
  if (consent === undefined) throw new Error("consent has no actors");
  expect(() => checkTopology(consent, { handlers: {}, topics: dataTopics })).not.toThrow();
});
