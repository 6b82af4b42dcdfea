import {
  archiveStatus,
  groupPrerequisites,
  groupStatus,
  tenantStatus,
  userDirectory,
  userStatus,
} from "@hybrid/contracts";
import { operations, Role, type SessionList } from "@hybrid/control-hub-page/api";
import { expect, test } from "vitest";
import { openApiDocument } from "../src/http/openapi.ts";
import { connector, entry, prerequisites, scene, startAt, status, team, tenantId } from "./scene.ts";

interface Described {
  readonly path: string;
  readonly method: string;
  readonly operationId: string;
  readonly "x-role": string | null;
  readonly requestBody?: object;
}

const described = Object.entries(
  (
    openApiDocument(operations) as {
      paths: Record<string, Record<string, Omit<Described, "path" | "method">>>;
    }
  ).paths,
).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    path,
    method: method.toUpperCase(),
    ...operation,
  })),
);
const ofOrganisations = described.filter(({ path }) => path.includes("{org}"));
const changes = described.filter(({ method }) => method === "POST");

const bodies: Readonly<Record<string, object>> = {
  orderUser: { order: "disable" },
  orderGroups: { order: "check" },
  orderTeam: { order: "retry" },
  orderConnector: { order: "pause" },
  orderTenant: { order: "deactivate" },
  endSession: {},
  orderCalendar: { order: "observe" },
  consentLink: { app: "calendar" },
  previewDetails: {
    settings: { webexKeyword: "space", meetKeyword: "space", language: null, join: {} },
    place: "space",
    invitation: "Hello",
  },
  explainText: { text: "Join at https://acme.webex.com/meet/ada" },
  explainEvent: { eventId: "AAkALg" },
  orderRules: { order: "reset", version: 0 },
  orderMove: { order: "look" },
  orderRooms: { order: "stop" },
  tryMailbox: { mailbox: "ada@acme.example" },
  previewConnector: { tenants: [tenantId] },
  createConnector: { name: "second", acceptsTerms: true, wanted: { tenants: [tenantId] } },
  planBulk: {},
  myConsentLink: {},
  orderMe: { order: "connect" },
  endOwnSession: { session: "none", all: false },
  endSessions: { session: "none", all: false },
};

const asCsv = { "content-type": "text/csv" };

/** Operations that answer 404 when the session that they name is not there. */
const ofSessions = ["endOwnSession", "endSessions"];

const at = (path: string, org: string, job = "none"): string =>
  path
    .replace("{org}", org)
    .replace("{user}", "ada")
    .replace("{job}", job)
    .replace("{team}", "13e18f40-42fc-11e6-a9d8-211a0dc79769")
    .replace("{connector}", "main")
    .replace("{tenant}", tenantId);

const tenant = {
  tenantId,
  status: "active" as const,
  generation: 1,
  settings: {
    webexKeyword: "personalRoom" as const,
    meetKeyword: "space" as const,
    language: null,
    join: null,
    consent: "user" as const,
  },
  decidedAt: startAt,
};

/** Two organisations that have the same of everything. */
const twins = async () => {
  const made = await scene();
  for (const org of ["acme", "rival"]) {
    await made.write(userDirectory, { [`${org}/u-ada`]: entry() });
    await made.write(userStatus, { [`${org}/u-ada`]: status() });
    await made.write(groupPrerequisites, { [`${org}/o`]: prerequisites() });
    await made.write(groupStatus, { [`${org}/r-13e18f40-42fc-11e6-a9d8-211a0dc79769`]: team() });
    await made.write(archiveStatus, { [`${org}/c-main`]: connector() });
    await made.write(tenantStatus, { [`${org}/t-${tenantId}`]: tenant });
  }
  return made;
};

const isStream = ({ operationId }: Described): boolean => operationId === "events";

test("every operation answers who may ask, in the form that its description promises", async () => {
  const { app, post, signIn } = await twins();
  const { cookie, csrfToken } = await signIn();
  // Of oneself alone somebody is told who is one person of the directory.
  const ada = await signIn({ org: "acme", user: "ada" });
  // Somebody to sign out, in the organisation and of the person who asks.
  await signIn({ org: "acme" });
  await signIn();
  const listOf = async (path: string): Promise<SessionList["sessions"]> =>
    (await app.inject({ url: path, headers: { host: "localhost", cookie } })).json<SessionList>().sessions;
  const sessionOf = async (name: string): Promise<object> => {
    const sessions = await listOf(name === "endSessions" ? "/api/o/acme/sessions" : "/api/sessions");
    return { session: sessions.find(({ isOwn }) => !isOwn)?.id, all: false };
  };
  const file = "User,Order\nada,disable";
  const job = (await post({ cookie, csrfToken }, "/api/o/acme/bulk", file, asCsv)).json<{ id: string }>().id;
  for (const each of described.filter((one) => !isStream(one) && one.operationId !== "endSession")) {
    const isFile = each.operationId === "planBulk";
    const isOwn = each.path.startsWith("/api/me");
    const payload = isFile
      ? file
      : ofSessions.includes(each.operationId)
        ? await sessionOf(each.operationId)
        : bodies[each.operationId]!;
    const answer = await app.inject({
      method: each.method as "GET",
      url: at(each.path, "acme", job),
      headers: {
        host: "localhost",
        cookie: isOwn ? ada.cookie : cookie,
        "x-csrf-token": isOwn ? ada.csrfToken : csrfToken,
        ...(isFile ? asCsv : {}),
      },
      ...(each.requestBody ? { payload } : {}),
    });
    const { answer: promised, status: code = 200 } = operations[
      each.operationId as keyof typeof operations
    ] as {
      answer: (typeof operations)["users"]["answer"];
      status?: number;
    };
    expect([each.operationId, answer.statusCode]).toEqual([each.operationId, code]);
    const read = promised.type === "application/json" ? promised.schema.safeParse(answer.json()) : undefined;
    expect([each.operationId, read?.error?.message]).toEqual([each.operationId, undefined]);
  }
});

test("without a session nothing is answered but the description", async () => {
  const { app } = await twins();
  for (const each of described) {
    const answer = await app.inject({
      method: each.method as "GET",
      url: at(each.path, "acme"),
      headers: { host: "localhost", cookie: "hub-session=forged" },
      ...(each.requestBody ? { payload: bodies[each.operationId]! } : {}),
    });
    expect([each.operationId, answer.statusCode]).toEqual([
      each.operationId,
      each["x-role"] === null ? 200 : 401,
    ]);
  }
});

test("another organisation looks like one that does not exist, on every path", async () => {
  const { app, signIn } = await twins();
  const { cookie, csrfToken } = await signIn({ org: "acme" });
  expect(ofOrganisations.length).toBeGreaterThan(15);
  for (const each of ofOrganisations) {
    const ask = (org: string) =>
      app.inject({
        method: each.method as "GET",
        url: at(each.path, org),
        headers: { host: "localhost", cookie, "x-csrf-token": csrfToken },
        ...(each.requestBody ? { payload: bodies[each.operationId]! } : {}),
      });
    const [rival, nobody] = [await ask("rival"), await ask("nobody")];
    expect([each.operationId, rival.statusCode]).toEqual([each.operationId, 404]);
    expect(rival.body).toBe(nobody.body);
  }
  // A cursor of another organisation's list leads nowhere either.
  const cursor = Buffer.from(JSON.stringify(["rival/o!"])).toString("base64url");
  const audit = await app.inject({
    url: `/api/o/acme/audit?cursor=${cursor}`,
    headers: { host: "localhost", cookie },
  });
  expect(audit.statusCode).toBe(400);
});

test("what another organisation alone has is not found under one's own, on every path that names it", async () => {
  const { app, post, signIn, write } = await twins();
  const own = { user: "fay", team: "23e18f40-42fc-11e6-a9d8-211a0dc79769", connector: "second" };
  const rivalTenant = "7f9619ff-8b86-4011-b42d-00c04fc964ff";
  await write(userDirectory, { [`rival/u-${own.user}`]: entry() });
  await write(userStatus, { [`rival/u-${own.user}`]: status() });
  await write(groupStatus, { [`rival/r-${own.team}`]: team() });
  await write(archiveStatus, { [`rival/c-${own.connector}`]: connector({ name: own.connector }) });
  await write(tenantStatus, { [`rival/t-${rivalTenant}`]: { ...tenant, tenantId: rivalTenant } });
  const rival = await signIn({ org: "rival" });
  const file = await post(rival, "/api/o/rival/bulk", `User,Order\n${own.user},disable`, asCsv);
  const job = file.json<{ id: string }>().id;
  const { cookie, csrfToken } = await signIn({ org: "acme" });
  const named = ofOrganisations.filter(({ path }) => /\{(?!org)/.test(path));
  expect(named.length).toBeGreaterThan(9);
  for (const each of named) {
    const url = each.path
      .replace("{org}", "acme")
      .replace("{user}", own.user)
      .replace("{team}", own.team)
      .replace("{connector}", own.connector)
      .replace("{tenant}", rivalTenant)
      .replace("{job}", job)
      .replace("{day}", "2026-11-23");
    expect([each.operationId, url]).toEqual([each.operationId, expect.not.stringContaining("{")]);
    const answer = await app.inject({
      method: each.method as "GET",
      url,
      headers: { host: "localhost", cookie, "x-csrf-token": csrfToken },
      ...(each.requestBody ? { payload: bodies[each.operationId]! } : {}),
    });
    expect([each.operationId, answer.statusCode]).toEqual([each.operationId, 404]);
  }
});

test("the session of another is nobody's: what looks like one, but was not given here, signs nobody in", async () => {
  const { app, signIn } = await twins();
  const { cookie } = await signIn();
  const [name = "", id = ""] = cookie.split("=");
  const flipped = `${id.slice(0, -1)}${id.endsWith("A") ? "B" : "A"}`;
  for (const forged of [
    flipped,
    `${id}A`,
    id.slice(0, -1),
    id.toUpperCase(),
    "null",
    `${id}%00`,
    "../",
    `${id};a=b`.slice(1),
  ]) {
    const answer = await app.inject({
      url: "/api/session",
      headers: { host: "localhost", cookie: `${name}=${forged}` },
    });
    expect([forged === id, answer.statusCode]).toEqual([false, 401]);
  }
});

/** What each role may, in words of this test: it must not follow from the table that it tests. */
const mays: Readonly<Record<Role, (operation: Described) => boolean>> = {
  full: () => true,
  support: ({ method, operationId }) =>
    !adminsOnly.includes(operationId) && (method === "GET" || helpersToo.includes(operationId)),
  readOnly: ({ method, operationId }) =>
    writesNothing.includes(operationId) ||
    (![...adminsOnly, ...helpersToo].includes(operationId) && method === "GET"),
  user: () => false,
};
const adminsOnly = ["sessions", "endSessions"];
/** Orders by their method alone: they answer a question that is too long for an address. */
const writesNothing = ["explainText", "previewDetails"];
const helpersToo =
  "orderUser orderMove explainEvent explainText previewDetails bulkJobs bulkJob bulkReport planBulk applyBulk".split(
    " ",
  );

test.each(Role.options)(
  "on every path of an organisation the role %s may what it may, and no more",
  async (role) => {
    const { app, signIn } = await twins();
    const { cookie, csrfToken } = await signIn({ org: "acme", role, user: "ada" });
    for (const each of ofOrganisations.filter((one) => !isStream(one))) {
      const answer = await app.inject({
        method: each.method as "GET",
        url: at(each.path, "acme"),
        headers: { host: "localhost", cookie, "x-csrf-token": csrfToken },
        ...(each.requestBody ? { payload: bodies[each.operationId]! } : {}),
      });
      const wasLet = answer.statusCode !== 403;
      expect([each.operationId, wasLet]).toEqual([each.operationId, mays[role](each)]);
    }
  },
);

test("a change needs the session's token and our own origin", async () => {
  const { app, post, signIn } = await twins();
  const browser = await signIn();
  for (const each of changes) {
    const url = at(each.path, "acme");
    const payload = bodies[each.operationId]!;
    const { cookie } = browser;
    const bare = await app.inject({ method: "POST", url, payload, headers: { host: "localhost", cookie } });
    const foreign = await post(browser, url, payload, { origin: "https://evil.example" });
    const wrong = await post({ ...browser, csrfToken: "x".repeat(43) }, url, payload);
    expect([each.operationId, bare.statusCode, foreign.statusCode, wrong.statusCode]).toEqual([
      each.operationId,
      403,
      403,
      403,
    ]);
  }
});

test("what is sent must be small, flat and of its form", async () => {
  const { app, signIn } = await twins();
  const { cookie, csrfToken } = await signIn();
  const send = (payload: string) =>
    app.inject({
      method: "POST",
      url: "/api/o/acme/users/ada/orders",
      payload,
      headers: { host: "localhost", cookie, "x-csrf-token": csrfToken, "content-type": "application/json" },
    });
  const statuses = [];
  for (const payload of [
    JSON.stringify({ order: "disable", more: "x".repeat(100_000) }),
    "[".repeat(60_000),
    `${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}`,
    '{"__proto__": {"order": "disable"}}',
    '{"order": "explode"}',
    "order=disable",
  ])
    statuses.push((await send(payload)).statusCode);
  expect(statuses).toEqual([413, 400, 400, 400, 400, 400]);
});

test("ids that could mean something else are refused before anything is looked up", async () => {
  const { get, signIn } = await twins();
  const browser = await signIn();
  for (const id of ["..%2f..%2frival%2fu-ada", "ada%20x", "%00", "ada'--", "%F0%9F%98%80"])
    expect((await get(browser, `/api/o/acme/users/${id}`)).statusCode).toBe(400);
});

test("a link signs in once, for a while, under a new session each time; a forged one never", async () => {
  const { app, clock, get, key, signIn } = await twins();
  const { signInToken } = await import("../src/adapters/sign-in-links.ts");
  const enter = (token: string, cookie = "") =>
    app.inject({ url: `/sign-in?token=${token}`, headers: { host: "localhost", cookie } });
  const guest = { org: null, role: "full", name: "x", user: null } as const;
  const token = signInToken(key, guest, clock.now());
  const fixed = await enter(token, "hub-session=planted");
  const [set] = fixed.cookies;
  expect(set).toMatchObject({ name: "hub-session", httpOnly: true, sameSite: "Strict", path: "/" });
  expect(set?.value).not.toBe("planted");
  expect([fixed.headers.location, (await enter(token)).headers.location]).toEqual([
    "/",
    "/signed-out?why=link",
  ]);
  const foreign = signInToken(new Uint8Array(32).fill(8), guest, clock.now());
  const late = signInToken(key, guest, clock.now() - 16 * 60_000);
  for (const bad of [foreign, late, "x.y", ""])
    expect((await enter(bad)).headers.location).toBe("/signed-out?why=link");
  const browser = await signIn();
  expect((await get(browser, "/api/session")).statusCode).toBe(200);
  clock.advanceBy(3_600_001);
  expect((await get(browser, "/api/session")).statusCode).toBe(401);
});

test("signing out ends the session at once", async () => {
  const { get, post, signIn } = await twins();
  const browser = await signIn();
  await post(browser, "/api/session/end", {});
  expect((await get(browser, "/api/session")).statusCode).toBe(401);
});

test("a page of another name that leads here is not answered", async () => {
  const { app } = await twins();
  const answer = await app.inject({ url: "/api/openapi.json", headers: { host: "evil.example" } });
  expect(answer.statusCode).toBe(421);
});

test("names are data: what looks like a tag comes back as JSON that no browser takes for a page", async () => {
  const { get, signIn, write } = await twins();
  const tag = "<img src=x onerror=alert(1)>@acme.example";
  await write(userDirectory, { "acme/u-x": entry({ mailAddress: tag }) });
  const answer = await get(await signIn(), "/api/o/acme/users/x");
  expect(answer.headers["content-type"]).toBe("application/json; charset=utf-8");
  expect(answer.headers["x-content-type-options"]).toBe("nosniff");
  expect(answer.json()).toMatchObject({ mailAddress: tag });
});
