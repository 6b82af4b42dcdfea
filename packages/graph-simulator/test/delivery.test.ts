import { afterEach, expect, test } from "vitest";
import type { GraphSimulatorOptions } from "../src/index.ts";
import {
  alphaId,
  answerValidation,
  betaId,
  clientId,
  type Endpoint,
  isoAt,
  openWorld,
  otherTenantId,
  type World,
} from "./world.ts";

let world: World;
afterEach(() => world.close());

const hour = 3_600_000;

const open = async (options: Partial<GraphSimulatorOptions> = {}): Promise<Endpoint> => {
  world = await openWorld({ delivery: { duplicateWeights: [1] }, ...options });
  const endpoint = await world.endpoint();
  await subscribe(endpoint, alphaId);
  return endpoint;
};

const subscribe = async (endpoint: Endpoint, userId: string): Promise<string> => {
  const answer = await world.graph("POST", "/subscriptions", {
    changeType: "created,updated,deleted",
    notificationUrl: endpoint.url,
    lifecycleNotificationUrl: endpoint.url,
    resource: `/users/${userId}/events`,
    expirationDateTime: isoAt(24 * hour),
    clientState: `state of ${userId}`,
  });
  expect(answer.status).toBe(201);
  return answer.body.id;
};

const meet = (userId: string, subject = "Planning") =>
  world.simulator.createEvent(userId, {
    subject,
    startAt: world.clock.now() + hour,
    endAt: world.clock.now() + 2 * hour,
  });

const deliver = async (): Promise<void> => {
  world.clock.advance(3_100);
  await world.settle();
};

test("changes of several mailboxes that fall due together leave in one POST", async () => {
  const endpoint = await open({ delivery: { duplicateWeights: [1], delayMs: [500, 500] } });
  await subscribe(endpoint, betaId);
  const validations = endpoint.received.length;
  meet(alphaId);
  meet(betaId);
  await deliver();
  expect(endpoint.received.length - validations).toBe(1);
  expect(endpoint.items().map((item) => item["clientState"])).toEqual([
    `state of ${alphaId}`,
    `state of ${betaId}`,
  ]);
});

test("one edit yields one to three notifications in the varying spellings of the examples", async () => {
  const endpoint = await open({ delivery: { duplicateWeights: [1, 1, 1] } });
  for (let edit = 0; edit < 60; edit++) meet(alphaId, `meeting ${edit}`);
  await deliver();
  const perEvent = Map.groupBy(endpoint.items(), (item) => item["resourceData"].id as string);
  expect(perEvent.size).toBe(60);
  expect(new Set([...perEvent.values()].map((items) => items.length))).toEqual(new Set([1, 2, 3]));
  const forms = endpoint.items().map((item) => String(item["resource"]));
  expect(forms.some((form) => form.startsWith("Users/"))).toBe(true);
  expect(forms.some((form) => form.startsWith("users/") && form.includes("@"))).toBe(true);
  expect(forms.some((form) => form.startsWith("Users('"))).toBe(true);
  const types = new Set(endpoint.items().map((item) => item["resourceData"]["@odata.type"] as string));
  expect(types).toEqual(new Set(["#Microsoft.Graph.Event", "#microsoft.graph.event"]));
  const expiries = endpoint.items().map((item) => String(item["subscriptionExpirationDateTime"]));
  expect(expiries.every((expiry) => /\.\d{7}(Z|\+05:30)$/.test(expiry))).toBe(true);
  expect(new Set(expiries.map((expiry) => Date.parse(expiry)))).toEqual(
    new Set([Date.parse(isoAt(24 * hour))]),
  );
});

test("a refused POST is repeated with growing pauses until it is taken", async () => {
  const endpoint = await open();
  endpoint.answer = () => ({ status: 503 });
  meet(alphaId);
  await deliver();
  expect(world.simulator.metrics.deliveries).toMatchObject({ ok: 0, failed: 1 });
  const dueAt = world.simulator.activity().nextDueAt!;
  expect(dueAt - world.clock.now()).toBeGreaterThan(5_000);
  world.clock.advance(15_000);
  await world.settle();
  expect(world.simulator.metrics.deliveries).toMatchObject({ ok: 0, failed: 2, retried: 1 });
  endpoint.answer = answerValidation;
  world.clock.advance(30_000);
  await world.settle();
  expect(world.simulator.metrics.deliveries).toMatchObject({ ok: 1, retried: 2, lost: 0, notifications: 1 });
});

test("after four hours without success a notification is lost", async () => {
  const endpoint = await open();
  endpoint.answer = () => ({ status: 500 });
  const startedAt = world.clock.now();
  meet(alphaId);
  while (world.simulator.metrics.deliveries.lost === 0) {
    world.clock.advance(60_000);
    await world.settle();
    expect(world.clock.now() - startedAt).toBeLessThan(5 * hour);
  }
  expect(world.clock.now() - startedAt).toBeGreaterThan(3 * hour);
  expect(world.simulator.metrics.deliveries).toMatchObject({ ok: 0, lost: 1 });
  expect(world.simulator.metrics.deliveries.failed).toBeGreaterThan(8);
});

test("an endpoint that does not answer in time has failed", async () => {
  const endpoint = await open({ delivery: { duplicateWeights: [1], deadlinesMs: [50, 50] } });
  endpoint.answer = () => null;
  meet(alphaId);
  await deliver();
  expect(world.simulator.metrics.deliveries).toMatchObject({ ok: 0, failed: 1 });
});

test("lifecycle notifications carry the event and no change", async () => {
  const endpoint = await open();
  expect(world.simulator.sendLifecycle({ userId: alphaId }, "missed")).toBe(1);
  await deliver();
  const [item] = endpoint.items();
  expect(item).toMatchObject({ lifecycleEvent: "missed", clientState: `state of ${alphaId}` });
  expect(item).not.toHaveProperty("changeType");
  expect(item).not.toHaveProperty("resource");
});

test("a subscription that Graph drops is gone, with a word or without", async () => {
  const endpoint = await open();
  expect(world.simulator.removeSubscription(alphaId, "withNotification")).toBe(1);
  await deliver();
  expect(endpoint.items().map((item) => item["lifecycleEvent"])).toEqual(["subscriptionRemoved"]);
  expect(world.simulator.listSubscriptions(alphaId)).toEqual([]);
  await subscribe(endpoint, alphaId);
  world.simulator.removeSubscription(alphaId, "silently");
  meet(alphaId);
  await deliver();
  expect(endpoint.items()).toHaveLength(1);
});

test("reauthorizationRequired comes as often as asked for", async () => {
  const endpoint = await open({ delivery: { reauthorizationEveryMs: hour } });
  for (let hours = 0; hours < 3; hours++) {
    world.clock.advance(hour);
    await world.settle();
  }
  await deliver();
  expect(endpoint.items().map((item) => item["lifecycleEvent"])).toEqual(
    Array(3).fill("reauthorizationRequired"),
  );
});

test("notifications of two tenants share a POST", async () => {
  const endpoint = await open({ delivery: { duplicateWeights: [1], delayMs: [500, 500] } });
  const userId = "77777777-7777-4777-8777-777777777777";
  const mail = "gamma@fabrikam.example";
  world.simulator.addTenant({ tenantId: otherTenantId, displayName: "Fabrikam", consentedApps: [clientId] });
  world.simulator.addMailbox({
    tenantId: otherTenantId,
    userId,
    userPrincipalName: mail,
    mail,
    displayName: "Gamma",
  });
  const { access_token: accessToken } = (await world.token({ tenant: otherTenantId })).body;
  const answer = await world.graph(
    "POST",
    "/subscriptions",
    {
      changeType: "created",
      notificationUrl: endpoint.url,
      resource: `users/${userId}/events`,
      expirationDateTime: isoAt(hour),
    },
    { authorization: `Bearer ${accessToken}` },
  );
  expect(answer.status).toBe(201);
  meet(alphaId);
  meet(userId);
  await deliver();
  expect(new Set(endpoint.items().map((item) => item["tenantId"]))).toHaveProperty("size", 2);
  expect(world.simulator.metrics.deliveries.ok).toBe(1);
});

test("lost notifications are lost on purpose and counted", async () => {
  const endpoint = await open({ faults: { lostNotifications: 1 } });
  meet(alphaId);
  await deliver();
  expect(endpoint.items()).toEqual([]);
  expect(world.simulator.metrics.deliveries.lost).toBe(1);
});
