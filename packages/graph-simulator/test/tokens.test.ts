import { X509Certificate } from "node:crypto";
import { decodeJwt } from "jose";
import { request } from "undici";
import { afterEach, expect, test } from "vitest";
import { createClientCertificate } from "../src/index.ts";
import { alphaId, betaId, clientId, openWorld, otherTenantId, tenantId, type World } from "./world.ts";

let world: World;
afterEach(() => world.close());

test("a certificate assertion yields a token with the consented roles", async () => {
  world = await openWorld();
  const answer = await world.token();
  expect(answer.status).toBe(200);
  expect(answer.body).toMatchObject({ token_type: "Bearer", expires_in: 3599 });
  const claims = decodeJwt(answer.body.access_token);
  expect(claims).toMatchObject({
    appid: clientId,
    tid: tenantId,
    iss: `https://sts.windows.net/${tenantId}/`,
  });
  expect(claims["roles"]).toContain("Calendars.ReadWrite");
  expect((await world.token({ tenant: "contoso.example" })).status).toBe(200);
});

test.each([
  ["another audience", { claims: { aud: "https://elsewhere" } }, 401, 700027],
  ["another issuer", { claims: { iss: "someone" } }, 401, 700027],
  ["another subject", { claims: { sub: "someone" } }, 401, 700027],
  ["no jti", { claims: { jti: undefined } }, 401, 700027],
  ["an expiry in the past", { claims: { exp: 1_000 } }, 401, 700024],
  ["a start in the future", { claims: { nbf: 9_999_999_999 } }, 401, 700024],
  ["an unknown thumbprint", { header: { "x5t#S256": "AAAA" } }, 401, 700027],
  ["no thumbprint", { header: { "x5t#S256": undefined } }, 401, 700027],
  ["no assertion type", { form: { client_assertion_type: "x" } }, 401, 7000218],
  ["garbage instead of an assertion", { form: { client_assertion: "x.y.z" } }, 401, 700027],
  ["a scope that is not .default", { form: { scope: "https://graph.microsoft.com/Mail.Read" } }, 400, 70011],
  ["another grant", { form: { grant_type: "password" } }, 400, 70003],
  ["an unknown application", { form: { client_id: alphaId } }, 400, 700016],
  ["an unknown tenant", { tenant: otherTenantId }, 400, 90002],
])("%s is refused", async (_name, options, status, code) => {
  world = await openWorld();
  const answer = await world.token(options);
  expect([answer.status, answer.body.error_codes]).toEqual([status, [code]]);
  expect(answer.body.error_description).toMatch(new RegExp(`^AADSTS${code}: `));
  expect(answer.body).toHaveProperty("trace_id");
});

const hexBytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(":", ""), "hex");

test.each<[string, "PS256" | "RS256", (sha1: Buffer, sha256: Buffer) => Record<string, unknown>]>([
  [
    "x5t#S256 in padded base64, as Go writes it",
    "PS256",
    (_sha1: Buffer, sha256: Buffer) => ({ "x5t#S256": sha256.toString("base64") }),
  ],
  [
    "x5t in padded base64url, as Python writes it",
    "RS256",
    (sha1: Buffer) => ({ x5t: `${sha1.toString("base64url")}=`, "x5t#S256": undefined }),
  ],
  [
    "x5t without padding",
    "RS256",
    (sha1: Buffer) => ({ x5t: sha1.toString("base64url"), "x5t#S256": undefined }),
  ],
])("a certificate may be named by %s", async (_name, alg, header) => {
  world = await openWorld();
  const { certPem, thumbprintSha256 } = world.certificate;
  const sha1 = hexBytes(new X509Certificate(certPem).fingerprint);
  // Python's library sends no nbf.
  const claims = { nbf: undefined };
  const named = header(sha1, hexBytes(thumbprintSha256));
  expect((await world.token({ alg, header: named, claims })).status).toBe(200);
  const wrong = { "x5t#S256": undefined, x5t: sha1.fill(0).toString("base64url") };
  expect((await world.token({ alg, header: wrong })).body.error_codes).toEqual([700027]);
});

test("client id and secret may come in an Authorization header", async () => {
  world = await openWorld();
  const secret = "open: sesame+ %";
  world.simulator.registerApp({ clientId: betaId, credentials: [{ kind: "secret", secret }] });
  world.simulator.grantConsent(tenantId, betaId);
  const ask = async (given: string): Promise<number> => {
    const answer = await request(`${world.simulator.baseUrl}/${tenantId}/oauth2/v2.0/token`, {
      method: "POST",
      dispatcher: world.agent,
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        authorization: `Basic ${Buffer.from(`${betaId}:${encodeURIComponent(given)}`).toString("base64")}`,
      },
      body: "grant_type=client_credentials&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default",
    });
    await answer.body.dump();
    return answer.statusCode;
  };
  expect([await ask(secret), await ask("barley")]).toEqual([200, 401]);
});

test("an assertion that only claims the registered thumbprint is refused", async () => {
  world = await openWorld();
  const certificate = await createClientCertificate();
  const x5t = Buffer.from(world.certificate.thumbprintSha256, "hex").toString("base64url");
  const answer = await world.token({ certificate, header: { "x5t#S256": x5t } });
  expect(answer.body.error_codes).toEqual([700027]);
  expect(answer.body.error).toBe("invalid_client");
});

test("a secret works as well when one is registered", async () => {
  world = await openWorld();
  world.simulator.registerApp({ clientId: betaId, credentials: [{ kind: "secret", secret: "open sesame" }] });
  world.simulator.grantConsent(tenantId, betaId);
  const ask = async (secret: string) => {
    const form = { grant_type: "client_credentials", client_id: betaId, client_secret: secret };
    const answer = await request(`${world.simulator.baseUrl}/${tenantId}/oauth2/v2.0/token`, {
      method: "POST",
      dispatcher: world.agent,
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ ...form, scope: `${world.simulator.baseUrl}/.default` }).toString(),
    });
    const body = (await answer.body.json()) as { error_codes?: number[] };
    return { status: answer.statusCode, codes: body.error_codes };
  };
  expect(await ask("open sesame")).toEqual({ status: 200, codes: undefined });
  expect(await ask("open barley")).toEqual({ status: 401, codes: [7000215] });
});

test("a token lives 3599 seconds of the simulator's clock", async () => {
  world = await openWorld();
  const path = `/users/${alphaId}`;
  expect((await world.graph("GET", path)).status).toBe(200);
  world.clock.advance(3_598_000);
  expect((await world.graph("GET", path)).status).toBe(200);
  world.clock.advance(1_000);
  const late = await world.graph("GET", path);
  expect([late.status, late.body.error.code]).toEqual([401, "InvalidAuthenticationToken"]);
  expect(late.headers["www-authenticate"]).toMatch(/^Bearer /);
});

test("withdrawn consent kills present and future tokens until it is given again", async () => {
  world = await openWorld();
  const path = `/users/${alphaId}`;
  expect((await world.graph("GET", path)).status).toBe(200);
  world.simulator.revokeConsent(tenantId, clientId);
  expect((await world.graph("GET", path)).status).toBe(401);
  expect((await world.token()).body).toMatchObject({ error: "invalid_grant", error_codes: [65001] });
  world.simulator.revokeConsent(tenantId, clientId, "removed");
  expect((await world.token()).body).toMatchObject({ error: "unauthorized_client", error_codes: [700016] });
  world.simulator.grantConsent(tenantId, clientId);
  expect((await world.graph("GET", path)).status).toBe(401);
  const { access_token: fresh } = (await world.token()).body;
  expect((await world.graph("GET", path, undefined, { authorization: `Bearer ${fresh}` })).status).toBe(200);
});

test("a role that was not granted is missed where it is needed", async () => {
  world = await openWorld();
  world.simulator.grantConsent(tenantId, clientId, ["Calendars.Read"]);
  expect((await world.graph("GET", `/users/${alphaId}/events`)).status).toBe(200);
  const write = await world.graph("POST", `/users/${alphaId}/events`, {});
  expect([write.status, write.body.error.code]).toEqual([403, "ErrorAccessDenied"]);
  const user = await world.graph("GET", `/users/${alphaId}`);
  expect([user.status, user.body.error.code]).toEqual([403, "Authorization_RequestDenied"]);
});

test("the admin consent page redirects with the tenant, and the consent is given", async () => {
  world = await openWorld();
  world.simulator.addTenant({ tenantId: otherTenantId, displayName: "Fabrikam" });
  const open = async (tenant: string) => {
    const query = new URLSearchParams({
      client_id: clientId,
      redirect_uri: "https://localhost/done",
      state: "s 1",
    });
    const url = `${world.simulator.baseUrl}/${tenant}/adminconsent?${query.toString()}`;
    const answer = await request(url, { dispatcher: world.agent });
    await answer.body.dump();
    expect(answer.statusCode).toBe(302);
    return Object.fromEntries(new URL(String(answer.headers["location"])).searchParams);
  };
  expect((await world.token({ tenant: otherTenantId })).status).toBe(400);
  expect(await open("organizations")).toMatchObject({ error: "access_denied", state: "s 1" });
  world.simulator.setSignedIn({ tenantId: otherTenantId, accepts: false });
  expect(await open("common")).toMatchObject({ error: "access_denied" });
  world.simulator.setSignedIn({ tenantId: otherTenantId, accepts: true });
  expect(await open("organizations")).toEqual({ tenant: otherTenantId, state: "s 1", admin_consent: "True" });
  expect((await world.token({ tenant: otherTenantId })).status).toBe(200);
});
