import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createFaults } from "../src/faults.ts";
import { startWebexSimulator, type WebexSimulator } from "../src/index.ts";
import { type Asked, asks, certificate } from "./ask.ts";

const email = "nora.berg@acme.example";
let tls: { key: string; cert: string };
let now = 1_800_000_000_000;
let webex: WebexSimulator;
let ask: (path: string, token?: string) => Promise<Asked>;

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

test("plays scripted answers once, then answers by itself, and counts every request by route", async () => {
  webex.faults.answerNext({ kind: "answer", status: 200, body: "not json" }, { kind: "drop" });
  expect((await ask("/v1/people")).text).toBe("not json");
  await expect(ask("/v1/people")).rejects.toThrow(/socket|closed|reset|hang up/i);
  expect((await ask("/v1/people")).status).toBe(200);
  expect((await ask("/v1/nonsense")).status).toBe(404);
  expect(webex.requestCounts()).toEqual({ "GET /v1/people": 3, unknown: 1 });
  expect(webex.activity()).toEqual({ inFlight: 0, total: 4, nextDueAt: null });
});
