import { afterEach, expect, test } from "vitest";
import { createDice } from "../src/dice.ts";
import { FaultPlan } from "../src/http/faults.ts";
import { GraphFault } from "../src/http/graph-fault.ts";
import { Metrics } from "../src/http/metrics.ts";
import { type ThrottledRequest, Throttling } from "../src/http/throttling.ts";
import {
  alphaId,
  betaId,
  clientId,
  noon,
  openWorld,
  otherTenantId,
  TestClock,
  tenantId,
  type World,
} from "./world.ts";

let world: World | null = null;
afterEach(async () => {
  await world?.close();
  world = null;
});

const toMailbox: ThrottledRequest = {
  clientId,
  tenantId,
  userId: alphaId,
  subscriptionCost: null,
  identityCost: null,
  target: "GET /x",
};

const retryAfterOf = (admit: () => unknown): number => {
  try {
    admit();
    return 0;
  } catch (thrown) {
    if (!(thrown instanceof GraphFault) || thrown.status !== 429) throw thrown;
    return Number(thrown.headers["retry-after"]);
  }
};

test("four requests at a time fit into a mailbox, the fifth waits its turn", () => {
  const throttling = new Throttling(new TestClock(), new Metrics());
  const releases = Array.from({ length: 4 }, () => throttling.admit(toMailbox));
  expect(retryAfterOf(() => throttling.admit(toMailbox))).toBe(1);
  expect(retryAfterOf(() => throttling.admit({ ...toMailbox, userId: betaId }))).toBe(0);
  expect(retryAfterOf(() => throttling.admit({ ...toMailbox, clientId: "another app" }))).toBe(0);
  releases[0]!();
  expect(retryAfterOf(() => throttling.admit({ ...toMailbox, target: "GET /y" }))).toBe(0);
});

test("ten thousand requests in ten minutes are a mailbox's limit", () => {
  const clock = new TestClock();
  const throttling = new Throttling(clock, new Metrics());
  for (let count = 0; count < 10_000; count++) throttling.admit(toMailbox)();
  clock.advance(60_000);
  expect(retryAfterOf(() => throttling.admit(toMailbox)())).toBe(540);
  clock.advance(540_000);
  expect(retryAfterOf(() => throttling.admit(toMailbox)())).toBe(0);
});

test.each([
  ["write", 500],
  ["reauthorize", 1_000],
  ["read", 500],
  ["list", 25],
] as const)("subscription requests of kind %s: %i per 20 seconds, app and tenant", (cost, max) => {
  const clock = new TestClock();
  const throttling = new Throttling(clock, new Metrics());
  const ask = (tenant: string) =>
    retryAfterOf(() =>
      throttling.admit({ ...toMailbox, tenantId: tenant, userId: null, subscriptionCost: cost }),
    );
  for (let count = 0; count < max; count++) expect(ask(tenantId)).toBe(0);
  expect(ask(tenantId)).toBe(20);
  expect(ask(otherTenantId)).toBe(0);
  clock.advance(20_000);
  expect(ask(tenantId)).toBe(0);
});

test("a repetition before Retry-After has passed is a violation, a later one is none", () => {
  const clock = new TestClock();
  const metrics = new Metrics();
  const throttling = new Throttling(clock, metrics);
  throttling.throttleTenant(tenantId, { untilMs: noon + 600_000, retryAfterSeconds: 100 });
  const ask = (target: string) => retryAfterOf(() => throttling.admit({ ...toMailbox, target })());
  expect(ask("GET /a")).toBe(100);
  expect(ask("GET /b")).toBe(100);
  expect(metrics.retryAfterViolations).toBe(0);
  clock.advance(99_999);
  expect(ask("GET /a")).toBe(100);
  expect(metrics.retryAfterViolations).toBe(1);
  clock.advance(100_000);
  expect(ask("GET /a")).toBe(100);
  expect(metrics.retryAfterViolations).toBe(1);
  clock.advance(500_000);
  expect(ask("GET /a")).toBe(0);
  expect(ask("GET /b")).toBe(0);
});

test("a throttled tenant answers 429 with Retry-After to everything, other tenants do not", async () => {
  world = await openWorld();
  world.simulator.throttleTenant(tenantId, { untilMs: noon + 60_000, retryAfterSeconds: 30 });
  for (const path of [`/users/${alphaId}/events`, `/users/${alphaId}`, "/subscriptions"]) {
    const answer = await world.graph("GET", path);
    expect([answer.status, answer.headers["retry-after"], answer.body.error.code]).toEqual([
      429,
      "30",
      "TooManyRequests",
    ]);
  }
  expect(world.simulator.metrics.throttled).toBe(3);
  world.clock.advance(60_000);
  expect((await world.graph("GET", `/users/${alphaId}/events`)).status).toBe(200);
  expect(world.simulator.metrics.retryAfterViolations).toBe(0);
  expect(
    world.simulator.metrics.countRequests({
      method: "GET",
      route: "/v1.0/users/:userId/events",
      status: 200,
    }),
  ).toBe(1);
});

const statuses = async (opened: World): Promise<number[]> => {
  const seen: number[] = [];
  for (let count = 0; count < 40; count++)
    seen.push((await opened.graph("GET", `/users/${alphaId}/events`)).status);
  return seen;
};

test("faults come at their rate, and the same seed brings the same ones", async () => {
  const runs: number[][] = [];
  for (const seed of [7, 7, 8]) {
    world = await openWorld({ seed, faults: { errors: { GET: 0.3 } } });
    runs.push(await statuses(world));
    expect(
      (await world.graph("PATCH", `/users/${alphaId}/mailboxSettings`, { timeFormat: "HH:mm" })).status,
    ).toBe(200);
    await world.close();
  }
  world = null;
  const failed = runs[0]!.filter((status) => status !== 200);
  expect(failed.length).toBeGreaterThan(3);
  expect(failed.length).toBeLessThan(25);
  expect(failed.every((status) => [500, 503, 504].includes(status))).toBe(true);
  expect(runs[1]).toEqual(runs[0]);
  expect(runs[2]).not.toEqual(runs[0]);
});

test("an error may hide a write that did happen; the transaction id finds it again", async () => {
  world = await openWorld({ faults: { errors: { POST: 1 }, appliedThoughFailed: 1 } });
  const body = {
    subject: "Planning",
    start: { dateTime: "2026-01-13T10:00:00", timeZone: "UTC" },
    end: { dateTime: "2026-01-13T11:00:00", timeZone: "UTC" },
    transactionId: "once",
  };
  expect((await world.graph("POST", `/users/${alphaId}/events`, body)).status).toBeGreaterThanOrEqual(500);
  world.simulator.setFaults({});
  const again = await world.graph("POST", `/users/${alphaId}/events`, body);
  expect(again.status).toBe(201);
  expect(world.simulator.listEvents(alphaId)).toHaveLength(1);
});

test("a cut connection is no answer at all, and is counted with status 0", async () => {
  world = await openWorld({ faults: { resets: 1 } });
  await expect(world.graph("GET", `/users/${alphaId}/events`)).rejects.toThrow(/socket|closed|other side/i);
  expect(world.simulator.metrics.countRequests({ status: 0 })).toBe(1);
  await world.settle();
  expect(world.simulator.activity().inFlight).toBe(0);
});

test("a request takes the time that was asked for, between both ends and the same for the same seed", () => {
  const latencies = (): number[] => {
    const plan = new FaultPlan(createDice(7), {}, [20, 80]);
    return Array.from({ length: 50 }, () => plan.plan("GET", "someone").latencyMs);
  };
  expect(latencies()).toEqual(latencies());
  expect(Math.min(...latencies())).toBeGreaterThanOrEqual(20);
  expect(Math.max(...latencies())).toBeLessThanOrEqual(80);
  expect(new Set(latencies()).size).toBeGreaterThan(10);
  expect(new FaultPlan(createDice(7), {}).plan("GET", "someone").latencyMs).toBe(0);
});

test.each([
  ["read", 3_500, 10],
  ["write", 3_000, 150],
] as const)(
  "requests of kind %s to the identity service: %i per %i seconds, app and tenant",
  (cost, max, s) => {
    const clock = new TestClock();
    const throttling = new Throttling(clock, new Metrics());
    const ask = (tenant: string) =>
      retryAfterOf(() =>
        throttling.admit({ ...toMailbox, tenantId: tenant, userId: null, identityCost: cost }),
      );
    for (let count = 0; count < max; count++) expect(ask(tenantId)).toBe(0);
    expect(ask(tenantId)).toBe(s);
    expect(ask(otherTenantId)).toBe(0);
    clock.advance(s * 1_000);
    expect(ask(tenantId)).toBe(0);
  },
);
