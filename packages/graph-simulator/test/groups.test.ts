import { afterEach, expect, test } from "vitest";
import type { GraphSimulatorOptions } from "../src/index.ts";
import { alphaId, betaId, clientId, openWorld, tenantId, type World } from "./world.ts";

let world: World;
afterEach(() => world.close());

const at = (id: string): string => `https://graph.microsoft.com/v1.0/users/${id}`;
const minute = 60_000;

/** A world whose application may manage groups, and where nothing is replicated late unless wanted. */
const open = async (groups: GraphSimulatorOptions["groups"] = {}): Promise<void> => {
  world = await openWorld({
    groups: { siteDelayMs: [10 * minute, 10 * minute], replicationMs: [0, 0], ...groups },
  });
  world.simulator.grantConsent(tenantId, clientId, ["Group.ReadWrite.All", "Files.ReadWrite.All"]);
};

const body = (more: object = {}): object => ({
  displayName: "Build Squad",
  mailEnabled: true,
  mailNickname: "build-squad",
  securityEnabled: false,
  groupTypes: ["Unified"],
  "owners@odata.bind": [at(alphaId)],
  ...more,
});

const create = async (more: object = {}): Promise<string> => {
  const answer = await world.graph("POST", "/groups", body(more));
  expect([answer.status, answer.body.error]).toEqual([201, undefined]);
  return answer.body.id;
};

test("a unique name makes one group, however often its creation is repeated", async () => {
  await open();
  const headers = { prefer: "create-if-missing" };
  const upsert = () => world.graph("PATCH", "/groups(uniqueName='webex-team-1')", body(), headers);
  const first = await upsert();
  expect([first.status, first.body.displayName]).toEqual([201, "Build Squad"]);
  const again = await world.graph(
    "PATCH",
    "/groups(uniqueName='webex-team-1')",
    { displayName: "X" },
    headers,
  );
  expect([again.status, again.body]).toEqual([204, ""]);
  const read = await world.graph("GET", "/groups(uniqueName='webex-team-1')?$select=id,uniqueName");
  expect(read.body).toMatchObject({ id: first.body.id, uniqueName: "webex-team-1" });
  const bare = await world.graph("PATCH", "/groups(uniqueName='other')", { displayName: "X" });
  expect(bare.status).toBe(404);
  expect(world.simulator.groups.list(tenantId)).toHaveLength(1);
});

test("a new group can be unknown to readers for a while", async () => {
  await open({ replicationMs: [2_000, 2_000] });
  const id = await create();
  expect((await world.graph("GET", `/groups/${id}`)).status).toBe(404);
  world.clock.advance(2_000);
  expect((await world.graph("GET", `/groups/${id}`)).status).toBe(200);
});

test("the site takes its time, and one without an owner never comes", async () => {
  await open();
  const id = await create();
  const waiting = await world.graph("GET", `/groups/${id}/drive`);
  expect([waiting.status, waiting.body.error.code]).toEqual([404, "ResourceNotFound"]);
  expect(waiting.body.error.message).toBe("Resource provisioning is in progress. Please try again.");
  world.clock.advance(10 * minute);
  const drive = await world.graph("GET", `/groups/${id}/drive`);
  expect([drive.status, drive.body.driveType]).toEqual([200, "documentLibrary"]);
  expect((await world.graph("GET", `/groups/${id}/sites/root`)).body.displayName).toBe("Build Squad");
  const ownerless = await create({ mailNickname: "nobody", "owners@odata.bind": [] });
  world.clock.advance(40 * minute);
  expect((await world.graph("GET", `/groups/${ownerless}/drive`)).status).toBe(404);
  world.simulator.groups.add(ownerless, "owners", betaId);
  expect((await world.graph("GET", `/groups/${ownerless}/drive`)).status).toBe(200);
});

test("folders: one of a name, found by it, renamed on demand, refused with forbidden characters", async () => {
  await open({ siteDelayMs: [0, 0] });
  const { body: drive } = await world.graph("GET", `/groups/${await create()}/drive`);
  const children = `/drives/${drive.id}/root/children`;
  const made = await world.graph("POST", children, { name: "Releases", folder: {} });
  expect(made.status).toBe(201);
  const taken = await world.graph("POST", children, { name: "releases", folder: {} });
  expect([taken.status, taken.body.error.code]).toEqual([409, "nameAlreadyExists"]);
  const found = await world.graph("GET", `/drives/${drive.id}/root:/releases`);
  expect(found.body.id).toBe(made.body.id);
  const renamed = await world.graph("POST", children, {
    name: "Releases",
    folder: {},
    "@microsoft.graph.conflictBehavior": "rename",
  });
  expect(renamed.body.name).toBe("Releases 1");
  for (const name of ["a/b", "what?", "end.", "CON"])
    expect([name, (await world.graph("POST", children, { name, folder: {} })).status]).toEqual([name, 400]);
  const within = await world.graph("POST", `/drives/${drive.id}/items/${made.body.id}/children`, {
    name: "Old",
    folder: {},
  });
  expect(within.body.webUrl).toMatch(/\/Shared%20Documents\/Releases\/Old$/);
  const listed = await world.graph("GET", children);
  expect(listed.body.value.map(({ name }: { name: string }) => name)).toEqual(["Releases", "Releases 1"]);
});

test("members and owners: once, existing users alone, twenty at a time, never the last owner out", async () => {
  await open();
  const id = await create({ "members@odata.bind": [at(alphaId)] });
  const add = (what: string, user: string) =>
    world.graph("POST", `/groups/${id}/${what}/$ref`, { "@odata.id": at(user) });
  expect((await add("members", betaId)).status).toBe(204);
  expect((await add("members", betaId)).status).toBe(400);
  expect((await add("members", "99999999-9999-4999-8999-999999999999")).status).toBe(404);
  const members = await world.graph("GET", `/groups/${id}/members?$select=id,userType`);
  expect(members.body.value).toEqual(
    [alphaId, betaId].map((user) => ({
      "@odata.type": "#microsoft.graph.user",
      id: user,
      userType: "Member",
    })),
  );
  expect((await world.graph("DELETE", `/groups/${id}/members/${betaId}/$ref`)).status).toBe(204);
  expect((await world.graph("DELETE", `/groups/${id}/members/${betaId}/$ref`)).status).toBe(404);
  expect((await world.graph("DELETE", `/groups/${id}/owners/${alphaId}/$ref`)).status).toBe(400);
  expect((await add("owners", betaId)).status).toBe(204);
  expect((await world.graph("DELETE", `/groups/${id}/owners/${alphaId}/$ref`)).status).toBe(204);
  const crowd = Array.from({ length: 21 }, () => at(betaId));
  expect((await world.graph("PATCH", `/groups/${id}`, { "members@odata.bind": crowd })).status).toBe(400);
  const batch = { "members@odata.bind": [at(betaId)] };
  expect((await world.graph("PATCH", `/groups/${id}`, batch)).status).toBe(204);
  expect(world.simulator.groups.read(id).members).toEqual([alphaId, betaId]);
});

test("names: the tenant's policy and a taken nickname are 422 with what is wrong, and creation keeps to them", async () => {
  await open();
  world.simulator.groups.setNamingPolicy(tenantId, { prefix: "GRP-", blockedWords: ["payroll"] });
  const validate = (names: object) =>
    world.graph("POST", "/directoryObjects/validateProperties", { entityType: "Group", ...names });
  expect((await validate({ displayName: "GRP-Build", mailNickname: "GRP-build" })).status).toBe(204);
  const lacking = await validate({ displayName: "Build", mailNickname: "GRP-build" });
  expect([lacking.status, lacking.body.error.details[0]]).toMatchObject([
    422,
    { target: "displayName", code: "MissingPrefixSuffix" },
  ]);
  const blocked = await validate({ displayName: "GRP-Payroll" });
  expect(blocked.body.error.details[0].code).toBe("ContainsBlockedWord");
  expect((await world.graph("POST", "/groups", body())).status).toBe(422);
  const named = { displayName: "GRP-Build", mailNickname: "GRP-build" };
  await create(named);
  expect((await validate(named)).body.error.details[0]).toMatchObject({
    target: "mailNickname",
    code: "ObjectConflict",
  });
  expect((await world.graph("POST", "/groups", body(named))).body.error.message).toBe(
    "Another object with the same value for property mailNickname already exists.",
  );
});

test("delta: everything with its members, then what changed, page by page; 410 for a forgotten link", async () => {
  await open({ deltaPageSize: 2 });
  const id = await create({ "members@odata.bind": [at(alphaId)] });
  const other = await create({ mailNickname: "other", "members@odata.bind": [at(betaId)] });
  const filter = encodeURIComponent(`id eq '${id}'`);
  const select = "displayName,members";
  const round = async (path: string): Promise<{ items: any[]; link: string }> => {
    const items: any[] = [];
    for (let next: string | undefined = path; next !== undefined; ) {
      const answer = await world.graph("GET", next);
      expect(answer.status).toBe(200);
      items.push(...answer.body.value);
      if (answer.body["@odata.deltaLink"]) return { items, link: answer.body["@odata.deltaLink"] };
      next = answer.body["@odata.nextLink"];
    }
    throw new Error("a round without end");
  };
  const first = await round(`/groups/delta?$select=${select}&$filter=${filter}`);
  expect(first.items.map((item) => item.id)).not.toContain(other);
  expect(first.items.flatMap((item) => item["members@delta"] ?? [])).toMatchObject([{ id: alphaId }]);
  world.simulator.groups.add(id, "members", betaId);
  world.simulator.groups.remove(id, "members", alphaId);
  world.simulator.groups.rename(other, "Renamed");
  const second = await round(first.link);
  expect(second.items.flatMap((item) => item["members@delta"])).toEqual([
    { "@odata.type": "#microsoft.graph.user", id: betaId },
    { "@odata.type": "#microsoft.graph.user", id: alphaId, "@removed": { reason: "deleted" } },
  ]);
  world.simulator.groups.delete(id);
  const third = await round(second.link);
  expect(third.items).toEqual([{ id, "@removed": { reason: "changed" } }]);
  const deleted = await world.graph("GET", "/directory/deletedItems/microsoft.graph.group");
  expect(deleted.body.value).toMatchObject([{ id }]);
  expect((await world.graph("POST", `/directory/deletedItems/${id}/restore`)).status).toBe(200);
  const fourth = await round(third.link);
  expect(fourth.items).toMatchObject([{ id, "members@delta": [{ id: betaId }] }]);
  world.simulator.groups.forgetSyncState(tenantId);
  expect((await world.graph("GET", fourth.link)).status).toBe(410);
});

test("a group in a group is a member of it; its people are transitive members, each once, also in a circle", async () => {
  await open();
  const [outer, inner, innermost] = [
    await create({ "members@odata.bind": [at(alphaId)] }),
    await create({ mailNickname: "inner", "members@odata.bind": [at(alphaId), at(betaId)] }),
    await create({ mailNickname: "innermost" }),
  ];
  for (const [one, other] of [
    [outer, inner],
    [inner, innermost],
    [innermost, outer],
  ] as const)
    world.simulator.groups.nest(one, other);
  const listed = async (what: string) => {
    const { body: answer } = await world.graph("GET", `/groups/${outer}/${what}?$select=id,userType`);
    return answer.value.map((one: any) => [one["@odata.type"].split(".").at(-1), one.id]);
  };
  expect(await listed("members")).toEqual([
    ["user", alphaId],
    ["group", inner],
  ]);
  const all = await listed("transitiveMembers");
  expect(all).toHaveLength(4);
  expect(all).toEqual(
    expect.arrayContaining([
      ["user", alphaId],
      ["user", betaId],
      ["group", inner],
      ["group", innermost],
    ]),
  );
  world.simulator.groups.delete(inner);
  expect(await listed("transitiveMembers")).toEqual([["user", alphaId]]);
});

test("who left the directory is in no group, and the groups of a tenant are limited", async () => {
  await open({ groupsMax: 1 });
  const id = await create({ "members@odata.bind": [at(alphaId), at(betaId)] });
  expect((await world.graph("POST", "/groups", body({ mailNickname: "x" }))).body.error.code).toBe(
    "Directory_QuotaExceeded",
  );
  world.simulator.deleteUser(betaId);
  expect(world.simulator.groups.read(id).members).toEqual([alphaId]);
});
