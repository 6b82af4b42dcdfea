import { createHash } from "node:crypto";
import { decodeJwt } from "jose";
import { request } from "undici";
import { afterEach, beforeEach, expect, test } from "vitest";
import { alphaId, betaId, clientId, openWorld, otherTenantId, tenantId, type World } from "./world.ts";

const redirectUri = "https://localhost/consent/callback";
const verifier = "a".repeat(43);
const challenge = createHash("sha256").update(verifier).digest("base64url");
const roleScope = "https://graph.microsoft.com/RoleManagement.Read.Directory";

let world: World;
beforeEach(async () => {
  world = await openWorld();
  world.simulator.addTenant({ tenantId: otherTenantId, displayName: "Fabrikam" });
  world.simulator.registerApp({
    clientId,
    credentials: [{ kind: "certificate", certPem: world.certificate.certPem }],
    redirectUris: [redirectUri],
  });
  world.simulator.setDirectoryRoles(alphaId, ["Global Administrator"]);
  world.simulator.setSignedIn({ tenantId, userId: alphaId, accepts: true });
});
afterEach(() => world.close());

const asked = {
  client_id: clientId,
  response_type: "code",
  redirect_uri: redirectUri,
  scope: `openid profile offline_access ${roleScope}`,
  state: "s 1",
  nonce: "n-1",
  code_challenge: challenge,
  code_challenge_method: "S256",
};

const open = async (path: string, query: Readonly<Record<string, string>>, accept = "*/*") => {
  const url = `${world.simulator.baseUrl}${path}?${new URLSearchParams(query).toString()}`;
  const answer = await request(url, { dispatcher: world.agent, headers: { accept } });
  const text = await answer.body.text();
  const location = answer.headers["location"];
  return {
    status: answer.statusCode,
    text,
    to: typeof location === "string" ? Object.fromEntries(new URL(location).searchParams) : null,
  };
};

const authorize = (query: Readonly<Record<string, string>> = {}, tenant = "organizations") =>
  open(`/${tenant}/oauth2/v2.0/authorize`, { ...asked, ...query });

const codeOf = async (query: Readonly<Record<string, string>> = {}): Promise<string> =>
  (await authorize(query)).to?.["code"] ?? "";

const redeem = (form: Readonly<Record<string, string>>, tenant = "organizations") =>
  world.token({
    tenant,
    form: {
      grant_type: "authorization_code",
      redirect_uri: redirectUri,
      code_verifier: verifier,
      ...form,
    },
  });

const refresh = (token: string) =>
  world.token({ tenant: "organizations", form: { grant_type: "refresh_token", refresh_token: token } });

test("a person signs in, and the code yields who it was and a token on their behalf", async () => {
  const { status, to } = await authorize();
  expect(status).toBe(302);
  expect(to).toMatchObject({ state: "s 1" });
  const { body } = await redeem({ code: to?.["code"] ?? "" });
  expect(decodeJwt(body.id_token)).toMatchObject({
    nonce: "n-1",
    tid: tenantId,
    oid: alphaId,
    aud: clientId,
  });
  expect(decodeJwt(body.access_token)).toMatchObject({ scp: "RoleManagement.Read.Directory", idtyp: "user" });
  const path = `/roleManagement/directory/roleAssignments?$filter=principalId eq '${alphaId}'`;
  const roles = await world.graph("GET", path, undefined, { authorization: `Bearer ${body.access_token}` });
  expect(roles.body.value).toMatchObject([{ roleDefinitionId: "62e90394-69f5-4237-9190-012177145e10" }]);
});

test("a person without a role may neither delegate administrators' permissions nor read roles", async () => {
  world.simulator.setSignedIn({ tenantId, userId: betaId, accepts: true });
  expect((await authorize()).to).toMatchObject({ error: "access_denied", state: "s 1" });
  expect((await authorize()).to?.["error_description"]).toContain("AADSTS90094");
});

test("who declines goes back with access_denied, also without anybody there", async () => {
  world.simulator.setSignedIn({ tenantId, userId: alphaId, accepts: false });
  const { to } = await authorize();
  expect(to).toMatchObject({ error: "access_denied", error_subcode: "cancel", state: "s 1" });
  world.simulator.setSignedIn(null);
  expect((await authorize()).to).toMatchObject({ error: "login_required" });
});

test("an address that is not registered, an unknown application: nobody is sent anywhere", async () => {
  const elsewhere = await authorize({ redirect_uri: "https://evil.example/" });
  expect([elsewhere.status, elsewhere.to]).toEqual([400, null]);
  expect(elsewhere.text).toContain("AADSTS50011");
  expect((await authorize({ client_id: betaId })).text).toContain("AADSTS700016");
  expect((await authorize({}, otherTenantId)).text).toContain("AADSTS50020");
  expect((await authorize({ response_type: "token" })).to).toMatchObject({
    error: "unsupported_response_type",
  });
});

test("a code works once, within ten minutes, for its client, address, tenant and verifier alone", async () => {
  const code = await codeOf();
  const wrong = async (form: Readonly<Record<string, string>>, tenant?: string) =>
    (await redeem({ code, ...form }, tenant)).body.error_codes;
  expect(await wrong({ code: "1.made-up" })).toEqual([9002313]);
  expect(await wrong({ redirect_uri: "https://localhost/other" })).toEqual([500112]);
  expect(await wrong({ code_verifier: "b".repeat(43) })).toEqual([501481]);
  expect((await redeem({ code })).status).toBe(200);
  expect(await wrong({})).toEqual([54005]);
  expect((await redeem({ code: await codeOf() }, otherTenantId)).body.error_codes).toEqual([700005]);
  const late = await codeOf();
  world.clock.advance(600_000);
  expect((await redeem({ code: late })).body.error_codes).toEqual([70008]);
});

test("a verifier is wanted when there was a challenge", async () => {
  const code = await codeOf();
  const form = { grant_type: "authorization_code", redirect_uri: redirectUri, code };
  expect((await world.token({ tenant: "organizations", form })).body.error_codes).toEqual([50148]);
});

test("refresh tokens roll, and end with disuse, a password's change, or the consent", async () => {
  const first = (await redeem({ code: await codeOf() })).body.refresh_token;
  const second = (await refresh(first)).body.refresh_token;
  expect(second).not.toBe(first);
  world.clock.advance(89 * 86_400_000);
  expect((await refresh(second)).status).toBe(200);
  world.clock.advance(86_400_000);
  expect((await refresh(second)).body.error_codes).toEqual([700082]);
  const third = (await redeem({ code: await codeOf() })).body.refresh_token;
  world.simulator.revokeSignIns(alphaId);
  expect((await refresh(third)).body.error_codes).toEqual([50173]);
  const fourth = (await redeem({ code: await codeOf() })).body.refresh_token;
  world.simulator.revokeConsent(tenantId, clientId);
  expect((await refresh(fourth)).body.error_codes).toEqual([50173]);
});

test("a token of a person opens that person's mailbox alone", async () => {
  const scope = "openid https://graph.microsoft.com/Calendars.ReadWrite";
  const { access_token: token } = (await redeem({ code: await codeOf({ scope }) })).body;
  const headers = { authorization: `Bearer ${token}` };
  expect((await world.graph("GET", `/users/${alphaId}/events`, undefined, headers)).status).toBe(200);
  expect((await world.graph("GET", `/users/${betaId}/events`, undefined, headers)).status).toBe(403);
});

const consent = (tenant: string, page: "adminconsent" | "v2.0/adminconsent") =>
  open(`/${tenant}/${page}`, { client_id: clientId, redirect_uri: redirectUri, state: "s 2" });

test.each([
  ["adminconsent", { error: "access_denied" }],
  ["v2.0/adminconsent", { error: "consent_required", admin_consent: "True", tenant: tenantId }],
] as const)("%s: a refusal is an error, whatever else it says", async (page, refusal) => {
  world.simulator.revokeConsent(tenantId, clientId, "removed");
  world.simulator.setSignedIn({ tenantId, userId: alphaId, accepts: false });
  expect((await consent(tenantId, page)).to).toMatchObject({ ...refusal, state: "s 2" });
  world.simulator.setSignedIn({ tenantId, userId: betaId, accepts: true });
  const { to } = await consent(tenantId, page);
  expect(to).toMatchObject(refusal);
  expect(to?.["error_description"]).toContain("AADSTS90094");
  world.simulator.setSignedIn({ tenantId, userId: alphaId, accepts: true });
  expect((await consent(otherTenantId, page)).to).toHaveProperty("error");
  expect((await world.token()).status).toBe(400);
  expect((await consent("common", page)).to).toMatchObject({ tenant: tenantId, admin_consent: "True" });
  expect((await world.token()).status).toBe(200);
});

test("a Privileged Role Administrator may consent too", async () => {
  world.simulator.setDirectoryRoles(betaId, ["Privileged Role Administrator"]);
  world.simulator.setSignedIn({ tenantId, userId: betaId, accepts: true });
  expect((await consent(tenantId, "adminconsent")).to).toMatchObject({ admin_consent: "True" });
  world.simulator.setDirectoryRoles(betaId, ["User Administrator"]);
  expect((await consent(tenantId, "adminconsent")).to).toHaveProperty("error");
});

test("a browser in which nobody is signed in shows who there is, and each answers by a link", async () => {
  world.simulator.setSignedIn(null);
  const path = `/${tenantId}/adminconsent`;
  const query = { client_id: clientId, redirect_uri: redirectUri, state: "<s>" };
  const page = await open(path, query, "text/html");
  expect(page.text).toContain("Global Administrator");
  expect(page.text).not.toContain("<s>");
  const chosen = { ...query, simulated_user: alphaId, simulated_answer: "accept" };
  expect((await open(path, chosen, "text/html")).to).toMatchObject({ admin_consent: "True", state: "<s>" });
});

test("what an Exchange administrator grants lets in, though the token does not say so", async () => {
  world.simulator.grantConsent(tenantId, clientId, []);
  const events = () => world.graph("GET", `/users/${alphaId}/events`);
  expect((await events()).status).toBe(403);
  world.simulator.grantInExchange(tenantId, clientId, ["Calendars.ReadWrite"]);
  expect((await events()).status).toBe(200);
  expect(decodeJwt((await world.token()).body.access_token)["roles"]).toEqual([]);
});

test("in GCC High tokens are for its own Microsoft Graph", async () => {
  const government = await openWorld({ cloud: "gccHigh" });
  const scope = "https://graph.microsoft.us/.default";
  const { body } = await government.token({ form: { scope } });
  expect(decodeJwt(body.access_token)["aud"]).toBe("https://graph.microsoft.us");
  const other = await government.token({ form: { scope: "https://graph.microsoft.com/.default" } });
  expect(other.body.error_codes).toEqual([70011]);
  await government.close();
});
