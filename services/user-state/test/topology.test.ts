import {
  dataTopics,
  mailboxSignals,
  openClientState,
  resyncRequests,
  subscriptionLifecycle,
  tenantStatus,
  userDirectory,
  userStatus,
} from "@hybrid/contracts";
import {
  actorIdOf,
  type CallContext,
  checkTopology,
  hours,
  orgIdOf,
  ProviderError,
  plus,
  tenantActor,
  userActor,
} from "@hybrid/kernel";
import { TopologyDriver } from "@hybrid/runtime/testing";
import { expect, test } from "vitest";
import { type GraphPorts, userStateHandlers } from "../src/adapters/graph-handlers.ts";
import { designNumbers, writeSpacingMs } from "../src/domain/numbers.ts";
import { userStateTopology } from "../src/topology.ts";
import { decision } from "./cells.ts";
import { entry, lifetimeMs, startAt, tenantId } from "./subject.ts";

const org = orgIdOf("acme");
const user = userActor(org, "1");
const partitions = 4;
const numbers = { ...designNumbers, partitions };
const clientStateKey = new Uint8Array(32).fill(7);

/** A Graph that remembers what it was asked for. */
const graphWithMemory = () => {
  const asked: Record<string, unknown>[] = [];
  const ports: GraphPorts = {
    subscriptions: {
      create: (wanted) => {
        asked.push({
          create: wanted.userObjectId,
          clientState: wanted.clientState,
          lifetimeMs: wanted.lifetimeMs,
        });
        return Promise.resolve({ subscriptionId: "subscription-1", expiresAt: plus(startAt, lifetimeMs) });
      },
      renew: ({ subscriptionId }) => {
        asked.push({ renew: subscriptionId });
        return Promise.resolve({ expiresAt: plus(startAt, 2 * lifetimeMs) });
      },
      delete: ({ subscriptionId }) => {
        asked.push({ delete: subscriptionId });
        return Promise.resolve();
      },
    },
    mailboxes: {
      probe: () =>
        Promise.reject(new ProviderError("no mailbox", { code: "mailboxMissing", retryable: false })),
    },
  };
  return { asked, ports };
};

const serviceWith = (graph: GraphPorts) => {
  const driver = new TopologyDriver(userStateTopology(numbers), { partitions });
  const handlers = userStateHandlers({
    graph,
    clientStateKey,
    notificationUrl: "https://hooks.example/graph",
    lifecycleNotificationUrl: "https://hooks.example/lifecycle",
    lifetimeMs,
  });
  const settle = (): Promise<void> => driver.carryOut(handlers);
  return { driver, settle };
};

test("the topology may run: every call has a handler and says why it may be repeated", () => {
  const handlers = userStateHandlers({
    graph: graphWithMemory().ports,
    clientStateKey,
    notificationUrl: "",
    lifecycleNotificationUrl: "",
    lifetimeMs,
  });
  expect(() => checkTopology(userStateTopology(), { handlers, topics: dataTopics })).not.toThrow();
});

test("from the directory's record and the tenant's decision to Active, renewal and removal", async () => {
  // Goal: the whole path through codecs, tells and handlers, in the order in which a first import happens.
  // Method: records in, calls carried out by the real handlers against a Graph with a memory, statuses out.
  const { asked, ports } = graphWithMemory();
  const { driver, settle } = serviceWith(ports);
  driver.publish(userDirectory, user, entry());
  await settle();
  driver.publish(tenantStatus, tenantActor(org, tenantId), decision(1, "active"));
  await settle();
  driver.advanceBy(60_000);
  await settle();
  expect(asked).toEqual([{ create: entry().objectId, clientState: expect.any(String), lifetimeMs }]);
  expect(openClientState(String(asked[0]!["clientState"]), [clientStateKey])).toBe(user);

  driver.advanceBy(hours(24 * 7) - 60_000 * 20);
  await settle();
  expect(asked.at(-1)).toEqual({ renew: "subscription-1" });
  const removed = { ...entry({ version: 2 }), removed: true, enabled: false };
  driver.publish(userDirectory, user, removed);
  await settle();
  expect(asked.at(-1)).toEqual({ delete: "subscription-1" });

  const statuses = driver.emitted.filter(({ topic }) => topic === userStatus.name);
  expect(statuses.map(({ value }) => [(value as any).to, (value as any).cause])).toEqual([
    ["notActivated", "added"],
    ["notActivated", "tenantActivated"],
    ["active", "activated"],
    ["active", "renewed"],
    ["disabled", "removed"],
    ["removed", "removed"],
  ]);
  expect(driver.stateOf(user)).toEqual({ kind: "unknown" });
});

test("users who appear after the decision learn it from their own partition's tenant actor", async () => {
  const { asked, ports } = graphWithMemory();
  const { driver, settle } = serviceWith(ports);
  driver.publish(tenantStatus, tenantActor(org, tenantId), decision(1, "active"));
  await settle();
  for (let each = 0; each < 20; each++) driver.publish(userDirectory, userActor(org, `${each}`), entry());
  driver.advanceBy(20 * writeSpacingMs(numbers));
  await settle();
  expect(asked).toHaveLength(20);
});

test("lifecycle notifications and mailbox signals reach the user they are keyed by", async () => {
  const { ports } = graphWithMemory();
  const { driver, settle } = serviceWith(ports);
  driver.publish(tenantStatus, tenantActor(org, tenantId), decision(1, "active"));
  driver.publish(userDirectory, user, entry());
  await settle();
  driver.advanceBy(60_000);
  await settle();
  const missed = {
    subscriptionId: "subscription-1",
    tenantId,
    lifecycleEvent: "missed",
    receivedAt: driver.now,
  } as const;
  driver.publish(subscriptionLifecycle, user, missed);
  expect(driver.emitted.at(-1)).toMatchObject({
    topic: resyncRequests.name,
    key: user,
    value: { reason: "missed" },
  });
  driver.publish(mailboxSignals, user, { location: "onPremises", observedAt: driver.now });
  await settle();
  expect(driver.emitted.at(-1)).toMatchObject({
    value: { from: "active", to: "error", reason: "mailboxMissing" },
  });
});

test("the walk lists users only, of its own organisation, and says whether there are more", async () => {
  const { listActors } = userStateHandlers({
    graph: graphWithMemory().ports,
    clientStateKey,
    notificationUrl: "",
    lifecycleNotificationUrl: "",
    lifetimeMs,
  });
  const listed: unknown[] = [];
  const context: CallContext = {
    callId: "1/0",
    actor: actorIdOf(`acme/t-${tenantId}#2`),
    signal: new AbortController().signal,
    deadlineAt: startAt,
    actors: (...given) => {
      listed.push(given);
      return [user];
    },
  };
  const order = { kind: "listActors", generation: 5, after: "acme/u-0", limit: 1 } as const;
  expect(await listActors(order, context)).toEqual({
    kind: "actorsListed",
    generation: 5,
    after: "acme/u-0",
    users: [user],
    more: true,
  });
  expect(listed).toEqual([["acme/u-", "acme/u-0", 1]]);
});
