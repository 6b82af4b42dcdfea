import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createFaults } from "../src/faults.ts";
import { startWebexSimulator, type WebexSimulator } from "../src/index.ts";
import { type Asked, asks, certificate } from "./ask.ts";

const email = "nora.berg@acme.example";
let tls: { key: string; cert: string };
let now = 1_800_000_000_000;
let webex: WebexSimulator;
let ask: (path: string, token?: string, more?: Record<string, string>) => Promise<Asked>;

beforeAll(async () => {
  tls = await certificate();
});
beforeEach(async () => {
  await webex?.close();
  webex = await startWebexSimulator({
    tls,
    clock: { now: () => now },
    accessTokens: [
      { token: "acme-token", orgId: "acme", defaultSite: "acme.webex.com" },
      { token: "other-token", orgId: "other", defaultSite: "other.webex.com" },
    ],
  });
  ask = asks(webex.url, tls.cert, "acme-token");
  webex.addPerson({
    orgId: "acme",
    email,
    aliases: ["nora@acme.example"],
    displayName: "Nora Berg",
    sites: ["acme.webex.com", "acme-eu.webex.com"],
    personalRoom: { hostPin: "4711" },
  });
});
afterAll(() => webex.close());

test("finds a person by any address, in any case, within the token's organisation only", async () => {
  for (const address of [email, "NORA@acme.example"]) {
    const { status, json } = await ask(`/v1/people?email=${address}`);
    expect(status).toBe(200);
    expect(json).toMatchObject({ items: [{ emails: [email, "nora@acme.example"], type: "person" }] });
  }
  expect((await ask(`/v1/people?email=${email}`, "other-token")).json).toEqual({ items: [] });
});

test("shows ids as unpadded base64 of ciscospark addresses", async () => {
  const { id } = webex.people()[0]!;
  expect(id).not.toContain("=");
  expect(Buffer.from(id, "base64").toString()).toMatch(/^ciscospark:\/\/us\/PEOPLE\/[0-9a-f-]{36}$/);
  expect((await ask(`/v1/people/${id}`)).json).toMatchObject({ id, displayName: "Nora Berg" });
  expect((await ask(`/v1/people/${id}`, "other-token")).status).toBe(404);
});

test("pages with a Link header until everybody was shown once", async () => {
  for (let index = 0; index < 6; index++)
    webex.addPerson({ orgId: "acme", email: `p${index}@acme.example`, displayName: `P ${index}`, sites: [] });
  const seen: string[] = [];
  let path: string | undefined = "/v1/people?max=3";
  while (path !== undefined) {
    const answer = await ask(path);
    const page = answer.json as { items: { emails: string[] }[] };
    expect(page.items.length).toBeLessThanOrEqual(3);
    seen.push(...page.items.map((item) => item.emails[0]!));
    path = /^<https:\/\/[^/]+(?<path>[^>]+)>; rel="next"$/.exec(answer.headers.get("link") ?? "")?.groups?.[
      "path"
    ];
  }
  expect(seen).toEqual([
    email,
    "p0@acme.example",
    "p1@acme.example",
    "p2@acme.example",
    "p3@acme.example",
    "p4@acme.example",
    "p5@acme.example",
  ]);
});

test("refuses unknown and malformed parameters in Webex's error shape", async () => {
  for (const path of [
    "/v1/people?mail=x",
    "/v1/people?max=0",
    "/v1/people?email=a@b&email=c@d",
    "/v1/meetingPreferences/sites?user=x",
  ]) {
    const { status, json, headers } = await ask(path);
    expect(status).toBe(400);
    expect(json).toMatchObject({
      message: expect.any(String),
      errors: expect.arrayContaining([{ description: expect.any(String) }]),
    });
    expect((json as { trackingId: string }).trackingId).toBe(headers.get("trackingid"));
  }
});

test("refuses requests without a token that it gave out", async () => {
  expect((await ask(`/v1/people?email=${email}`, "stranger")).status).toBe(401);
  webex.faults.errorRate(1);
  expect((await ask(`/v1/people?email=${email}`, "stranger")).status).toBe(401);
  webex.revokeToken("acme-token");
  const { status, json } = await ask(`/v1/people?email=${email}`);
  expect(status).toBe(401);
  expect(json).toMatchObject({ errors: [{}], trackingId: expect.stringMatching(/^SIMULATOR_/) });
});

test("shows a personal room with its host PIN, and 404 on every other site", async () => {
  const path = `/v1/meetingPreferences/personalMeetingRoom?userEmail=${email}`;
  expect((await ask(path)).json).toMatchObject({
    hostPin: "4711",
    personalMeetingRoomLink: "https://acme.webex.com/meet/nora.berg",
    sipAddress: "nora.berg@acme.webex.com",
    telephony: { accessCode: expect.stringMatching(/^\d{10}$/), callInNumbers: [{ tollType: "toll" }] },
  });
  expect((await ask(`${path}&siteUrl=acme-eu.webex.com`)).status).toBe(404);
  expect((await ask(`${path}&siteUrl=nowhere.webex.com`)).status).toBe(404);
  expect((await ask("/v1/meetingPreferences/personalMeetingRoom")).status).toBe(404);
});

test("lists sites with one default", async () => {
  expect((await ask(`/v1/meetingPreferences/sites?userEmail=${email}`)).json).toEqual({
    sites: [
      { siteUrl: "acme.webex.com", default: true },
      { siteUrl: "acme-eu.webex.com", default: false },
    ],
  });
});

test("throttles with a page and Retry-After of at most an hour, until the clock passes the end", async () => {
  const path = `/v1/people?email=${email}`;
  webex.faults.throttleUntil(now + 7_200_000);
  const { status, headers, json } = await ask(path);
  expect([status, headers.get("retry-after"), json]).toEqual([429, "3600", undefined]);
  expect(headers.get("content-type")).toMatch("text/html");
  webex.faults.throttleUntil(now + 1_500);
  expect((await ask(path)).headers.get("retry-after")).toBe("2");
  now += 1_500;
  expect((await ask(path)).status).toBe(200);
});

test("fails the drawn share of requests, the same ones for the same seed", async () => {
  const drawn = (seed: number): string => {
    const faults = createFaults(seed);
    faults.errorRate(0.25);
    return Array.from({ length: 400 }, () => (faults.fails() ? "x" : ".")).join("");
  };
  expect(drawn(7)).toBe(drawn(7));
  expect(drawn(7)).not.toBe(drawn(8));
  expect(drawn(7).replaceAll(".", "").length / 400).toBeCloseTo(0.25, 1);
  webex.faults.errorRate(1);
  expect((await ask("/v1/people")).status).toBe(502);
  webex.faults.errorRate(0);
  expect((await ask("/v1/people")).status).toBe(200);
});

test("an address that is not simulated is 501, one that Webex has not is 404, and neither is a missing person", async () => {
  const gap = await ask("/v1/recordings");
  expect([gap.status, gap.headers.get("x-simulator-not-implemented")]).toEqual([501, "GET /v1/recordings"]);
  const stray = await ask("/v1/nonsense");
  const missing = await ask("/v1/people/nobody");
  expect([stray.status, missing.status]).toEqual([404, 404]);
  expect(stray.json).toMatchObject({ errors: [{ description: "There is no such API." }] });
  expect(missing.json).toMatchObject({ message: expect.stringMatching(/person/) });
});

test("the request's TrackingID comes back, in errors and answers; one that cannot be is replaced", async () => {
  const tracked = async (path: string, trackingId: string) =>
    (await ask(path, "acme-token", { trackingid: trackingId })).headers.get("trackingid");
  for (const path of ["/v1/people", "/v1/people/nobody", "/v1/rooms"])
    expect(await tracked(path, "MY_4711-x.1:2")).toBe("MY_4711-x.1:2");
  expect(await tracked("/v1/people", "x".repeat(300))).toMatch(/^SIMULATOR_/);
});

test("people have names, roles, licences and a time zone, and are found by role", async () => {
  webex.addPerson({
    orgId: "acme",
    email: "chair@acme.example",
    displayName: "Cho Chair",
    firstName: "Cho",
    roles: ["id_full_admin"],
    licenses: ["meetings", "calling"],
    timeZone: "Asia/Seoul",
    sites: [],
  });
  const { json } = await ask("/v1/people?email=chair@acme.example");
  const [chair] = (json as { items: { roles: string[]; licenses: string[] }[] }).items;
  expect(chair).toMatchObject({ firstName: "Cho", timezone: "Asia/Seoul" });
  expect(chair).not.toHaveProperty("nickName");
  expect(chair?.licenses).toHaveLength(2);
  const found = (await ask(`/v1/people?roles=${chair?.roles[0]}`)).json as { items: object[] };
  expect(found.items).toHaveLength(1);
});

test("people/me is the token's person, or the service app itself", async () => {
  expect((await ask("/v1/people/me")).json).toMatchObject({ type: "appuser" });
  await using closing = new AsyncDisposableStack();
  const other = await startWebexSimulator({
    tls,
    clock: { now: () => now },
    accessTokens: [{ token: "nora", orgId: "acme", defaultSite: "acme.webex.com", person: email }],
  });
  closing.defer(() => other.close());
  other.addPerson({ orgId: "acme", email, displayName: "Nora Berg", sites: [] });
  expect((await asks(other.url, tls.cert, "nora")("/v1/people/me")).json).toMatchObject({
    type: "person",
    emails: [email],
  });
});

test("each token has a rate of its own; refused requests count, and time lets it go on", async () => {
  await using closing = new AsyncDisposableStack();
  const limited = await startWebexSimulator({
    tls,
    clock: { now: () => now },
    accessTokens: ["a", "b"].map((token) => ({ token, orgId: "acme", defaultSite: "acme.webex.com" })),
    rateLimit: { requests: 2, windowMs: 60_000 },
  });
  closing.defer(() => limited.close());
  const statuses = async (token: string, times: number): Promise<number[]> => {
    const seen: number[] = [];
    for (let n = 0; n < times; n++)
      seen.push((await asks(limited.url, tls.cert, token)("/v1/people")).status);
    return seen;
  };
  expect(await statuses("a", 3)).toEqual([200, 200, 429]);
  now += 20_000;
  const refused = await asks(limited.url, tls.cert, "a")("/v1/people");
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "40"]);
  expect(await statuses("b", 1)).toEqual([200]);
  now += 40_000;
  expect(await statuses("a", 1)).toEqual([200]);
});

test("plays scripted answers once, then answers by itself, and counts every request by route", async () => {
  webex.faults.answerNext({ kind: "answer", status: 200, body: "not json" }, { kind: "drop" });
  expect((await ask("/v1/people")).text).toBe("not json");
  await expect(ask("/v1/people")).rejects.toThrow(/socket|closed|reset|hang up/i);
  expect((await ask("/v1/people")).status).toBe(200);
  expect((await ask("/v1/nonsense")).status).toBe(404);
  expect(webex.requestCounts()).toEqual({ "GET /v1/people": 3, unknown: 1 });
  expect(webex.activity()).toEqual({ inFlight: 0, total: 4, nextDueAt: null });
});
