import type { GraphSimulatorOptions } from "@hybrid/graph-simulator";
import { minutes } from "@hybrid/kernel";
import { afterEach, expect, test } from "vitest";
import type { CreateGroup, GroupDeltaPage } from "../src/index.ts";
import {
  anna,
  bert,
  clientId,
  failureOf,
  openWorld,
  passing,
  patient,
  tenantId,
  type World,
} from "./world.ts";

let world: World;
afterEach(async () => await world.close());

const roles = ["Group.ReadWrite.All", "Sites.ReadWrite.All", "Organization.Read.All"];
const person = (n: number): string => `66666666-6666-4666-8666-6666666666${String(n).padStart(2, "0")}`;

const open = async (
  groups: GraphSimulatorOptions["groups"] = {},
  simulator: Partial<GraphSimulatorOptions> = {},
): Promise<void> => {
  const times = { siteDelayMs: [minutes(10), minutes(10)], replicationMs: [0, 0] } as const;
  world = await openWorld({ simulator: { groups: { ...times, ...groups }, ...simulator } });
  world.simulator.grantConsent(tenantId, clientId, roles);
};

const call = () => ({ tenantId, signal: patient() });

const order = (more: Partial<CreateGroup> = {}): CreateGroup => ({
  ...call(),
  uniqueName: "webex-team-1",
  displayName: "Build Squad",
  mailNickname: "build-squad",
  description: "Of a Webex team",
  visibility: "Private",
  behaviours: ["WelcomeEmailDisabled"],
  owners: [anna],
  members: [anna],
  ...more,
});

const pagesOf = async <Page>(pages: AsyncIterable<Page>): Promise<Page[]> => {
  const all: Page[] = [];
  for await (const page of pages) all.push(page);
  return all;
};

test("one key makes one group: repeated, by two at once, and from another process", async () => {
  await open();
  const other = await world.connect();
  const [one, two] = await Promise.all([world.graph.groups.create(order()), other.groups.create(order())]);
  expect(one.groupId).toBe(two.groupId);
  expect([one.isNew, two.isNew].filter(Boolean)).toHaveLength(1);
  world.simulator.groups.rename(one.groupId, "By hand");
  expect(await other.groups.create(order())).toMatchObject({ groupId: one.groupId, isNew: false });
  expect(world.simulator.groups.list(tenantId)).toMatchObject([
    { displayName: "By hand", visibility: "Private", owners: [anna], members: [anna] },
  ]);
  expect(await world.graph.groups.find({ ...call(), uniqueName: "webex-team-2" })).toBeNull();
});

test("answers that are lost after the write do not make a second group", async () => {
  await open({}, { faults: { errors: { PATCH: 0.7 }, appliedThoughFailed: 0.9 } });
  const made = new Set<string>();
  for (let attempt = 0; attempt < 6; attempt++) {
    const created = passing(world.clock, 60_000, world.graph.groups.create(order()));
    const result = await created.catch(() => null);
    if (result !== null) made.add(result.groupId);
  }
  expect(made.size).toBe(1);
  expect(world.simulator.groups.list(tenantId)).toHaveLength(1);
});

test("orders that Graph must not get are refused here", async () => {
  await open();
  const twenty = Array.from({ length: 20 }, (_, n) => person(n));
  const refused = [
    () => world.graph.groups.create(order({ owners: [] })),
    () => world.graph.groups.create(order({ members: twenty })),
    () => world.graph.groups.create(order({ owners: ["anna@acme.example"] })),
    () => world.graph.groups.addMembers({ ...call(), groupId: anna, members: [...twenty, anna] }),
    () => world.graph.groups.get({ ...call(), groupId: "../users" }),
  ];
  for (const one of refused)
    expect(await failureOf(one())).toMatchObject({ name: "ProviderError", code: "invalidRequest" });
  expect(world.simulator.metrics.countRequests({ method: "PATCH" })).toBe(0);
});

test("names are judged before: taken, blocked, without prefix", async () => {
  await open();
  await world.graph.groups.create(order());
  world.simulator.groups.setNamingPolicy(tenantId, { prefix: "GRP ", blockedWords: ["payroll"] });
  const judge = (displayName: string, mailNickname: string) =>
    world.graph.groups.validateNames({ ...call(), displayName, mailNickname });
  expect(await judge("Other", "other")).toBe("prefixOrSuffix");
  expect(await judge("GRP Payroll", "x")).toBe("blockedWord");
  world.simulator.groups.setNamingPolicy(tenantId, {});
  expect(await judge("Other", "build-squad")).toBe("taken");
  expect(await judge("Other", "other")).toBeNull();
});

test("members go in by twenties, also those who are in or missing; owners come and go, the last one stays", async () => {
  await open();
  const people = Array.from({ length: 18 }, (_, n) => person(n));
  for (const userId of people) {
    const mail = `u${userId.slice(-2)}@acme.example`;
    const profile = userId === person(0) ? { userType: "Guest" as const } : {};
    world.simulator.addMailbox({
      tenantId,
      userId,
      userPrincipalName: mail,
      mail,
      displayName: mail,
      profile,
    });
  }
  const { groupId } = await world.graph.groups.create(order());
  const group = { ...call(), groupId };
  const missing = "99999999-9999-4999-8999-999999999999";
  const within = <Result>(work: Promise<Result>) => passing(world.clock, minutes(1), work);
  const added = await within(
    world.graph.groups.addMembers({ ...group, members: [anna, ...people, missing] }),
  );
  expect(added).toEqual({ missing: [missing] });
  expect(await within(world.graph.groups.addMembers({ ...group, members: [bert] }))).toEqual({ missing: [] });
  const members = (await pagesOf(world.graph.groups.listPeople({ ...group, what: "members" }))).flat();
  expect(members).toHaveLength(20);
  expect(members.filter(({ isGuest }) => isGuest)).toMatchObject([{ objectId: person(0) }]);
  const outer = await within(
    world.graph.groups.create(order({ uniqueName: "outer", mailNickname: "outer", members: [] })),
  );
  world.simulator.groups.nest(outer.groupId, groupId);
  const listed = async (what: "members" | "transitiveMembers") =>
    (
      await within(pagesOf(world.graph.groups.listPeople({ ...call(), groupId: outer.groupId, what })))
    ).flat();
  expect(await listed("members")).toEqual([]);
  expect(new Set(await listed("transitiveMembers"))).toEqual(new Set(members));
  for (let twice = 0; twice < 2; twice++) {
    await within(world.graph.groups.removeMember({ ...group, member: bert }));
    await within(world.graph.groups.addOwner({ ...group, owner: bert }));
  }
  expect(await within(world.graph.groups.removeOwner({ ...group, owner: anna }))).toBe("removed");
  expect(await within(world.graph.groups.removeOwner({ ...group, owner: anna }))).toBe("removed");
  expect(await within(world.graph.groups.removeOwner({ ...group, owner: bert }))).toBe("kept");
  expect(world.simulator.groups.read(groupId).owners).toEqual([bert]);
});

test("delta tells who came and went, that the group is gone, and when the link is lost", async () => {
  await open({ deltaPageSize: 1 });
  const { groupId } = await world.graph.groups.create(order());
  const round = async (start: { groupIds: string[] } | { link: string }) => {
    const pages: GroupDeltaPage[] = await pagesOf(world.graph.groups.delta({ ...call(), ...start }));
    const items = pages.flatMap((page) => page.items);
    return { items, link: pages.at(-1)!.deltaLink! };
  };
  const first = await round({ groupIds: [groupId] });
  expect(first.items.flatMap((item) => item.membersAdded)).toEqual([anna]);
  expect(first.items.flatMap((item) => item.ownersAdded)).toEqual([anna]);
  world.simulator.groups.add(groupId, "members", bert);
  world.simulator.groups.remove(groupId, "members", anna);
  const second = await round({ link: first.link });
  expect(second.items.flatMap((item) => item.membersAdded)).toEqual([bert]);
  expect(second.items.flatMap((item) => item.membersRemoved)).toEqual([anna]);
  world.simulator.groups.delete(groupId);
  const third = await round({ link: second.link });
  expect(third.items).toMatchObject([{ groupId, isGone: true }]);
  expect(await failureOf(world.graph.groups.get({ ...call(), groupId }))).toMatchObject({
    code: "notFound",
  });
  world.simulator.groups.forgetSyncState(tenantId);
  expect(await failureOf(round({ link: third.link }))).toMatchObject({ code: "syncStateLost" });
  expect(await failureOf(round({ link: "https://evil.example/v1.0/groups" }))).toMatchObject({
    code: "invalidRequest",
  });
});

test("the library is null while it is being made; a folder is made once", async () => {
  await open();
  const { groupId } = await world.graph.groups.create(order());
  const ask = () => passing(world.clock, minutes(1), world.graph.groups.getDrive({ ...call(), groupId }));
  expect(await ask()).toBeNull();
  world.clock.advanceBy(minutes(10));
  const drive = await ask();
  const folder = { ...call(), driveId: drive!.driveId, name: "Release notes" };
  const made = await world.graph.groups.createFolder(folder);
  expect(made).toMatchObject({ isNew: true, webUrl: expect.stringMatching(/Release%20notes$/) });
  expect(await world.graph.groups.createFolder(folder)).toEqual({ ...made, isNew: false });
  expect(world.simulator.groups.read(groupId).folders).toEqual(["Release notes"]);
  const odd = world.graph.groups.createFolder({ ...folder, name: "a/b" });
  expect(await failureOf(odd)).toMatchObject({ code: "invalidRequest" });
});

test("the tenant tells its services", async () => {
  await open();
  expect(await world.graph.tenants.get(call())).toEqual({
    displayName: "Acme",
    domains: ["t11111111.onmicrosoft.com"],
    services: ["exchange", "sharepoint"],
  });
});
