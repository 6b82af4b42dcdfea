import { gzipSync } from "node:zlib";
import { days, hours, instant } from "@hybrid/kernel";
import { afterEach, expect, test } from "vitest";
import { retryAfterMsOf } from "../src/errors/retry-after.ts";
import type { EventDeltaPage } from "../src/index.ts";
import { openScripted, type Scripted, type ScriptedServer } from "./scripted-server.ts";
import { anna, failureOf, passing, patient, tenantId } from "./world.ts";

let server: ScriptedServer;
afterEach(async () => await server?.close());

const user = () => ({ tenantId, userObjectId: anna, signal: patient() });
const settings: Scripted = { status: 200, body: { timeZone: "UTC" } };
const refused = (status: number, code: string, headers: Record<string, string> = {}): Scripted => ({
  status,
  headers,
  body: { error: { code, message: "SECRET" } },
});

const causesOf = (error: unknown): string =>
  error instanceof Error
    ? `${error.message} ${JSON.stringify(error)} ${causesOf(error.cause)}`
    : String(error);

test("an access token that expires in the middle of many calls is renewed once for all of them", async () => {
  server = await openScripted(({ headers }) =>
    headers["authorization"] === "Bearer token-1" ? refused(401, "InvalidAuthenticationToken") : settings,
  );
  const users = Array.from(
    { length: 12 },
    (_, n) => `44444444-4444-4444-8444-${String(n).padStart(12, "0")}`,
  );
  const probes = users.map((userObjectId) => server.graph.mailboxes.probe({ ...user(), userObjectId }));
  expect(await Promise.all(probes)).toHaveLength(12);
  expect(server.tokenRequests).toHaveLength(2);
  expect(server.arrived).toHaveLength(24);
});

test("an answer that is no JSON is unavailable and told without content, also after a retried failure", async () => {
  server = await openScripted((_, index) =>
    index === 0 ? refused(500, "InternalServerError") : { status: 200, body: "SECRET <html>" },
  );
  const failure = await failureOf(passing(server.clock, 5_000, server.graph.mailboxes.probe(user())));
  expect(failure).toMatchObject({ code: "unavailable", retryable: true, status: 200 });
  expect(server.arrived).toHaveLength(3);
  expect(failure.message).toMatch(/not JSON/);
  expect(causesOf(failure)).not.toContain("SECRET");
});

test("an absurd Retry-After is a wait that a timer can have, and never an accident", async () => {
  const clock = { now: () => instant(1_800_000_000_000) };
  for (const value of ["9".repeat(30), "999999999999", "Fri, 31 Dec 9999 23:59:59 GMT"])
    expect(retryAfterMsOf({ "retry-after": value }, clock)).toBe(days(366));
  for (const value of ["-5", "1e9", "soon", "NaN", "0x10", ""])
    expect([value, retryAfterMsOf({ "retry-after": value }, clock) ?? 0]).toEqual([
      value,
      expect.toSatisfy((ms: number) => ms >= 0),
    ]);
  server = await openScripted(() => refused(429, "TooManyRequests", { "retry-after": "9".repeat(30) }));
  const failure = await failureOf(server.graph.mailboxes.probe(user()));
  expect(failure).toMatchObject({ code: "throttled", retryable: true, retryAfterMs: days(366) });
});

test.each([
  ["a text for the settings", '"SECRET"'],
  ["a list", ["SECRET"]],
  ["null", null],
  ["a number where a text belongs", { timeZone: 17, language: "SECRET" }],
  ["a text where a flag belongs", { automaticRepliesSetting: "SECRET" }],
])("%s is refused by the place of the fault, not by what stands there", async (_, body) => {
  server = await openScripted(() => ({ status: 200, body: body === null ? "null" : body }));
  const failure = await failureOf(server.graph.mailboxes.probe(user()));
  expect(failure).toMatchObject({ code: "unexpected", retryable: false });
  expect(failure.message).toContain(`mailboxes.probe for user ${anna} of tenant ${tenantId}`);
  expect(causesOf(failure)).not.toContain("SECRET");
});

const firstPage = async (value: readonly unknown[]): Promise<EventDeltaPage> => {
  const deltaLink = "https://localhost/v1.0/users/x/calendarView/delta?$deltatoken=1";
  server = await openScripted(() => ({ status: 200, body: { value, "@odata.deltaLink": deltaLink } }));
  const window = { startAt: server.clock.now(), endAt: instant(server.clock.now() + hours(1)) };
  for await (const page of server.graph.events.delta({ ...user(), window, pageSize: 50 })) return page;
  throw new Error("no page");
};

test("an event that does not fit its documentation comes with its id alone and spoils no other", async () => {
  const page = await firstPage([
    { id: "good", subject: "A", isOrganizer: true },
    { id: "wrong", subject: 5, start: "tomorrow", attendees: "everybody" },
    { id: "gone", "@removed": { reason: 7 } },
  ]);
  expect(page.events).toEqual([{ id: "good", subject: "A", isOrganizer: true }, { id: "wrong" }]);
  expect(page.removed).toEqual([{ id: "gone", reason: "deleted" }]);
});

test.each([[[null]], [[{ subject: "SECRET" }]], [[{ id: 5 }]], [[{ id: "" }]]])(
  "a page whose items cannot even be named is refused by the item's place: %j",
  async (value) => {
    const failure = await failureOf(firstPage(value));
    expect(failure).toMatchObject({ code: "unexpected", retryable: false });
    expect(failure.message).toMatch(/does not fit its documentation in value\.0/);
    expect(causesOf(failure)).not.toContain("SECRET");
  },
);

test("an answer that unpacks to more than 64 MiB is given up, however small it came", async () => {
  const bomb = gzipSync(Buffer.alloc(80 * 1024 * 1024, " "));
  const packed = { "content-encoding": "gzip" };
  server = await openScripted(
    (_, index) =>
      index === 0
        ? { status: 200, headers: packed, body: bomb }
        : { status: 200, headers: packed, body: gzipSync('{"timeZone":"UTC"}') },
    { limits: { quickAttemptsMax: 1 } },
  );
  const failure = await failureOf(server.graph.mailboxes.probe(user()));
  expect(failure).toMatchObject({ code: "unavailable", cause: expect.any(RangeError) });
  expect(await server.graph.mailboxes.probe(user())).toEqual({ userPurpose: null });
}, 20_000);

test.each([
  "https://evil.example/v1.0/users/x/calendarView/delta",
  "https://graph.example@evil.example/v1.0/",
  "http://localhost/v1.0/",
  "/v1.0/users",
  "",
])("a link to another place (%j) is not followed: the token must not go there", async (nextLink) => {
  server = await openScripted(() => ({ status: 200, body: { value: [], "@odata.nextLink": nextLink } }));
  const window = { startAt: server.clock.now(), endAt: instant(server.clock.now() + hours(1)) };
  const round = async (): Promise<number> => {
    let pages = 0;
    for await (const page of server.graph.events.delta({ ...user(), window, pageSize: 50 }))
      pages += page ? 1 : 0;
    return pages;
  };
  const failure = await failureOf(round());
  expect(failure.message).toMatch(/leads away from Microsoft Graph|does not fit its documentation/);
  expect(failure).toMatchObject({ retryable: false });
  expect(server.arrived).toHaveLength(1);
});
