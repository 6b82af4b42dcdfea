import {
  adminCommands,
  archiveCommands,
  archiveStatus,
  controlTopic,
  type OrganisationSettings,
  syncOrders,
  tenantStatus,
} from "@hybrid/contracts";
import type { CalendarSetup, Settings, TrialStep } from "@hybrid/control-hub-page/api";
import { expect, test } from "vitest";
import { connector, scene, startAt, tenantId } from "./scene.ts";
import { archiveOrders, audited, written } from "./written.ts";

const settings = {
  webexKeyword: "personalRoom" as const,
  meetKeyword: "space" as const,
  language: null,
  join: null,
};

const openTown = async (status: "active" | "suspended" = "active") => {
  const made = await scene();
  await made.write(tenantStatus, {
    [`acme/t-${tenantId}`]: { tenantId, status, generation: 1, settings, decidedAt: startAt },
  });
  return { ...made, browser: await made.signIn() };
};

test("the link for a consent leads back to its wizard, at the address by which the page is reached", async () => {
  const { post, browser, desk, log, vault } = await openTown();
  const answer = await post(browser, "/api/o/acme/consent-links", { app: "calendar" });
  expect(answer.json()).toEqual({ url: "https://consent.example/consent/start?ticket=calendar" });
  await post(browser, "/api/o/acme/consent-links", { app: "archive", tenantId });
  expect(desk.errands).toEqual([
    {
      org: "acme",
      app: "calendar",
      tenantId: null,
      returnTo: "http://localhost/o/acme/hybrid/calendar/setup/role",
    },
    {
      org: "acme",
      app: "archive",
      tenantId,
      returnTo: "http://localhost/o/acme/hybrid/archive/setup/consent",
    },
  ]);
  const acts = (await audited(log, vault)).map(({ value }) => [value.act, value.by]);
  expect(acts).toEqual([
    ["consent.calendar", "ada@acme.example"],
    ["consent.archive", "ada@acme.example"],
  ]);
});

test("a mailbox is tried step by step, as far as it goes; only in a tenant of the organisation", async () => {
  const { post, browser, desk } = await openTown();
  const path = `/api/o/acme/tenants/${tenantId}/trials`;
  const stepsOf = async () => {
    const answer = await post(browser, path, { mailbox: "ada@acme.example" });
    expect(answer.headers["content-type"]).toBe("application/x-ndjson");
    return answer.body
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as TrialStep);
  };
  expect((await stepsOf()).map(({ name, isDone }) => [name, isDone])).toEqual([
    ["found", true],
    ["settings", true],
    ["created", true],
    ["removed", true],
  ]);
  desk.failing = { name: "settings", code: "mailboxMissing" };
  expect((await stepsOf()).at(-1)).toEqual({ name: "settings", isDone: false, code: "mailboxMissing" });
  const elsewhere = await post(browser, path.replace(tenantId, "7f9619ff-8b86-4011-b42d-00c04fc964ff"), {
    mailbox: "ada@acme.example",
  });
  expect(elsewhere.statusCode).toBe(404);
});

test("observe mode goes to all that write for people, live to everything, in every partition", async () => {
  const { get, post, browser, log, views } = await openTown();
  const look = async () => (await get(browser, "/api/o/acme/calendar")).json<CalendarSetup>();
  expect(await look()).toMatchObject({ cloud: "worldwide", mode: null, tenants: [{ status: "active" }] });
  const orders = async (service: string) =>
    (await written(log, controlTopic(service))).map(({ key, value }) => [key, value.kind, value.on]);
  const told = views.histories.changes(views.histories.token(), AbortSignal.timeout(5_000));
  await post(browser, "/api/o/acme/calendar/orders", { order: "observe" });
  for await (const { changes } of told) if (changes.some(({ table }) => table === "modes")) break;
  expect(await orders("decorator")).toEqual([1, 2].map(() => ["acme/o", "observe", true]));
  expect(await orders("directory")).toEqual([]);
  expect(await look()).toMatchObject({ mode: "observe", modeSince: startAt });
  await post(browser, "/api/o/acme/calendar/orders", { order: "live" });
  expect(await orders("directory")).toEqual([1, 2].map(() => ["acme/o", "observe", false]));
});

test("people are synchronised from Webex and from every active tenant", async () => {
  const { post, browser, log } = await openTown();
  await post(browser, "/api/o/acme/calendar/orders", { order: "synchronise" });
  const ordered = (await written(log, syncOrders)).map(({ key, value }) => [key, value.go]);
  expect(ordered.toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1))).toEqual([
    [`acme/o/sync-graph-${tenantId}`, true],
    ["acme/o/sync-webex", true],
  ]);
});

test("settings are given whole to an active tenant, and never put one into service", async () => {
  const wanted = { ...settings, join: { site: "acme.webex.com", phone: false } };
  const { post, browser, log, write } = await openTown();
  const path = `/api/o/acme/tenants/${tenantId}/orders`;
  const configure = (given: object) => post(browser, path, { order: "configure", settings: given });
  expect((await configure(wanted)).statusCode).toBe(202);
  const [order] = await written(log, adminCommands);
  expect(order?.value).toMatchObject({
    kind: "activateTenant",
    settings: { webexKeyword: "personalRoom", join: { site: "acme.webex.com", phone: false, video: true } },
  });
  const bad = { ...wanted, join: { excluded: { subjectPattern: "(?=ahead)" } } };
  const refused = await configure(bad);
  expect([refused.statusCode, refused.body]).toEqual([400, expect.stringContaining("subjectPattern")]);
  await write(tenantStatus, {
    [`acme/t-${tenantId}`]: { tenantId, status: "suspended", generation: 2, settings, decidedAt: startAt },
  });
  expect((await configure(wanted)).json()).toMatchObject({ type: "urn:hybrid:problem:tenantNotActive" });
});

test("settings are given for what they were looked at as; who consents stays; nothing is there twice", async () => {
  const { get, post, browser, log, write } = await openTown();
  const byUser = { ...settings, consent: "user" as const };
  const tell = (given: OrganisationSettings, generation: number) =>
    write(tenantStatus, {
      [`acme/t-${tenantId}`]: { tenantId, status: "active", generation, settings: given, decidedAt: startAt },
    });
  await tell(byUser, 2);
  const look = async () => (await get(browser, "/api/o/acme/settings")).json<Settings>().tenants[0]!;
  const { etag, consent } = await look();
  expect(consent).toBe("user");
  const configure = (ifMatch: string, changed: object = {}) =>
    post(
      browser,
      `/api/o/acme/tenants/${tenantId}/orders`,
      { order: "configure", settings: { ...settings, join: {}, ...changed } },
      { "if-match": ifMatch },
    );
  expect((await configure(`"${etag}"`, { webexKeyword: "space" })).statusCode).toBe(202);
  const [order] = await written(log, adminCommands);
  expect(order?.value.settings).toMatchObject({ webexKeyword: "space", consent: "user" });
  // Decided once more with the same settings it is the same; with others it is another one.
  await tell(byUser, 3);
  expect((await look()).etag).toBe(etag);
  await tell({ ...byUser, webexKeyword: "space" }, 4);
  const late = await configure(`"${etag}"`);
  expect(late.json()).toMatchObject({ status: 412, type: "urn:hybrid:problem:changedMeanwhile" });
  const keywords = [
    { word: "möte", action: "space" },
    { word: "MÖTE", action: "oneTime" },
  ];
  const texts = [{ language: "de" }, { language: "de-AT" }];
  const twice = await configure("*", { join: { keywords, texts } });
  expect(twice.json()).toMatchObject({
    faults: [
      { at: "body.settings.join.keywords.1.word", fault: "is there twice" },
      { at: "body.settings.join.texts.1.language", fault: "has texts already" },
    ],
  });
  for (const word of ["x", "Spark", "two words", "me@work"])
    expect((await configure("*", { join: { keywords: [{ word, action: "space" }] } })).statusCode).toBe(400);
  expect((await configure("*", { join: { keywords: [{ word: "会议", action: "space" }] } })).statusCode).toBe(
    202,
  );
});

test("only who holds the archive role makes a connector, under a new name and for tenants of the organisation", async () => {
  const { get, post, browser, log, vault, signIn } = await openTown();
  const create = (who: typeof browser, changed: object = {}) =>
    post(who, "/api/o/acme/archive/orders", {
      name: "main",
      acceptsTerms: true,
      wanted: { tenants: [tenantId] },
      ...changed,
    });
  const bo = await signIn({ org: "acme", name: "bo@acme.example" });
  expect((await get(bo, "/api/o/acme/archive-role")).json()).toEqual({
    by: "bo@acme.example",
    holdsRole: false,
  });
  // Who is signed in by name cannot be somebody else.
  expect((await create(bo, { by: "ada@acme.example" })).statusCode).toBe(403);
  expect((await create(browser, { acceptsTerms: false })).statusCode).toBe(400);
  expect((await create(browser, { from: startAt - 91 * 86_400_000 })).statusCode).toBe(400);
  const elsewhere = { tenants: ["7f9619ff-8b86-4011-b42d-00c04fc964ff"] };
  expect((await create(browser, { wanted: elsewhere })).statusCode).toBe(404);
  expect(await written(log, archiveCommands)).toEqual([]);
  expect((await create(browser)).statusCode).toBe(202);
  const operator = await signIn({ name: "administrator" });
  expect((await create(operator, { name: "second", by: "ADA@acme.example" })).statusCode).toBe(202);
  const made = await archiveOrders(log, vault);
  expect(made).toMatchObject([
    { kind: "create", by: "ada@acme.example", from: startAt - 86_400_000, terms: { tenants: [tenantId] } },
    { kind: "create", by: "ada@acme.example" },
  ]);
});

test("a connector's name is taken once; a window is read again from its page", async () => {
  const { post, browser, log, write } = await openTown();
  await write(archiveStatus, { "acme/c-main": connector() });
  const twice = await post(browser, "/api/o/acme/archive/orders", {
    name: "main",
    acceptsTerms: true,
    wanted: { tenants: [tenantId] },
  });
  expect(twice.statusCode).toBe(409);
  const rerun = (from: number, to: number) =>
    post(browser, "/api/o/acme/archive/main/orders", { order: "rerun", from, to });
  expect((await rerun(2_000, 1_000)).statusCode).toBe(400);
  expect((await rerun(1_000, 2_000)).statusCode).toBe(202);
  expect((await written(log, archiveCommands)).map(({ value }) => value)).toMatchObject([
    { kind: "rerun", from: 1_000, to: 2_000 },
  ]);
});
