import { adminCommands, adminCommandValue, consentSignals, type PeopleSource } from "@hybrid/contracts";
import { hours, minutes, tenantActor } from "@hybrid/kernel";
import { expect, test } from "vitest";
import { DrivenDirectory, listed, objectId, org, tenantId, webexClaim } from "./driven-directory.ts";

const webex: PeopleSource = { kind: "webex" };
const graph: PeopleSource = { kind: "graph", tenantId };

const mailboxes = (...numbers: readonly number[]) =>
  new Map([
    [
      tenantId,
      numbers.map((each) => ({ objectId: objectId(each), mailAddress: `user${each}@acme.example` })),
    ],
  ]);

const failure = { code: "unavailable", retryable: true, retryAt: null, status: 503 } as const;

test("a first run reads everybody, page by page, tells how far it is, and plans the next one", () => {
  const directory = new DrivenDirectory();
  directory.sync(graph);
  expect(directory.report(graph)).toMatchObject({ run: 1, full: true, phase: "domains", read: 0 });
  directory.answer({ kind: "domainsRead", domains: [] });
  expect(directory.call.call).toEqual({ kind: "readGraphUsers", tenantId, link: null });
  directory.answer({
    kind: "graphPageRead",
    users: [{ objectId: objectId(1), mailAddress: "user1@acme.example" }],
    removed: [],
    unusable: 1,
    next: { kind: "page", link: "https://graph.example/v1.0/users/delta?$skiptoken=2" },
  });
  expect(directory.report(graph)).toMatchObject({ phase: "people", read: 1, unusable: 1, endedAt: null });
  expect(directory.call.call).toMatchObject({ link: expect.stringContaining("skiptoken=2") as string });
  directory.answer({
    kind: "graphPageRead",
    users: [],
    removed: [],
    unusable: 0,
    next: { kind: "round", link: "https://graph.example/v1.0/users/delta?$deltatoken=3" },
  });
  directory.run({});
  const { now } = directory.driver;
  expect(directory.report(graph)).toMatchObject({ phase: "done", endedAt: now, nextAt: now + hours(1) });
});

test("the next run goes on from the delta link, and tells changes and deletions alone", () => {
  const directory = new DrivenDirectory();
  directory.put("ada", listed(1));
  directory.syncAll({ graph: mailboxes(1, 2) }, [graph]);
  directory.driver.advanceBy(hours(1));
  directory.answer({ kind: "domainsRead", domains: [] });
  expect(directory.call.call).toEqual({ kind: "readGraphUsers", tenantId, link: "round" });
  directory.answer({
    kind: "graphPageRead",
    // Graph tells what changed alone: that the address is not there does not mean that there is none.
    users: [{ objectId: objectId(1), isGuest: false }],
    removed: [objectId(2)],
    unusable: 0,
    next: { kind: "round", link: "later" },
  });
  expect(directory.report(graph)).toMatchObject({ run: 2, full: false, phase: "done", read: 2 });
  expect(directory.users().get("ada")).toMatchObject({ version: 1, mailAddress: "user1@acme.example" });
  expect(directory.driver.stateOf(`acme/o/object-${objectId(2)}` as never)).toEqual({ kind: "unknown" });
});

test("a step that fails is tried again later and later, at the same place, and not before Retry-After", () => {
  const directory = new DrivenDirectory();
  directory.sync(webex);
  const first = directory.call;
  directory.driver.fail(first.callId, failure);
  expect(directory.report(webex)).toMatchObject({
    phase: "people",
    trouble: "readWebexPeople: unavailable",
    nextAt: directory.driver.now + minutes(1),
  });
  directory.driver.advanceBy(minutes(1));
  expect(directory.call.call).toEqual(first.call);
  const retryAt = (directory.driver.now + minutes(10)) as typeof directory.driver.now;
  directory.driver.fail(directory.call.callId, { ...failure, code: "throttled", status: 429, retryAt });
  expect(directory.report(webex)?.nextAt).toBe(retryAt);
  directory.driver.advanceBy(minutes(10));
  directory.driver.fail(directory.call.callId, failure);
  expect(directory.report(webex)?.nextAt).toBe(directory.driver.now + minutes(4));
  // An order does not wait: somebody may have mended it.
  directory.sync(webex);
  expect(directory.call.call).toEqual(first.call);
});

test("when Graph has forgotten the link, everybody is read again, and who is missing is gone", () => {
  const directory = new DrivenDirectory();
  for (const each of [1, 2])
    directory.put(`u${each}`, listed(each, { mailAddress: `list${each}@acme.example` }));
  directory.syncAll({ graph: mailboxes(1, 2) }, [graph]);
  expect(directory.users().get("u2")?.mailAddress).toBe("user2@acme.example");
  directory.sync(graph);
  directory.answer({ kind: "domainsRead", domains: [] });
  directory.driver.fail(directory.call.callId, {
    ...failure,
    code: "syncStateLost",
    retryable: false,
    status: 410,
  });
  expect(directory.call.call).toEqual({ kind: "readGraphUsers", tenantId, link: null });
  directory.run({ graph: mailboxes(1) }, 1);
  expect([...directory.users().values()].map(({ mailAddress }) => mailAddress)).toEqual([
    "user1@acme.example",
    "list2@acme.example",
  ]);
});

test("people who are missing from two rounds of Webex are gone, from one they are not", () => {
  const directory = new DrivenDirectory();
  const sources = (...numbers: readonly number[]) => ({
    graph: mailboxes(1, 2),
    webex: numbers.map((each) => webexClaim(each)),
  });
  directory.syncAll(sources(1, 2), [graph, webex]);
  directory.syncAll(sources(1), [webex]);
  expect(directory.users().size).toBe(2);
  directory.syncAll(sources(1), [webex], 1);
  expect([...directory.users().keys()]).toEqual([objectId(1)]);
  expect(directory.records(objectId(2)).at(-1)).toMatchObject({ removed: true });
});

test("changes at Webex are read newest first, until one that an earlier run has seen", () => {
  const directory = new DrivenDirectory();
  const page = (people: readonly number[], newest: string, oldest: string) => ({
    newest: Date.parse(newest),
    oldest: Date.parse(oldest),
    kind: "webexPageRead" as const,
    people: people.map((each) => webexClaim(each)),
    unusable: 0,
    next: "81",
  });
  directory.sync(webex);
  directory.answer({ ...page([1], "2026-01-05T07:00:00Z", "2026-01-01T00:00:00Z"), next: null });
  directory.run({});
  directory.sync(webex);
  expect(directory.call.call).toEqual({ kind: "readWebexPeople", cursor: null, order: "newest" });
  directory.answer(page([2], "2026-01-05T08:00:00Z", "2026-01-05T06:55:00Z"));
  expect(directory.call.call).toMatchObject({ cursor: "81" });
  directory.answer(page([1], "2026-01-05T06:54:00Z", "2026-01-05T06:00:00Z"));
  expect(directory.call.call).toEqual({ kind: "readWorkspaces", after: null });
  directory.run({});
  expect(directory.report(webex)).toMatchObject({ phase: "done", full: false, read: 2 });
  // A day later everybody is read again, because changes do not tell who is gone.
  directory.driver.advanceBy(hours(1));
  directory.run({});
  for (let hour = 0; hour < 24; hour++) {
    directory.driver.advanceBy(hours(1));
    if (hour < 22) directory.run({});
  }
  expect(directory.call.call).toEqual({ kind: "readWebexPeople", cursor: null, order: "id" });
});

test("without the permission for domains or workspaces people are synchronised all the same", () => {
  const directory = new DrivenDirectory();
  const refused = { ...failure, code: "invalidRequest", retryable: false, status: 403 } as const;
  directory.syncAll({ workspaces: [{ workspaceId: objectId(9), mailAddress: "user1@acme.example" }] }, [
    webex,
  ]);
  directory.put("ada", listed(1));
  for (let round = 0; round < 3; round++) {
    directory.sync(webex, { full: true });
    directory.answer({
      kind: "webexPageRead",
      people: [],
      unusable: 0,
      next: null,
      newest: null,
      oldest: null,
    });
    directory.driver.fail(directory.call.callId, refused);
    directory.run({});
  }
  expect(directory.report(webex)).toMatchObject({ phase: "done", trouble: "readWorkspaces: invalidRequest" });
  // A workspace that could not be read is not gone.
  expect(directory.users().get("ada")?.obstacles).toEqual(["addressTakenByWorkspace"]);
  directory.sync(graph);
  directory.driver.fail(directory.call.callId, refused);
  directory.run({ graph: mailboxes(1) });
  expect(directory.report(graph)).toMatchObject({ phase: "done", trouble: "readDomains: invalidRequest" });
});

test("an order while a run is under way is one more run behind it; a source can be left alone", () => {
  const directory = new DrivenDirectory();
  directory.sync(webex);
  directory.sync(webex, { full: true });
  directory.sync(webex);
  directory.run({ webex: [webexClaim(1)] });
  expect(directory.report(webex)).toMatchObject({ run: 2, full: true, phase: "done" });
  directory.sync(webex);
  directory.sync(webex, { go: false });
  directory.run({});
  expect(directory.report(webex)).toMatchObject({ run: 3, phase: "done", nextAt: null });
  directory.driver.advanceBy(hours(100));
  expect(directory.driver.openCalls()).toEqual([]);
});

test("a tenant that takes its consent back is left alone, and goes on where it stood when it consents again", () => {
  const directory = new DrivenDirectory();
  const { driver } = directory;
  const tenant = tenantActor(org, tenantId);
  const settings = { webexKeyword: "space", meetKeyword: "space", language: null } as const;
  const activate = () =>
    driver.publish(
      adminCommands,
      tenant,
      adminCommandValue({ kind: "activateTenant", settings }, driver.now),
    );
  activate();
  directory.sync(graph);
  directory.answer({ kind: "domainsRead", domains: [] });
  const { call } = directory.call;
  driver.publish(consentSignals, tenant, { tenantId, generation: 1, observedAt: driver.now });
  driver.fail(directory.call.callId, { ...failure, code: "consentRevoked", retryable: false, status: 400 });
  driver.advanceBy(hours(10));
  expect(driver.openCalls()).toEqual([]);
  directory.sync(graph);
  expect(driver.openCalls()).toEqual([]);
  expect(directory.report(graph)).toMatchObject({ phase: "people", trouble: "tenant: consentRevoked" });
  activate();
  driver.advanceBy(0);
  expect(directory.call.call).toEqual(call);
});

test("of a tenant that is connected user by user nobody is read, and the report says why", () => {
  const directory = new DrivenDirectory();
  const { driver } = directory;
  const tenant = tenantActor(org, tenantId);
  const settings = { webexKeyword: "space", meetKeyword: "space", language: null } as const;
  const activate = (consent: "organisation" | "user") =>
    driver.publish(
      adminCommands,
      tenant,
      adminCommandValue({ kind: "activateTenant", settings: { ...settings, consent } }, driver.now),
    );
  const why = "tenant: organisationConsentMissing";
  activate("user");
  // The source is younger than the decision: the first call says what the way to Graph knows.
  directory.sync(graph);
  const refused = { ...failure, code: "organisationConsentMissing", retryable: false, status: null } as const;
  driver.fail(directory.call.callId, refused);
  driver.fail(directory.call.callId, refused);
  driver.advanceBy(hours(100));
  expect(driver.openCalls()).toEqual([]);
  directory.sync(graph);
  expect(driver.openCalls()).toEqual([]);
  expect(directory.report(graph)).toMatchObject({ trouble: why });
  activate("organisation");
  driver.advanceBy(0);
  expect(directory.call.call.kind).toBe("readGraphUsers");
  driver.fail(directory.call.callId, { ...failure, code: "unavailable", retryable: true, status: 503 });
  // Another model: the source that waits says at once what it waits for now.
  activate("user");
  expect(directory.report(graph)).toMatchObject({ trouble: why });
  driver.advanceBy(hours(10));
  expect(driver.openCalls()).toEqual([]);
});

test("guests are nobody's mailbox", () => {
  const directory = new DrivenDirectory();
  directory.put("ada", listed(1));
  const guest = { objectId: objectId(2), mailAddress: "user1@acme.example", isGuest: true };
  directory.syncAll({ graph: new Map([[tenantId, [guest]]]) }, [graph]);
  expect(directory.users().get("ada")).toMatchObject({ enabled: true, obstacles: [] });
});
