import { afterEach, expect, test } from "vitest";
import { createCertificateAuthority } from "../src/index.ts";
import { alphaId, clientId, isoAt, openWorld, tenantId, type World } from "./world.ts";

let world: World;
afterEach(() => world.close());

const day = 86_400_000;

const subscribe = async (extra: Record<string, unknown> = {}, headers: Record<string, string> = {}) => {
  const endpoint = await world.endpoint();
  const answer = await world.graph(
    "POST",
    "/subscriptions",
    {
      changeType: "created,updated,deleted",
      notificationUrl: endpoint.url,
      lifecycleNotificationUrl: endpoint.url,
      resource: `users/${alphaId}/events`,
      expirationDateTime: isoAt(6 * day),
      clientState: "v1.contoso.u-alpha.x",
      ...extra,
    },
    headers,
  );
  return { endpoint, answer };
};

test("a subscription is created after both addresses echoed their validation token", async () => {
  world = await openWorld();
  const { endpoint, answer } = await subscribe();
  expect(answer.status).toBe(201);
  expect(answer.body).toMatchObject({ applicationId: clientId, resource: `users/${alphaId}/events` });
  expect(endpoint.received).toHaveLength(2);
  expect(endpoint.received[0]!.url).toMatch(/validationToken=Validation%3a\+checking\+%2B\+reach/);
  expect(world.simulator.metrics.deliveries.validations).toBe(2);
});

test("a change reaches the subscriber as one to three notifications with id and etag", async () => {
  world = await openWorld();
  const { endpoint, answer } = await subscribe({}, { prefer: 'IdType="ImmutableId"' });
  const event = world.simulator.createEvent(alphaId, {
    subject: "Planning",
    startAt: world.clock.now() + day,
    endAt: world.clock.now() + day + 3_600_000,
  });
  expect(world.simulator.activity().nextDueAt).toBeGreaterThan(world.clock.now());
  world.clock.advance(5_000);
  await world.settle();
  const items = endpoint.items();
  expect(items.length).toBeGreaterThanOrEqual(1);
  expect(items.length).toBeLessThanOrEqual(3);
  expect(items[0]).toMatchObject({
    subscriptionId: answer.body.id,
    tenantId,
    clientState: "v1.contoso.u-alpha.x",
    changeType: "created",
    resourceData: { id: event.immutableId, "@odata.etag": event.etag },
  });
});

test.each([
  ["answers 404", () => ({ status: 404 }), /HTTP status code is 'NotFound'\. .* must respond with 200 OK/],
  [
    "answers another token",
    () => ({ status: 200, text: "something else", type: "text/plain" }),
    /failed\. Response must exactly match validationToken query parameter\.$/,
  ],
  ["answers JSON", () => ({ status: 200, text: "x", type: "application/json" }), /must be text\/plain/],
  ["does not answer", () => null, /^Subscription validation request timed out\.$/],
])(
  "no subscription is created when the endpoint %s, and the answer says so",
  async (_name, answerOf, text) => {
    world = await openWorld({ delivery: { validationDeadlineMs: 200 } });
    const endpoint = await world.endpoint();
    endpoint.answer = answerOf;
    const answer = await world.graph("POST", "/subscriptions", {
      changeType: "updated",
      notificationUrl: endpoint.url,
      resource: `users/${alphaId}/events`,
      expirationDateTime: isoAt(day),
    });
    expect(answer.status).toBe(400);
    expect(answer.body.error).toMatchObject({ code: "InvalidRequest", message: expect.stringMatching(text) });
    expect(world.simulator.listSubscriptions()).toEqual([]);
  },
);

test("an endpoint that cannot be reached, or whose certificate is not trusted, is named with its reason", async () => {
  world = await openWorld({ caPem: (await createCertificateAuthority()).caPem });
  const endpoint = await world.endpoint();
  const message = async (notificationUrl: string): Promise<string> => {
    const answer = await world.graph("POST", "/subscriptions", {
      changeType: "updated",
      notificationUrl,
      resource: `users/${alphaId}/events`,
      expirationDateTime: isoAt(day),
    });
    return answer.body.error.message;
  };
  expect(await message(endpoint.url)).toMatch(/validation request failed\. \(No answer: .*certificate/i);
  await endpoint.close();
  expect(await message(endpoint.url)).toMatch(/No answer: ECONNREFUSED/);
});

test.each([
  ["the resource", { resource: `users/${alphaId}/messages` }],
  ["resource data", { includeResourceData: true }],
  ["an encryption certificate", { encryptionCertificate: "x", encryptionCertificateId: "y" }],
  ["options in the resource", { resource: `users/${alphaId}/events?$select=subject` }],
  ["Event Hubs", { notificationUrl: "EventHub:https://x.servicebus.windows.net/eventhubname/y?tenantId=z" }],
])("%s is not simulated, and that is 501", async (_name, extra) => {
  world = await openWorld();
  const { answer } = await subscribe(extra);
  expect([answer.status, answer.body.error.code]).toEqual([501, "SimulatorNotImplemented"]);
});

test("the same combination again is 409 and names the living subscription", async () => {
  world = await openWorld();
  const { answer } = await subscribe();
  const again = await subscribe({ changeType: "deleted, updated,created" });
  expect(again.answer.status).toBe(409);
  expect(again.answer.body.error.message).toContain(answer.body.id);
  const other = await subscribe({ changeType: "updated" });
  expect(other.answer.status).toBe(201);
});

test.each([
  ["an unknown property", { colour: "blue" }, "RequestBodyRead"],
  ["a client state of 129 characters", { clientState: "x".repeat(129) }, "BadRequest"],
  ["a lifetime of more than seven days", { expirationDateTime: isoAt(7 * day + 120_000) }, "InvalidRequest"],
  ["an expiry in the past", { expirationDateTime: isoAt(-1) }, "InvalidRequest"],
  ["a plain http address", { notificationUrl: "http://localhost/x" }, "BadRequest"],
  ["a resource that does not exist", { resource: "users/x/evnts" }, "InvalidRequest"],
  ["a change type that does not exist", { changeType: "changed" }, "BadRequest"],
])("%s is 400", async (_name, extra, code) => {
  world = await openWorld();
  const { answer } = await subscribe(extra);
  expect([answer.status, answer.body.error.code]).toEqual([400, code]);
});

test("a lifetime below 45 minutes is raised; after it the subscription is gone without a word", async () => {
  world = await openWorld();
  const { endpoint, answer } = await subscribe({ expirationDateTime: isoAt(60_000) });
  expect(Date.parse(answer.body.expirationDateTime)).toBe(world.clock.now() + 45 * 60_000);
  world.clock.advance(45 * 60_000 - 1);
  expect((await world.graph("GET", `/subscriptions/${answer.body.id}`)).status).toBe(200);
  world.clock.advance(1);
  expect((await world.graph("GET", `/subscriptions/${answer.body.id}`)).status).toBe(404);
  await world.settle();
  expect(endpoint.items()).toEqual([]);
});

test("a renewal moves the expiry; the lifecycle address cannot be changed", async () => {
  world = await openWorld();
  const { answer } = await subscribe();
  const path = `/subscriptions/${answer.body.id}`;
  world.clock.advance(3_000_000);
  const renewed = await world.graph("PATCH", path, { expirationDateTime: isoAt(7 * day) });
  expect(renewed.status).toBe(200);
  expect(Date.parse(renewed.body.expirationDateTime)).toBe(Date.parse(isoAt(7 * day)));
  const moved = await world.graph("PATCH", path, { lifecycleNotificationUrl: "https://localhost/x" });
  expect([moved.status, moved.body.error.code]).toEqual([400, "RequestBodyRead"]);
  expect((await world.graph("POST", `${path}/reauthorize`)).status).toBe(204);
  expect((await world.graph("DELETE", path)).status).toBe(204);
  expect((await world.graph("PATCH", path, { expirationDateTime: isoAt(day) })).status).toBe(404);
});

test("the list holds the application's own subscriptions, page by page", async () => {
  world = await openWorld();
  const endpoint = await world.endpoint();
  for (let user = 0; user < 101; user++) {
    const userId = `66666666-6666-4666-8666-${String(user).padStart(12, "0")}`;
    const mail = `user${user}@contoso.example`;
    world.simulator.addMailbox({ tenantId, userId, userPrincipalName: mail, mail, displayName: mail });
    const created = await world.graph("POST", "/subscriptions", {
      changeType: "updated",
      notificationUrl: endpoint.url,
      resource: `users/${userId}/events`,
      expirationDateTime: isoAt(day),
    });
    expect(created.status).toBe(201);
  }
  const first = await world.graph("GET", "/subscriptions");
  const second = await world.graph("GET", first.body["@odata.nextLink"]);
  expect([first.body.value.length, second.body.value.length]).toEqual([100, 1]);
  expect(second.body["@odata.nextLink"]).toBeUndefined();
});

test.each([
  ["onPremises", 404, ["MailboxNotEnabledForRESTAPI", "ResourceNotFound"]],
  ["unlicensed", 404, ["MailboxNotEnabledForRESTAPI", "ResourceNotFound"]],
  ["softDeleted", 404, ["MailboxNotEnabledForRESTAPI", "ResourceNotFound"]],
  ["outOfScope", 403, ["ExtensionError"]],
  ["moving", 503, ["MailboxInfoStale"]],
] as const)("a mailbox that is %s cannot be subscribed to", async (state, status, codes) => {
  world = await openWorld();
  world.simulator.setMailboxState(alphaId, state);
  const { answer } = await subscribe();
  expect(answer.status).toBe(status);
  expect(codes).toContain(answer.body.error.code);
  world.simulator.setMailboxState(alphaId, "normal");
  expect((await subscribe()).answer.status).toBe(201);
});
