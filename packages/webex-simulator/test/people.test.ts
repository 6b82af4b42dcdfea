import { afterEach, beforeEach, expect, test } from "vitest";
import { startWorld, type World } from "./world.ts";

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.webex.close());

const users = async (query: string): Promise<readonly string[]> => {
  const { status, json } = await world.call("app", "GET", `/identity/scim/acme/v2/Users?${query}`);
  expect(status).toBe(200);
  return json.Resources.map(({ userName }) => userName);
};
const filtered = (filter: string): Promise<readonly string[]> =>
  users(`sortBy=userName&filter=${encodeURIComponent(filter)}`);

test("an administrator creates, changes and removes a person; nobody else does", async () => {
  const body = { emails: ["zoë.o'neil+x@acme.example"], displayName: "Zoë" };
  expect((await world.call("nora", "POST", "/v1/people", body)).status).toBe(403);
  const made = await world.call("app", "POST", "/v1/people", body);
  expect(made.json).toMatchObject({ emails: body.emails, status: "pending", invitePending: "true" });
  expect((await world.call("app", "POST", "/v1/people", body)).status).toBe(409);
  world.clock.time += 1_000;
  const renamed = { ...body, emails: ["zoe@acme.example"], title: "Chair", loginEnabled: false };
  const changed = await world.call("app", "PUT", `/v1/people/${made.json.id}`, renamed);
  expect(changed.json).toMatchObject({
    id: made.json.id,
    emails: ["zoe@acme.example"],
    title: "Chair",
    loginEnabled: "false",
    lastModified: "2026-01-05T09:00:01.000Z",
  });
  expect((await world.call("app", "POST", "/v1/people", body)).status).toBe(200);
  expect((await world.call("app", "DELETE", `/v1/people/${made.json.id}`)).status).toBe(204);
  expect((await world.call("app", "GET", `/v1/people/${made.json.id}`)).status).toBe(404);
});

test("somebody who is removed and comes back has another id", () => {
  const person = { orgId: "acme", email: "back@acme.example", displayName: "Back", sites: [] };
  const first = world.webex.addPerson(person);
  world.webex.removePerson(first.uuid);
  expect(world.webex.addPerson(person).id).not.toBe(first.id);
});

test("SCIM lists with filter, order and paging, without bots and other organisations", async () => {
  expect(await users("sortBy=userName")).toEqual([
    "nora@acme.example",
    "officer@acme.example",
    "olaf@acme.example",
  ]);
  expect(await users("sortBy=userName&sortOrder=descending&count=1&startIndex=2")).toEqual([
    "officer@acme.example",
  ]);
  expect(await filtered('userName eq "NORA@acme.example"')).toEqual(["nora@acme.example"]);
  expect(await filtered('userName sw "o" and displayName co "la"')).toEqual(["olaf@acme.example"]);
  expect(await filtered('displayName eq "nora" or emails.value ew "olaf@acme.example"')).toEqual([
    "nora@acme.example",
    "olaf@acme.example",
  ]);
  expect(await filtered('displayName eq "a and b or c"')).toEqual([]);
});

test("SCIM refuses what cannot be filtered by, and says what it does not simulate", async () => {
  const status = async (filter: string) => {
    const path = `/identity/scim/acme/v2/Users?filter=${encodeURIComponent(filter)}`;
    return (await world.call("app", "GET", path)).status;
  };
  expect(await status('externalId eq "x"')).toBe(400);
  expect(await status("userName eq nora")).toBe(400);
  expect(await status("userName pr")).toBe(400);
  expect(await status('userName gt "a"')).toBe(501);
  expect(await status('(userName eq "a")')).toBe(501);
});

test("SCIM shows one user by UUID with externalId, within the token's organisation", async () => {
  const externalId = "7d5bb2b5-3a44-4a1d-9d0b-6f5f0e6f2c11";
  const { uuid } = world.webex.addPerson({
    orgId: "acme",
    email: "ida@acme.example",
    displayName: "Ida",
    externalId,
    hasSignedIn: false,
    sites: [],
  });
  expect((await world.call("app", "GET", `/identity/scim/acme/v2/Users/${uuid}`)).json).toMatchObject({
    id: uuid,
    externalId,
    "urn:scim:schemas:extension:cisco:webexidentity:2.0:User": { accountStatus: ["pending"] },
  });
  expect((await world.call("app", "GET", `/identity/scim/other/v2/Users/${uuid}`)).status).toBe(403);
  expect((await world.call("guest", "GET", `/identity/scim/other/v2/Users/${uuid}`)).status).toBe(404);
});

test("a token without the scope gets 403, one that has ended 401", async () => {
  const token = { orgId: "acme", defaultSite: "acme.webex.com" };
  world.webex.addToken({ ...token, token: "narrow", scopes: ["spark:rooms_read"] });
  world.webex.addToken({ ...token, token: "short", expiresAt: world.clock.time + 1_000 });
  const status = async (name: string) => (await world.call(name, "GET", "/v1/people")).status;
  expect([await status("narrow"), await status("short")]).toEqual([403, 200]);
  world.clock.time += 1_000;
  expect(await status("short")).toBe(401);
});
