import { ConfigError, type ProviderError, seconds } from "@hybrid/kernel";
import { afterEach, expect, test } from "vitest";
import { createMicrosoftGraph } from "../src/index.ts";
import { openScripted, type Scripted, type ScriptedServer } from "./scripted-server.ts";
import { anna, bert, clientId, failureOf, keys, patient, tenantId } from "./world.ts";

let server: ScriptedServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const settings: Scripted = { status: 200, body: { timeZone: "UTC" } };
const refusal = (status: number, code: string): Scripted => ({
  status,
  headers: { "retry-after": "60" },
  body: { error: { code, message: "", innerError: { "request-id": "r-1" } } },
});
const user = (userObjectId = anna) => ({ tenantId, userObjectId, signal: patient() });
const order = (userObjectId = anna) => {
  const url = "https://hooks.example/graph";
  return { ...user(userObjectId), notificationUrl: url, lifecycleNotificationUrl: url, clientState: "v1.a" };
};
const granted: Scripted = {
  status: 201,
  body: { id: "s-1", expirationDateTime: "2026-01-12T07:45:00Z" },
};
const isOpen = async (work: Promise<unknown>): Promise<boolean> =>
  await work.then(() => true).catch((error: ProviderError) => error.code !== "throttled");
/** Resolves as soon as somebody waits on the virtual clock. */
const somebodyWaits = async ({ clock }: ScriptedServer): Promise<void> => {
  while (clock.nextDueAt() === null) await new Promise((resolve) => setImmediate(resolve));
};

test("a call that ends while it waits for our limiter, with nothing sent, is throttled", async () => {
  server = await openScripted(() => settings, { limits: { global: { perSecond: 1, burst: 1 } } });
  await server.graph.mailboxes.probe(user());
  const deadline = new AbortController();
  const failure = failureOf(server.graph.mailboxes.probe({ ...user(), signal: deadline.signal }));
  await somebodyWaits(server);
  deadline.abort();
  const { code, retryable, retryAfterMs } = await failure;
  expect({ code, retryable }).toEqual({ code: "throttled", retryable: true });
  expect(retryAfterMs).toBeGreaterThanOrEqual(seconds(1));
  expect(retryAfterMs).toBeLessThanOrEqual(seconds(2));
  expect(server.arrived).toHaveLength(1);
});

test("a call that ends at our limiter after an attempt of it failed is deadlineExceeded", async () => {
  const limits = { global: { perSecond: 1, burst: 1 }, backoffBaseMs: 1, backoffMaxMs: 1 };
  server = await openScripted(() => ({ status: 503 }), { limits });
  const deadline = new AbortController();
  const failure = failureOf(server.graph.mailboxes.probe({ ...user(), signal: deadline.signal }));
  await somebodyWaits(server);
  server.clock.advanceBy(1);
  await somebodyWaits(server);
  deadline.abort();
  expect(await failure).toMatchObject({ code: "deadlineExceeded", retryable: true });
  expect(server.arrived).toHaveLength(1);
});

test("a call whose mailbox stays busy gives up as throttled after the quick budget", async () => {
  let answer: (scripted: Scripted) => void = () => undefined;
  const slow = new Promise<Scripted>((resolve) => {
    answer = resolve;
  });
  server = await openScripted(() => slow, { limits: { quickBudgetMs: seconds(2) } });
  const { graph, clock, arrived } = server;
  const first = graph.mailboxes.probe(user());
  while (arrived.length === 0) await new Promise((resolve) => setImmediate(resolve));
  const second = failureOf(graph.mailboxes.probe(user()));
  await somebodyWaits(server);
  expect(clock.nextDueAt()).toBe(clock.now() + seconds(2));
  clock.advanceBy(seconds(2));
  const failure = await second;
  expect(failure).toMatchObject({ code: "throttled", retryable: true });
  expect(failure.message).toContain("held the mailbox");
  expect(failure.retryAfterMs).toBeLessThanOrEqual(seconds(2));
  answer(settings);
  expect(await first).toEqual({ userPurpose: null });
  expect(arrived).toHaveLength(1);
});

test.each<[number, boolean]>([
  [1, false],
  [4, true],
])("with mailboxConcurrencyMax %d a second call enters the mailbox at once: %s", async (width, enters) => {
  const limits = { mailboxConcurrencyMax: width, backoffBaseMs: 1_000 };
  server = await openScripted((_, index) => (index === 0 ? { status: 503 } : settings), { limits });
  const first = server.graph.mailboxes.probe(user());
  await somebodyWaits(server);
  const second = server.graph.mailboxes.probe(user());
  if (enters) await second;
  else await new Promise((resolve) => setImmediate(resolve));
  expect(server.arrived).toHaveLength(enters ? 2 : 1);
  server.clock.advanceBy(seconds(1));
  expect(await Promise.all([first, second])).toHaveLength(2);
});

test.each([0, 5, 1.5])("mailboxConcurrencyMax %d is refused", async (mailboxConcurrencyMax) => {
  const { certificate } = await keys();
  const create = () =>
    createMicrosoftGraph({
      cloud: "worldwide",
      clientId,
      certificate: { thumbprintSha256: certificate.thumbprintSha256, privateKeyPem: certificate.keyPem },
      scheduler: { now: () => 0 as never, at: () => () => undefined },
      random: () => 0,
      limits: { mailboxConcurrencyMax },
    });
  expect(create).toThrow(ConfigError);
  expect(create).toThrow(/mailboxConcurrencyMax must be 1, 2, 3 or 4/);
});

test("a mailbox that is moving closes itself, not its tenant", async () => {
  server = await openScripted((_, index) => (index === 0 ? refusal(503, "MailboxInfoStale") : settings));
  const { mailboxes } = server.graph;
  expect(await failureOf(mailboxes.probe(user()))).toMatchObject({
    code: "unavailable",
    retryAfterMs: seconds(60),
  });
  expect(await isOpen(mailboxes.probe(user()))).toBe(false);
  expect(await isOpen(mailboxes.probe(user(bert)))).toBe(true);
  server.clock.advanceBy(seconds(60));
  expect(await isOpen(mailboxes.probe(user()))).toBe(true);
});

test.each([
  [429, "ApplicationThrottled"],
  [429, "MailboxConcurrency"],
  [503, "MailboxInfoStale"],
])("%d %s of a new subscription closes its mailbox, not its tenant", async (status, code) => {
  server = await openScripted(({ method }, index) => {
    if (index === 0) return refusal(status, code);
    return method === "POST" ? granted : settings;
  });
  const { subscriptions, mailboxes } = server.graph;
  expect(await failureOf(subscriptions.create(order()))).toMatchObject({ retryAfterMs: seconds(60) });
  expect(await isOpen(subscriptions.create(order()))).toBe(false);
  expect(await isOpen(mailboxes.probe(user()))).toBe(false);
  expect(await isOpen(subscriptions.create(order(bert)))).toBe(true);
  expect(await isOpen(mailboxes.probe(user(bert)))).toBe(true);
});

test("a renewal closes the mailbox that it names, and without one its own subscription only", async () => {
  server = await openScripted((_, index) =>
    index === 0 || index === 2 ? refusal(429, "ApplicationThrottled") : { ...granted, status: 200 },
  );
  const { subscriptions, mailboxes } = server.graph;
  const renew = (subscriptionId: string, more: { userObjectId?: string } = {}) =>
    subscriptions.renew({ tenantId, subscriptionId, ...more, signal: patient() });
  await failureOf(renew("s-1"));
  expect([await isOpen(renew("s-1")), await isOpen(renew("s-2"))]).toEqual([false, true]);
  await failureOf(renew("s-3", { userObjectId: anna }));
  expect([await isOpen(mailboxes.probe(user())), await isOpen(mailboxes.probe(user(bert)))]).toEqual([
    false,
    true,
  ]);
});

test("a list of subscriptions that is throttled closes the tenant for every caller", async () => {
  server = await openScripted(({ method }) =>
    method === "POST"
      ? { status: 409, body: { error: { code: "Conflict" } } }
      : refusal(429, "TooManyRequests"),
  );
  await failureOf(server.graph.subscriptions.create(order()));
  expect(await isOpen(server.graph.mailboxes.probe(user(bert)))).toBe(false);
});
