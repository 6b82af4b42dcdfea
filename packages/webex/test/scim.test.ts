import { Agent, request } from "undici";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { WebexClient } from "../src/index.ts";
import { failureOf } from "./fake-webex.ts";
import { openSimulatedWebex, type SimulatedWebex } from "./simulated-webex.ts";

const signal = new AbortController().signal;
const orgUuid = "acme";
let world: SimulatedWebex;
let app: WebexClient;
beforeEach(async () => {
  world = await openSimulatedWebex();
  app = world.client("app");
});
afterEach(async () => await world.close());

const all = async <Item>(pages: AsyncIterable<{ readonly items: readonly Item[] }>): Promise<Item[]> => {
  const items: Item[] = [];
  for await (const page of pages) items.push(...page.items);
  return items;
};

test("a user is made, changed by single properties, and removed; an address is taken once", async () => {
  const order = { orgUuid, userName: "o'brien+x@acme.example", name: { givenName: "Pat" } };
  const made = await app.createScimUser({ ...order, externalId: "oid" }, signal);
  expect(made).toMatchObject({
    userName: order.userName,
    displayName: "Pat",
    externalId: "oid",
    active: true,
  });
  expect(await failureOf(app.createScimUser(order, signal))).toMatchObject({ code: "conflict" });
  const userId = made.id;
  const changes = { displayName: "Pat O'Brien", externalId: null, active: false };
  const changed = await app.patchScimUser({ orgUuid, userId, changes }, signal);
  expect(changed).toMatchObject({ displayName: "Pat O'Brien", active: false });
  expect(changed).not.toHaveProperty("externalId");
  const taken = { userName: "nora@acme.example" };
  const refused = await failureOf(app.patchScimUser({ orgUuid, userId, changes: taken }, signal));
  expect(refused).toMatchObject({ code: "conflict" });
  await app.deleteScimUser({ orgUuid, userId }, signal);
  expect(await failureOf(app.deleteScimUser({ orgUuid, userId }, signal))).toMatchObject({
    code: "notFound",
  });
});

test("only administrators and service apps change users, and in their own organisation alone", async () => {
  const order = { orgUuid, userName: "new@acme.example" };
  expect(await failureOf(world.client("nora").createScimUser(order, signal))).toMatchObject({ status: 403 });
  const elsewhere = await failureOf(app.createScimUser({ ...order, orgUuid: "other" }, signal));
  expect(elsewhere).toMatchObject({ status: 403 });
  const unknown = { orgUuid, userId: world.webex.people()[0]?.uuid ?? "", changes: { colour: "red" } };
  expect(await failureOf(app.patchScimUser(unknown, signal))).toMatchObject({ status: 501 });
});

test("groups and their members are read in pages", async () => {
  const scim = `${world.webex.url}/identity/scim/acme/v2/Groups`;
  const [nora, olaf] = world.webex.people().map(({ uuid }) => uuid);
  const made: string[] = [];
  for (const displayName of ["Board", "Staff", "Empty"]) {
    const members = displayName === "Empty" ? [] : [{ value: nora }, { value: olaf, type: "user" }];
    const body = { schemas: ["urn:ietf:params:scim:schemas:core:2.0:Group"], displayName, members };
    made.push(await postGroup(scim, body));
  }
  expect(
    (await all(app.listScimGroups({ orgUuid, count: 2 }, signal))).map((group) => group.displayName),
  ).toEqual(["Board", "Staff", "Empty"]);
  const members = await all(app.listScimGroupMembers({ orgUuid, groupId: made[0] ?? "", count: 1 }, signal));
  expect(members.map(({ value }) => value)).toEqual([nora, olaf]);
  expect(await all(app.listScimGroupMembers({ orgUuid, groupId: made[2] ?? "" }, signal))).toEqual([]);
});

const postGroup = async (url: string, body: object): Promise<string> => {
  const agent = new Agent({ connect: { ca: world.ca } });
  const answer = await request(url, {
    dispatcher: agent,
    method: "POST",
    headers: { authorization: "Bearer app", "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const { id } = (await answer.body.json()) as { readonly id: string };
  await agent.destroy();
  return id;
};
