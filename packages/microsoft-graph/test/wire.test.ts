import { hours, minutes, seconds } from "@hybrid/kernel";
import { afterEach, expect, test } from "vitest";
import { openScripted, type Scripted, type ScriptedServer } from "./scripted-server.ts";
import { anna, bert, clientId, failureOf, otherTenantId, passing, patient, tenantId } from "./world.ts";

let server: ScriptedServer;
afterEach(async () => await server.close());

const user = (userObjectId = anna) => ({ tenantId, userObjectId, signal: patient() });
const error = (
  status: number,
  code: string,
  message = "",
  headers: Record<string, string> = {},
): Scripted => ({
  status,
  headers,
  body: { error: { code, message, innerError: { "request-id": "r-1" } } },
});
const settings: Scripted = { status: 200, body: { timeZone: "UTC" } };
const probe = (userObjectId = anna) => server.graph.mailboxes.probe(user(userObjectId));
const subscription = (more: object = {}): Scripted => ({
  status: 200,
  body: { id: "s-1", expirationDateTime: "2026-01-12T07:45:00.1234567Z", ...more },
});
const create = () => {
  const url = "https://hooks.example/graph";
  const order = { ...user(), notificationUrl: url, lifecycleNotificationUrl: url, clientState: "v1.a.u-1.x" };
  return server.graph.subscriptions.create(order);
};

test("every request carries token, an id of its own, preferences and an encoded path", async () => {
  server = await openScripted(() => ({ status: 200, body: { id: "x", "@odata.etag": 'W/"1"' } }));
  const eventId = "AAMk/+= x";
  await server.graph.events.get({ ...user(), eventId, expandProperty: "String {g} Name O'Neal" });
  await server.graph.events.get({ ...user(), eventId });
  const [first, second] = server.arrived;
  const [path, query] = first!.path.split("?");
  expect(path).toBe(`/v1.0/users/${anna}/events/AAMk%2F%2B%3D%20x`);
  const filter = "singleValueExtendedProperties($filter=id eq 'String {g} Name O''Neal')";
  expect(decodeURIComponent(query!)).toBe(`$expand=${filter}`);
  expect(first!.headers).toMatchObject({
    authorization: "Bearer token-1",
    prefer: 'IdType="ImmutableId", outlook.body-content-type="html"',
    sdkversion: expect.stringMatching(/^graph-js\/3\.0\.7/),
  });
  expect(first!.headers["client-request-id"]).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-/,
  );
  expect(second!.headers["client-request-id"]).not.toBe(first!.headers["client-request-id"]);
});

test("the token is asked for with a certificate assertion in the tenant's own authority", async () => {
  server = await openScripted(() => settings);
  await probe();
  const form = server.tokenRequests[0]!;
  expect(Object.fromEntries(form)).toMatchObject({
    grant_type: "client_credentials",
    client_id: clientId,
    scope: `${server.url}/.default`,
  });
  const [header, claims] = form.get("client_assertion")!.split(".");
  const decoded = (part: string) => JSON.parse(Buffer.from(part, "base64url").toString());
  expect(decoded(header!)).toMatchObject({ alg: "PS256", "x5t#S256": expect.any(String) });
  expect(decoded(claims!)).toMatchObject({
    iss: clientId,
    aud: `${server.url}/${tenantId}/oauth2/v2.0/token`,
  });
});

test("a 401 is answered with one new token, for which the challenge's claims are asked", async () => {
  const claims = '{"access_token":{"nbf":{"essential":true,"value":"1"}}}';
  const challenge = `Bearer error="insufficient_claims", claims="${Buffer.from(claims).toString("base64")}"`;
  const refusal = error(401, "InvalidAuthenticationToken", "", { "www-authenticate": challenge });
  server = await openScripted((_, index) => (index === 0 ? refusal : settings));
  await probe();
  expect(server.arrived.map((each) => each.headers["authorization"])).toEqual([
    "Bearer token-1",
    "Bearer token-2",
  ]);
  expect(JSON.parse(server.tokenRequests[1]!.get("claims")!)).toMatchObject(JSON.parse(claims));
});

test("a 401 that a new token does not cure is unauthorized, after two requests", async () => {
  server = await openScripted(() => error(401, "InvalidAuthenticationToken"));
  expect(await failureOf(probe())).toMatchObject({ code: "unauthorized", retryable: true, status: 401 });
  expect(server.arrived).toHaveLength(2);
});

test("a 429 without Retry-After closes the scope for a time of our own", async () => {
  server = await openScripted((_, index) =>
    index === 0 ? error(429, "ErrorTooManyObjectsOpened") : settings,
  );
  const { retryAfterMs, code } = await failureOf(probe());
  expect(code).toBe("throttled");
  expect(retryAfterMs).toBeGreaterThanOrEqual(seconds(10));
  expect(retryAfterMs).toBeLessThanOrEqual(seconds(20));
  server.clock.advanceBy(retryAfterMs - 1);
  expect(await failureOf(probe())).toMatchObject({ code: "throttled", retryAfterMs: 1 });
  expect(await probe(bert)).toEqual({ userPurpose: null });
  server.clock.advanceBy(1);
  expect(await probe()).toEqual({ userPurpose: null });
  expect(server.arrived).toHaveLength(3);
});

test.each<[string, Scripted, readonly [boolean, boolean, boolean]]>([
  ["a mailbox code", error(429, "ApplicationThrottled", "", { "retry-after": "60" }), [false, true, true]],
  ["a general code", error(429, "TooManyRequests", "", { "retry-after": "60" }), [false, false, true]],
  [
    "an application-wide scope",
    error(429, "TooManyRequests", "", { "retry-after": "60", "x-ms-throttle-scope": "Application/Read/a" }),
    [false, false, false],
  ],
])("a 429 with %s closes as much as it is about", async (_, refusal, [annaOpen, bertOpen, otherOpen]) => {
  server = await openScripted((_request, index) => (index === 0 ? refusal : settings));
  expect(await failureOf(probe())).toMatchObject({ code: "throttled", retryAfterMs: seconds(60) });
  const isOpen = async (work: Promise<unknown>) => await work.then(() => true).catch(() => false);
  expect(await isOpen(probe())).toBe(annaOpen);
  expect(await isOpen(probe(bert))).toBe(bertOpen);
  const elsewhere = { ...user(), tenantId: otherTenantId };
  expect(await isOpen(server.graph.mailboxes.probe(elsewhere))).toBe(otherOpen);
});

test("after a 503 the next attempt comes over a connection of its own, which nobody uses again", async () => {
  server = await openScripted((_, index) => (index === 1 ? error(503, "x") : settings));
  await probe();
  await passing(server.clock, seconds(3), probe());
  await probe();
  const [first, second, third, fourth] = server.arrived.map((each) => each.connection);
  expect([first, second]).not.toContain(third);
  expect(fourth).not.toBe(third);
});

test("a Retry-After of a 503 that does not fit into the call ends it, and is kept until then", async () => {
  server = await openScripted((_, index) =>
    index === 0 ? error(503, "x", "", { "retry-after": "300" }) : settings,
  );
  expect(await failureOf(probe())).toMatchObject({
    code: "unavailable",
    retryAfterMs: seconds(300),
    status: 503,
  });
  server.clock.advanceBy(seconds(299));
  expect(await failureOf(probe())).toMatchObject({ code: "throttled", retryAfterMs: seconds(1) });
  expect(server.arrived).toHaveLength(1);
});

test("a connection that is cut half-way counts as no answer and is tried again", async () => {
  server = await openScripted((_, index) => (index === 0 ? "cut" : settings));
  expect(await passing(server.clock, seconds(3), probe())).toEqual({ userPurpose: null });
  expect(server.reports.map((report) => report.code)).toEqual(["ok", "unavailable", "ok"]);
});

test("a subscription whose answer was lost is found by the 409 of the next attempt", async () => {
  const exists = error(
    409,
    "ExtensionError",
    "Subscription Id s-000001 already exists for the requested combination",
  );
  server = await openScripted((request, index) => {
    if (request.method === "PATCH") return subscription({ id: "s-000001" });
    return index === 0 ? "cut" : exists;
  });
  expect((await passing(server.clock, seconds(3), create())).subscriptionId).toBe("s-000001");
  expect(server.arrived.map((each) => `${each.method} ${each.path}`)).toEqual([
    "POST /v1.0/subscriptions",
    "POST /v1.0/subscriptions",
    "PATCH /v1.0/subscriptions/s-000001",
  ]);
});

test("a 409 that names no subscription is resolved by the list, page by page", async () => {
  const other = { id: "s-a", resource: "users/other/events", expirationDateTime: "2026-01-12T00:00:00Z" };
  const wanted = { ...other, id: "s-b", resource: `/USERS/${anna.toUpperCase()}/events` };
  server = await openScripted((request) => {
    if (request.method === "POST") return error(409, "Conflict", "It exists.");
    if (request.method === "PATCH") return subscription({ id: "s-b" });
    const next = { "@odata.nextLink": `${server.url}/v1.0/subscriptions?$skiptoken=p%202` };
    return request.path.includes("skiptoken=p%202")
      ? { status: 200, body: { value: [wanted] } }
      : { status: 200, body: { value: [other], ...next } };
  });
  expect((await passing(server.clock, seconds(3), create())).subscriptionId).toBe("s-b");
  expect(server.arrived.map((each) => each.method)).toEqual(["POST", "GET", "GET", "PATCH"]);
});

test("a 409 without any subscription of ours stays a conflict", async () => {
  server = await openScripted((request) =>
    request.method === "POST" ? error(409, "Conflict") : { status: 200, body: { value: [] } },
  );
  expect(await failureOf(create())).toMatchObject({ code: "conflict", retryable: false });
});

test("the granted expiry counts, whatever its precision and offset", async () => {
  server = await openScripted(() =>
    subscription({ expirationDateTime: "2026-01-12T13:15:00.1234567+05:30" }),
  );
  const renewed = await server.graph.subscriptions.renew({
    tenantId,
    subscriptionId: "s",
    signal: patient(),
  });
  expect(new Date(renewed.expiresAt).toISOString()).toBe("2026-01-12T07:45:00.123Z");
  const wanted = Date.parse(server.arrived[0]!.body.expirationDateTime);
  expect(wanted - server.clock.now()).toBe(minutes(10_065));
  expect(minutes(10_065)).toBeLessThan(hours(168));
});

test.each<[string, unknown, RegExp]>([
  ["an event without etag", { id: "x" }, /no @odata\.etag/],
  [
    "an event with a number for a subject",
    { id: "x", "@odata.etag": "e", subject: 5 },
    /in subject \(invalid_type\)/,
  ],
  ["a list", [], /in body \(invalid_type\)/],
])("%s is unexpected and names what does not fit", async (_, body, message) => {
  server = await openScripted(() => ({ status: 200, body }));
  const failure = await failureOf(server.graph.events.get({ ...user(), eventId: "x" }));
  expect(failure).toMatchObject({ code: "unexpected", retryable: false });
  expect(failure.message).toMatch(message);
});

test("a redirect is not followed, so the token goes nowhere else; it is no answer of Graph's", async () => {
  const redirect = { status: 302, headers: { location: "https://localhost/v1.0/elsewhere" } };
  server = await openScripted(() => redirect, { limits: { quickAttemptsMax: 1 } });
  expect(await failureOf(probe())).toMatchObject({ code: "unavailable", retryable: true, status: 302 });
  expect(server.arrived).toHaveLength(1);
});

test("a call ends at its deadline while the answer is still awaited", async () => {
  server = await openScripted(() => settings);
  await probe();
  await server.close();
  const deadline = new AbortController();
  server = await openScripted(() => {
    deadline.abort(new DOMException("late", "TimeoutError"));
    return settings;
  });
  const failure = await failureOf(server.graph.mailboxes.probe({ ...user(), signal: deadline.signal }));
  expect(failure).toMatchObject({ code: "deadlineExceeded", retryable: true });
});

/**
 * Goal: neither msal's own throttling cache (one minute of real time after a 5xx) nor a retry of ours gets in
 * the way of what Entra says.
 * Method: 503, then success within one call; later 429 with Retry-After, nothing before it has passed.
 */
test("the token endpoint's failures are retried at once, its Retry-After is kept exactly", async () => {
  const answers: (Scripted | null)[] = [
    { status: 503, body: "<html>" },
    null,
    { status: 429, headers: { "retry-after": "90" } },
  ];
  server = await openScripted(() => settings, { token: (index) => answers[index] ?? null });
  expect(await passing(server.clock, seconds(3), probe())).toEqual({ userPurpose: null });
  // The token that is there serves to its end: after that a call asks for the next one.
  server.clock.advanceBy(hours(2));
  expect(await failureOf(probe())).toMatchObject({
    code: "throttled",
    retryAfterMs: seconds(90),
    status: 429,
  });
  server.clock.advanceBy(seconds(90) - 1);
  expect(await failureOf(probe())).toMatchObject({ code: "throttled", retryAfterMs: 1, status: undefined });
  expect(server.tokenRequests).toHaveLength(3);
  server.clock.advanceBy(1);
  await probe();
  expect(server.tokenRequests).toHaveLength(4);
});
