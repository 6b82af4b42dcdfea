import { afterEach, expect, test } from "vitest";
import { openScripted, type Scripted, type ScriptedServer } from "./scripted-server.ts";
import { anna, failureOf, otherTenantId, passing, patient, tenantId } from "./world.ts";

let server: ScriptedServer;
afterEach(async () => await server.close());

const renewal = () =>
  server.graph.subscriptions.renew({ tenantId, subscriptionId: "s-1", signal: patient() });
const good = { status: 200, body: { id: "s-1", expirationDateTime: "2026-01-12T07:45:00Z" } };

/**
 * Goal: what something on the way makes of one answer is no verdict about the subscription.
 * Method: the first answer to a renewal is odd, the second one is good.
 */
test.each<[string, Scripted]>([
  ["400 without a body", { status: 400, body: "" }],
  ["400 UnknownError", { status: 400, body: { error: { code: "UnknownError", message: "" } } }],
  ["200 and half a document", { status: 200, body: '{"id":"s-1","expirationDateTime":"2026-0' }],
  ["200 and two documents", { status: 200, body: `${JSON.stringify(good.body)}{"error":{}}` }],
  ["200 and a sign-in page", { status: 200, body: "<html>Please sign in</html>" }],
  ["200 and an error", { status: 200, body: { error: { code: "generalException" } } }],
  ["403 and a firewall's page", { status: 403, body: "<html>Blocked</html>" }],
  ["404 and a gateway's page", { status: 404, body: "<html>No route</html>" }],
  ["302 to a sign-in page", { status: 302, headers: { location: "https://wifi.example/" }, body: "" }],
  ["407 of a proxy", { status: 407, body: "" }],
  ["a connection that is cut", "cut"],
])("%s is tried again at once, and no word about the subscription", async (_, odd) => {
  server = await openScripted((__, index) => (index === 0 ? odd : good));
  const renewed = await passing(server.clock, 5_000, renewal());
  expect(renewed.expiresAt).toBe(Date.parse(good.body.expirationDateTime));
  expect(server.arrived).toHaveLength(2);
  await server.close();
  server = await openScripted(() => odd, { limits: { quickAttemptsMax: 1 } });
  expect(await failureOf(renewal())).toMatchObject({ code: "unavailable", retryable: true });
});

test("odd answers about one subscription never open the breaker for its tenant", async () => {
  const limits = { quickAttemptsMax: 1 };
  server = await openScripted((_, index) => (index < 30 ? { status: 400, body: "" } : good), { limits });
  for (let asked = 0; asked < 30; asked++)
    expect(await failureOf(passing(server.clock, 5_000, renewal()))).toMatchObject({ code: "unavailable" });
  expect(await passing(server.clock, 5_000, renewal())).toBeDefined();
});

test("one mailbox's stale information never opens the breaker for its tenant, however it is wrapped", async () => {
  const stale = ["MailboxInfoStale", "ErrorInternalServerError"].map((code) => ({
    status: 503,
    body: { error: { code, message: "Target resource 'x' is hosted on database 'y' on backend 'Unknown'." } },
  }));
  const limits = { quickAttemptsMax: 1 };
  server = await openScripted((_, index) => (index < 40 ? stale[index % 2]! : { status: 200, body: {} }), {
    limits,
  });
  const probe = () => server.graph.mailboxes.probe({ tenantId, userObjectId: anna, signal: patient() });
  for (let asked = 0; asked < 40; asked++)
    expect(await failureOf(probe())).toMatchObject({ code: "unavailable", status: 503 });
  expect(await probe()).toEqual({ userPurpose: null });
});

/**
 * Goal: an administrator who removes the application from one tenant stops that tenant alone.
 * Method: the token endpoint refuses one tenant as Entra does then; the other tenant goes on.
 */
test("AADSTS7000229 at the token endpoint is revoked consent of that one tenant", async () => {
  const removed = {
    status: 401,
    body: {
      error: "invalid_client",
      error_description: `AADSTS7000229: The client application is missing service principal in ${tenantId}.`,
      error_codes: [7000229],
    },
  };
  server = await openScripted(() => ({ status: 200, body: {} }), {
    token: (index) => (index === 0 ? removed : null),
  });
  const probe = (tenant: string) =>
    server.graph.mailboxes.probe({ tenantId: tenant, userObjectId: anna, signal: patient() });
  const failure = await failureOf(probe(tenantId));
  expect(failure).toMatchObject({ code: "consentRevoked", retryable: false, status: 401 });
  expect(failure.message).toContain("AADSTS7000229");
  expect(await probe(otherTenantId)).toEqual({ userPurpose: null });
});

test.each<[string, Scripted]>([
  ["a proxy's page", { status: 200, body: "<html>Please sign in</html>" }],
  ["half a document", { status: 200, body: '{"token_type":"Bearer","access_tok' }],
  ["a firewall's refusal", { status: 403, body: "<html>Blocked</html>" }],
])("%s in place of a token is tried again at once", async (_, odd) => {
  server = await openScripted(() => ({ status: 200, body: {} }), {
    token: (index) => (index === 0 ? odd : null),
  });
  const probed = server.graph.mailboxes.probe({ tenantId, userObjectId: anna, signal: patient() });
  expect(await passing(server.clock, 5_000, probed)).toEqual({ userPurpose: null });
  expect(server.tokenRequests).toHaveLength(2);
});
