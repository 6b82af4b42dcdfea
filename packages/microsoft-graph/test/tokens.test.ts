import { sign } from "node:crypto";
import { createClientCertificate } from "@hybrid/graph-simulator";
import { hours, minutes } from "@hybrid/kernel";
import { afterEach, expect, test } from "vitest";
import type { GraphCredential } from "../src/index.ts";
import {
  anna,
  clientId,
  failureOf,
  openWorld,
  otherTenantId,
  patient,
  tenantId,
  type World,
} from "./world.ts";

let world: World;
afterEach(async () => await world.close());

const user = () => ({ tenantId, userObjectId: anna, signal: patient() });
const tokensIssued = () =>
  world.simulator.metrics.countRequests({ method: "POST", route: "/:tenant/oauth2/v2.0/token", status: 200 });

test("one token serves all calls of a tenant until five minutes before it expires on our clock", async () => {
  world = await openWorld();
  await Promise.all(Array.from({ length: 8 }, () => world.graph.mailboxes.probe(user())));
  expect(tokensIssued()).toBe(1);
  world.clock.advanceBy(minutes(54));
  await world.graph.mailboxes.probe(user());
  expect(tokensIssued()).toBe(1);
  world.clock.advanceBy(minutes(2));
  await world.graph.mailboxes.probe(user());
  expect(tokensIssued()).toBe(2);
  world.clock.advanceBy(hours(24));
  await world.graph.mailboxes.probe(user());
  expect(tokensIssued()).toBe(3);
  expect(world.simulator.metrics.countRequests({ status: 401 })).toBe(0);
});

test("consent revoked while a token is valid becomes consentRevoked, until it is given again", async () => {
  world = await openWorld();
  await world.graph.mailboxes.probe(user());
  world.simulator.revokeConsent(tenantId, clientId);
  const revoked = await failureOf(world.graph.mailboxes.probe(user()));
  expect(revoked).toMatchObject({ code: "consentRevoked", retryable: false });
  expect(revoked.message).toContain("AADSTS65001");
  expect(await failureOf(world.graph.mailboxes.probe(user()))).toMatchObject({ code: "consentRevoked" });
  world.simulator.grantConsent(tenantId, clientId);
  expect(await world.graph.mailboxes.probe(user())).toEqual({ userPurpose: "user" });
});

test("an application that was removed from the tenant is consentRevoked as well", async () => {
  world = await openWorld();
  world.simulator.revokeConsent(tenantId, clientId, "removed");
  const failure = await failureOf(world.graph.mailboxes.probe(user()));
  expect(failure).toMatchObject({ code: "consentRevoked", retryable: false });
  expect(failure.message).toContain("AADSTS700016");
});

test("a tenant that does not exist is no revoked consent, already at discovery", async () => {
  world = await openWorld();
  const failure = await failureOf(world.graph.mailboxes.probe({ ...user(), tenantId: otherTenantId }));
  expect(failure).toMatchObject({ code: "invalidRequest", retryable: false });
  expect(failure.message).toContain("AADSTS90002");
});

test("a certificate that Entra does not know is credentialsRejected", async () => {
  world = await openWorld();
  const other = await createClientCertificate();
  const certificate = { thumbprintSha256: other.thumbprintSha256, privateKeyPem: other.keyPem };
  const stranger = await world.connect({ certificate });
  const failure = await failureOf(stranger.mailboxes.probe(user()));
  expect(failure).toMatchObject({ code: "credentialsRejected", retryable: false });
});

/** An assertion as another identity provider would write it into the file of a workload. */
const assertionOf = async (keyPem: string, thumbprintSha256: string, audience: string): Promise<string> => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const thumbprint = Buffer.from(thumbprintSha256, "hex").toString("base64url");
  const now = Math.floor(Date.now() / 1_000);
  const claims = { iss: clientId, sub: clientId, aud: audience, jti: "1", nbf: now - 10, exp: now + 600 };
  const text = `${part({ alg: "RS256", typ: "JWT", "x5t#S256": thumbprint })}.${part(claims)}`;
  return `${text}.${sign("sha256", Buffer.from(text), keyPem).toString("base64url")}`;
};

test("a credential that is replaced serves the next token without a restart, of every kind", async () => {
  world = await openWorld();
  const [first, second] = [await createClientCertificate(), await createClientCertificate()];
  world.simulator.registerApp({
    clientId,
    credentials: [
      { kind: "certificate", certPem: first.certPem },
      { kind: "certificate", certPem: second.certPem },
      { kind: "secret", secret: "s3cret" },
    ],
  });
  const audience = `${world.simulator.baseUrl}/${tenantId}/oauth2/v2.0/token`;
  const of = ({ thumbprintSha256, keyPem }: typeof first): GraphCredential => ({
    kind: "certificate",
    thumbprintSha256,
    privateKeyPem: keyPem,
  });
  const assertion = await assertionOf(first.keyPem, first.thumbprintSha256, audience);
  let now: GraphCredential | null = of(first);
  const credential = async (): Promise<GraphCredential> => {
    if (now) return now;
    throw new Error("no such file");
  };
  const limits = { quickAttemptsMax: 1 };
  const client = await world.connect({ certificate: undefined, credential, limits } as never);
  const next: readonly (GraphCredential | null)[] = [
    of(second),
    { kind: "secret", secret: "s3cret" },
    { kind: "assertion", assertion },
  ];
  await client.mailboxes.probe(user());
  for (const each of next) {
    now = each;
    const before = tokensIssued();
    world.clock.advanceBy(minutes(58));
    await client.mailboxes.probe(user());
    expect(tokensIssued()).toBe(before + 1);
  }
  // It cannot be read: the token that is there serves to its end, and then the reason is told.
  now = null;
  world.clock.advanceBy(minutes(57));
  await client.mailboxes.probe(user());
  world.clock.advanceBy(minutes(10));
  const failure = await failureOf(client.mailboxes.probe(user()));
  expect(failure).toMatchObject({ code: "unavailable", retryable: true });
});

test("options that cannot work are refused with every fault at once and without the key", async () => {
  world = await openWorld();
  const certificate = { thumbprintSha256: "AA:BB", privateKeyPem: "no key" };
  const failure = await failureOf(world.connect({ clientId: "me", certificate }));
  expect(failure.faults).toHaveLength(3);
  expect(failure.message).not.toContain("no key");
  const hosts = { loginUrl: "http://localhost:1", graphUrl: "https://localhost:1/v1.0" };
  expect((await failureOf(world.connect({ cloud: hosts }))).faults).toHaveLength(2);
});

test("calls are unavailable while Entra does not answer, and are reported as such", async () => {
  world = await openWorld({ graph: { limits: { quickAttemptsMax: 1 } } });
  const nobody = { loginUrl: "https://localhost:1", graphUrl: world.simulator.baseUrl };
  const lost = await world.connect({ cloud: nobody, limits: { quickAttemptsMax: 1 } });
  const failure = await failureOf(lost.mailboxes.probe(user()));
  expect(failure).toMatchObject({ code: "unavailable", retryable: true });
  expect(world.reports.at(-1)).toMatchObject({ operation: "token", status: null, code: "unavailable" });
});

test("a call whose deadline has passed is deadlineExceeded, and the others get their token", async () => {
  world = await openWorld();
  const ended = AbortSignal.abort(new Error("shut down"));
  const [failure, probed] = await Promise.all([
    failureOf(world.graph.mailboxes.probe({ ...user(), signal: ended })),
    world.graph.mailboxes.probe(user()),
  ]);
  expect(failure).toMatchObject({ code: "deadlineExceeded", retryable: true });
  expect(probed).toEqual({ userPurpose: "user" });
});
