import { afterEach, beforeEach, expect, test } from "vitest";
import { alphaId, betaId, clientId, openWorld, otherTenantId, tenantId, type World } from "./world.ts";

let world: World;
const idOf = (n: number): string => `66666666-6666-4666-8666-66666666666${n}`;
beforeEach(async () => {
  world = await openWorld();
  world.simulator.addTenant({ tenantId: otherTenantId, displayName: "Fabrikam", consentedApps: [clientId] });
  for (const n of [1, 2, 3])
    world.simulator.addMailbox({
      tenantId: n === 3 ? otherTenantId : tenantId,
      userId: idOf(n),
      userPrincipalName: `u${n}@contoso.example`,
      mail: `u${n}@contoso.example`,
      displayName: `User ${n}`,
      profile: { department: n === 1 ? "Sales" : "Legal", aliases: [`alias${n}@contoso.example`] },
      state: n === 2 ? "unlicensed" : "normal",
    });
});
afterEach(() => world.close());

const eventual = { ConsistencyLevel: "eventual" };
const names = (body: { value: { displayName: string }[] }): string[] =>
  body.value.map(({ displayName }) => displayName);

test("users of the caller's tenant alone are listed, page by page", async () => {
  const first = await world.graph(
    "GET",
    "/users?$top=2&$count=true&$select=id,displayName",
    undefined,
    eventual,
  );
  expect(first.body["@odata.count"]).toBe(4);
  expect(Object.keys(first.body.value[0])).toEqual(["id", "displayName"]);
  const second = await world.graph("GET", first.body["@odata.nextLink"], undefined, eventual);
  expect([...names(first.body), ...names(second.body)]).toEqual(["Alpha", "Beta", "User 1", "User 2"]);
  expect(second.body).not.toHaveProperty("@odata.nextLink");
  expect((await world.graph("GET", "/users?$top=0")).status).toBe(400);
});

test.each([
  ["department eq 'sales'", ["User 1"]],
  ["startswith(displayName,'user') and accountEnabled eq true", ["User 1", "User 2"]],
  ["proxyAddresses/any(p:p eq 'smtp:alias2@contoso.example')", ["User 2"]],
  ["mail in ('u1@contoso.example','beta@contoso.example')", ["Beta", "User 1"]],
])("$filter=%s", async (filter, expected) => {
  const { body } = await world.graph("GET", `/users?$filter=${encodeURIComponent(filter)}`);
  expect(names(body)).toEqual(expected);
});

test("advanced queries need what the directory wants for them", async () => {
  const filter = encodeURIComponent("endswith(mail,'contoso.example')");
  const refused = await world.graph("GET", `/users?$filter=${filter}`);
  expect([refused.status, refused.body.error.code]).toEqual([400, "Request_UnsupportedQuery"]);
  expect((await world.graph("GET", `/users?$filter=${filter}`, undefined, eventual)).status).toBe(400);
  const answer = await world.graph("GET", `/users?$filter=${filter}&$count=true`, undefined, eventual);
  expect(answer.body.value).toHaveLength(4);
  expect((await world.graph("GET", "/users/$count")).status).toBe(400);
  const count = await world.graph(
    "GET",
    "/users/$count?$filter=department%20eq%20'Legal'",
    undefined,
    eventual,
  );
  expect([count.body, count.headers["content-type"]]).toEqual(["1", "text/plain"]);
});

test("$orderby sorts, and together with $filter is advanced", async () => {
  expect(names((await world.graph("GET", "/users?$orderby=displayName%20DESC")).body)).toEqual([
    "User 2",
    "User 1",
    "Beta",
    "Alpha",
  ]);
  const both = "$orderby=displayName&$filter=accountEnabled%20eq%20true";
  expect((await world.graph("GET", `/users?${both}`)).status).toBe(400);
});

test("delta tells who came, changed and went since, and nothing of other tenants", async () => {
  const prefer = { prefer: "odata.maxpagesize=3" };
  const first = await world.graph("GET", "/users/delta()?$select=displayName,jobTitle", undefined, prefer);
  expect(first.body.value).toHaveLength(3);
  const rest = await world.graph("GET", first.body["@odata.nextLink"], undefined, prefer);
  expect(rest.body.value).toHaveLength(1);
  world.simulator.updateUser(betaId, { displayName: "Beta B", profile: { jobTitle: "Chair" } });
  world.simulator.updateUser(idOf(3), { displayName: "Elsewhere" });
  world.simulator.deleteUser(idOf(1));
  const next = await world.graph("GET", rest.body["@odata.deltaLink"]);
  expect(next.body.value).toEqual([
    { id: betaId, displayName: "Beta B", jobTitle: "Chair" },
    { id: idOf(1), "@removed": { reason: "changed" } },
  ]);
  expect((await world.graph("GET", next.body["@odata.deltaLink"])).body.value).toEqual([]);
  const latest = await world.graph("GET", "/users/delta?$deltatoken=latest");
  expect(latest.body.value).toEqual([]);
  expect((await world.graph("GET", `/users/${betaId}`)).body.jobTitle).toBe("Chair");
  const forged = await world.graph("GET", "/users/delta?$deltatoken=AAAA");
  expect([forged.status, forged.body.error.code]).toEqual([410, "SyncStateNotFound"]);
});

test("licences, directory sync and any property of a user that is not set", async () => {
  const select = "assignedLicenses,onPremisesSyncEnabled,employeeHireDate,imAddresses";
  const alpha = await world.graph("GET", `/users/${alphaId}?$select=${select}`);
  expect(alpha.body).toMatchObject({
    assignedLicenses: [{ disabledPlans: [] }],
    onPremisesSyncEnabled: null,
    employeeHireDate: null,
    imAddresses: [],
  });
  expect((await world.graph("GET", `/users/${idOf(2)}?$select=${select}`)).body.assignedLicenses).toEqual([]);
  expect((await world.graph("GET", `/users/${alphaId}?$select=signInActivity`)).status).toBe(501);
  expect((await world.graph("GET", `/users/${alphaId}?$select=colour`)).status).toBe(400);
});

test("organization and domains of the caller's tenant, for those who may read them", async () => {
  const refused = await world.graph("GET", "/organization");
  expect([refused.status, refused.body.error.code]).toEqual([403, "Authorization_RequestDenied"]);
  world.simulator.grantConsent(tenantId, clientId, ["Directory.Read.All"]);
  const again = (await world.token()).body.access_token as string;
  const headers = { authorization: `Bearer ${again}` };
  const { body } = await world.graph(
    "GET",
    "/organization?$select=id,displayName,verifiedDomains",
    undefined,
    headers,
  );
  expect(body.value).toMatchObject([
    { id: tenantId, displayName: "Contoso", verifiedDomains: [{ isDefault: true }] },
  ]);
  expect((await world.graph("GET", "/organization/contoso", undefined, headers)).status).toBe(404);
  expect((await world.graph("GET", "/domains", undefined, headers)).body.value).toMatchObject([
    { id: "contoso.example", isVerified: true },
  ]);
});
