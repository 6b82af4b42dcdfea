import type { PeopleSource } from "@hybrid/contracts";
import { hours } from "@hybrid/kernel";
import { afterEach, beforeEach, expect, test } from "vitest";
import { objectId, tenantId } from "./driven-directory.ts";
import { openSources, type SimulatedSources, webexOrg } from "./simulated-sources.ts";

const webex: PeopleSource = { kind: "webex" };
const graph: PeopleSource = { kind: "graph", tenantId };

let sources: SimulatedSources;
beforeEach(async () => {
  sources = await openSources();
});
afterEach(() => sources.close());

const addMany = (count: number): void => {
  for (let each = 1; each <= count; each++)
    sources.add(
      { objectId: objectId(each), mail: `user${each}@acme.example` },
      { createdAt: Date.UTC(2025, 0, 1, each) },
    );
};

test("people of both clouds come together, over several pages, and a second run publishes nothing", async () => {
  addMany(95);
  await sources.sync(graph);
  await sources.sync(webex);
  const { directory } = sources;
  expect(directory.users().size).toBe(95);
  expect(directory.codes()).toEqual({});
  expect(directory.users().get(objectId(7))).toMatchObject({
    tenantId,
    mailAddress: "user7@acme.example",
    wanted: false,
    webex: { active: true, messaging: true, linked: true },
  });
  expect(directory.report(graph)).toMatchObject({ phase: "done", read: 95, trouble: null });
  directory.news();
  const before = sources.webex.requestCounts()["GET /identity/scim/:orgId/v2/Users"] ?? 0;
  await sources.sync(webex);
  await sources.sync(graph);
  await sources.sync(webex, { full: true });
  expect(directory.news()).toBe(0);
  // Nobody changed since: one page told so, and the full round took two.
  expect(sources.webex.requestCounts()["GET /identity/scim/:orgId/v2/Users"]).toBe(before + 1 + 2);
});

test("an apostrophe, a plus sign, an international domain and capital letters are the same person's", async () => {
  const mails = [
    "o'brien@acme.example",
    "ada+work@acme.example",
    "j\u00f6rg@b\u00fccher.example",
    "Bo.Capital@ACME.example",
  ];
  for (const [at, mail] of mails.entries())
    sources.add({ objectId: objectId(at), mail }, { externalId: undefined });
  await sources.sync(webex);
  await sources.sync(graph);
  const { directory } = sources;
  expect([...directory.users().values()].map(({ mailAddress }) => mailAddress).sort()).toEqual(
    [...mails].sort(),
  );
  for (const { obstacles, webex: person } of directory.users().values())
    expect([obstacles, person?.linked]).toEqual([[], false]);
  expect(Object.values(directory.codes())).toEqual(mails.map(() => ["externalIdMissing"]));
});

test("by Webex and verified domains alone: the externalId is the object id, the domain tells the tenant", async () => {
  const common = { orgId: webexOrg, sites: [], displayName: "someone" };
  sources.webex.addPerson({ ...common, email: "ada@b\u00fccher.example", externalId: `User_${objectId(1)}` });
  sources.webex.addPerson({ ...common, email: "bo@elsewhere.example", externalId: objectId(2) });
  sources.webex.addPerson({ ...common, email: "cy@acme.example", externalId: "4711" });
  await sources.sync(webex);
  await sources.sync(graph);
  const { directory } = sources;
  expect([...directory.users().keys()]).toEqual([objectId(1)]);
  expect(directory.users().get(objectId(1))).toMatchObject({
    tenantId,
    webex: { linked: true, messaging: null },
  });
  expect(Object.values(directory.codes()).toSorted((a, b) => (String(a) < String(b) ? -1 : 1))).toEqual([
    ["externalIdInvalid", "noMailboxFound"],
    ["tenantUnknown"],
  ]);
});

test("changes of both clouds are found by the next runs: sign-in, another address, deletion", async () => {
  addMany(3);
  const [first, second] = sources.webex.people();
  sources.webex.updatePerson(first!.uuid, { hasSignedIn: false });
  await sources.sync(graph);
  await sources.sync(webex);
  const { directory, clock } = sources;
  expect(directory.users().get(objectId(1))).toMatchObject({ obstacles: ["notSignedIn"] });
  clock.advanceBy(hours(1));
  sources.webex.updatePerson(first!.uuid, { hasSignedIn: true });
  sources.webex.updatePerson(second!.uuid, { loginEnabled: false });
  sources.graph.deleteUser(objectId(3));
  await sources.sync(webex);
  await sources.sync(graph);
  expect(directory.users().get(objectId(1))).toMatchObject({ obstacles: [] });
  expect(directory.users().get(objectId(2))).toMatchObject({ obstacles: ["loginBlocked"] });
  // Webex names the person still, and the domain tells the tenant.
  expect(directory.users().get(objectId(3))).toMatchObject({ mailAddress: "user3@acme.example", tenantId });
  const third = sources.webex.people()[2]!;
  sources.webex.removePerson(third.uuid);
  await sources.sync(webex, { full: true });
  await sources.sync(webex, { full: true });
  expect([...directory.users().keys()]).toEqual([objectId(1), objectId(2)]);
});

test("a Webex that is throttled is asked again when it said so, where the run stood", async () => {
  addMany(100);
  const { directory, clock } = sources;
  sources.webex.faults.throttleUntil(clock.now() + 600_000);
  await sources.sync(webex);
  expect(directory.report(webex)).toMatchObject({ phase: "people", trouble: "readWebexPeople: throttled" });
  expect(directory.report(webex)?.nextAt).toBeGreaterThanOrEqual(clock.now() + 600_000);
  clock.advanceBy(600_000);
  await sources.sync(webex);
  expect(directory.report(webex)).toMatchObject({ phase: "done", read: 100 });
});
