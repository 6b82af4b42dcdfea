import { hours, minutes, ProviderError, plus, seconds } from "@hybrid/kernel";
import { afterEach, expect, test } from "vitest";
import { subscriptionLifetimeMsMax } from "../src/index.ts";
import { anna, clientState, failureOf, openWorld, passing, patient, tenantId, type World } from "./world.ts";

let world: World;
afterEach(async () => await world.close());

const order = (more: Record<string, string> = {}) => ({
  tenantId,
  userObjectId: anna,
  notificationUrl: world.endpoint.url,
  lifecycleNotificationUrl: world.endpoint.url,
  clientState,
  signal: patient(),
  ...more,
});

test("creating validates both addresses, asks for immutable ids and returns the granted expiry", async () => {
  world = await openWorld();
  const created = await world.graph.subscriptions.create(order());
  const [truth, ...others] = world.simulator.listSubscriptions(anna);
  expect(others).toEqual([]);
  expect(truth).toMatchObject({ id: created.subscriptionId, clientState, immutableIds: true });
  expect(truth!.resource).toBe(`users/${anna}/events`);
  expect(truth!.changeTypes).toEqual(["created", "deleted", "updated"]);
  expect(created.expiresAt).toBe(truth!.expiresAt);
  expect(created.expiresAt).toBe(plus(world.clock.now(), subscriptionLifetimeMsMax));
  expect(world.endpoint.validations).toBe(2);
});

test("a renewal asks for the longest lifetime and returns what Graph granted", async () => {
  world = await openWorld();
  const { subscriptionId } = await world.graph.subscriptions.create(order());
  world.clock.advanceBy(hours(100));
  const long = await world.graph.subscriptions.renew({ tenantId, subscriptionId, signal: patient() });
  expect(long.expiresAt).toBe(plus(world.clock.now(), subscriptionLifetimeMsMax));
  const tooShort = { tenantId, subscriptionId, lifetimeMs: minutes(5), signal: patient() };
  expect((await world.graph.subscriptions.renew(tooShort)).expiresAt).toBe(
    plus(world.clock.now(), minutes(45)),
  );
});

test("creating again, as after a crash, finds and renews the subscription that is there", async () => {
  world = await openWorld();
  const first = await world.graph.subscriptions.create(order());
  world.clock.advanceBy(hours(3));
  const restarted = await world.connect();
  const second = await restarted.subscriptions.create(order());
  expect(second.subscriptionId).toBe(first.subscriptionId);
  expect(second.expiresAt).toBe(plus(first.expiresAt, hours(3)));
  expect(world.simulator.metrics.countRequests({ method: "POST", status: 409 })).toBe(1);
  expect(world.simulator.metrics.countRequests({ method: "GET", route: "/v1.0/subscriptions" })).toBe(0);
});

test("a subscription that is in the way with another clientState is replaced, not adopted", async () => {
  world = await openWorld();
  const old = await world.graph.subscriptions.create(order());
  const created = await world.graph.subscriptions.create(order({ clientState: "v1.acme.u-anna.rotated" }));
  expect(created.subscriptionId).not.toBe(old.subscriptionId);
  expect(world.simulator.listSubscriptions(anna).map((each) => each.clientState)).toEqual([
    "v1.acme.u-anna.rotated",
  ]);
});

test("deleting ends the subscription, and deleting it again is fine", async () => {
  world = await openWorld();
  const { subscriptionId } = await world.graph.subscriptions.create(order());
  const gone = { tenantId, subscriptionId, signal: patient() };
  await world.graph.subscriptions.delete(gone);
  expect(world.simulator.listSubscriptions(anna)).toEqual([]);
  await world.graph.subscriptions.delete(gone);
  const failure = await failureOf(world.graph.subscriptions.renew(gone));
  expect(failure).toBeInstanceOf(ProviderError);
  expect(failure).toMatchObject({ code: "notFound", retryable: false, status: 404 });
});

test("an address that fails its validation is validationTimedOut and may be tried again", async () => {
  world = await openWorld();
  world.endpoint.answering = false;
  const failure = await failureOf(
    passing(world.clock, seconds(3), world.graph.subscriptions.create(order())),
  );
  expect(failure).toMatchObject({ code: "validationTimedOut", retryable: true, status: 400 });
  expect(world.simulator.metrics.countRequests({ method: "POST", status: 400 })).toBe(3);
  world.endpoint.answering = true;
  expect((await world.graph.subscriptions.create(order())).subscriptionId).not.toBe("");
});

test("two processes that create at once end with one subscription", async () => {
  world = await openWorld();
  const other = await world.connect();
  const [a, b] = await Promise.all([
    world.graph.subscriptions.create(order()),
    other.subscriptions.create(order()),
  ]);
  expect(a.subscriptionId).toBe(b.subscriptionId);
  expect(world.simulator.listSubscriptions(anna)).toHaveLength(1);
});

test("subscription writes beyond the tenant's share are refused as throttled without a request", async () => {
  world = await openWorld({
    graph: { limits: { subscriptionWritesTenant: { perSecond: 0.1, burst: 1 } } },
  });
  await world.graph.subscriptions.create(order());
  const failure = await failureOf(world.graph.subscriptions.create(order()));
  expect(failure).toMatchObject({ code: "throttled", retryable: true, retryAfterMs: seconds(10) });
  expect(world.simulator.metrics.countRequests({ method: "POST", route: "/v1.0/subscriptions" })).toBe(1);
});
