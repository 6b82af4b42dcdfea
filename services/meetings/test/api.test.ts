import type { Meeting } from "@hybrid/contracts";
import { type ActorId, actorIdOf, days, hours, minutes, ProviderError, sealedFor } from "@hybrid/kernel";
import { EventSourceParserStream } from "eventsource-parser/stream";
import fc from "fast-check";
import { SignJWT } from "jose";
import { expect, test } from "vitest";
import { meetingIdOf } from "#domain/after-page";
import { makeToken } from "../src/access-token.ts";
import { Access } from "../src/api/access.ts";
import { meeting, monday } from "./meeting.ts";
import { activeAt, anna, key, openStage } from "./stage.ts";

const bert = actorIdOf("acme/u-bert");
const idsOf = (body: { readonly meetings: readonly { readonly id: string }[] }) =>
  body.meetings.map(({ id }) => id);

test("a list comes by start, a page at a time, and knows when it has not changed", async () => {
  const { put, get, token } = await openStage();
  const own = await token();
  for (const n of [3, 1, 2, 0])
    await put(anna, `m${n}`, meeting(`m${n}`, { startAt: monday + hours(n >> 1) }));
  const all = idsOf((await get("/meetings", own)).json());
  expect(new Set(all)).toEqual(new Set(["m0", "m1", "m2", "m3"].map(meetingIdOf)));
  const pages: string[] = [];
  let cursor = "";
  do {
    const page = (await get(`/meetings?limit=1${cursor}`, own)).json();
    pages.push(...idsOf(page));
    cursor = page.nextCursor === null ? "" : `&cursor=${page.nextCursor}`;
  } while (cursor !== "");
  expect(pages).toEqual(all);
  const { headers } = await get("/meetings", own);
  expect(headers).toMatchObject({ "cache-control": "private, no-cache", vary: "authorization" });
  const known = { "if-none-match": String(headers["etag"]) };
  expect(await get("/meetings", own, known)).toMatchObject({ statusCode: 304, body: "" });
  await put(anna, "m0", meeting("m0", { subject: "Changed" }));
  expect((await get("/meetings", own, known)).statusCode).toBe(200);
});

test("a meeting is told with what a client needs, and without what is not its business", async () => {
  const { put, get, token } = await openStage();
  await put(anna, "m", meeting("m", { response: "declined", allDayDate: "2026-01-05", movedFrom: monday }));
  expect((await get(`/meetings/${meetingIdOf("m")}`, await token())).json()).toEqual({
    id: meetingIdOf("m"),
    etag: 'W/"1"',
    seriesId: null,
    isException: false,
    subject: "About m",
    start: "2026-01-05T10:00:00.000Z",
    end: "2026-01-05T11:00:00.000Z",
    date: "2026-01-05",
    movedFrom: "2026-01-05T08:00:00.000Z",
    isCancelled: false,
    isOrganizer: false,
    isPrivate: false,
    showAs: "busy",
    response: "declined",
    organizer: { name: "Bo", address: "bo@acme.example" },
    location: "Room 5",
    attendeesCount: 2,
    join: {
      service: "webex",
      url: "https://acme.webex.com/meet/bo",
      video: null,
      meetingId: null,
      passcode: null,
      from: "2026-01-05T09:55:00.000Z",
      until: "2026-01-05T11:00:00.000Z",
    },
    noJoin: "declined",
  });
});

test("what is sealed is told to its owner, and nothing of it once the owner is erased", async () => {
  const { put, get, token, clock, vault, view } = await openStage();
  const shown = meeting("m");
  const { subject, organizerName, organizerAddress, location, join } = shown;
  const own = sealedFor(anna, { subject, organizerName, organizerAddress, location, join });
  const nothing = { subject: null, organizerName: null, organizerAddress: null, location: null, join: null };
  await put(anna, "m", { ...shown, ...nothing, sealedTexts: own });
  expect(JSON.stringify(view.all("SELECT * FROM meetings"))).not.toMatch(/About|acme\.example/);
  const path = `/meetings/${meetingIdOf("m")}`;
  expect((await get(path, await token())).json()).toMatchObject({
    subject: "About m",
    organizer: { name: "Bo", address: "bo@acme.example" },
    join: { url: "https://acme.webex.com/meet/bo" },
  });
  vault.erase(anna);
  clock.advanceBy(minutes(2));
  expect((await get(path, await token())).json()).toMatchObject({
    subject: null,
    organizer: null,
    location: null,
    join: null,
    noJoin: "noAddress",
  });
});

test("a window of time is what a client asks for, 7 days back and 31 ahead without asking", async () => {
  const { put, get, token } = await openStage();
  const own = await token();
  await put(anna, "past", meeting("past", { startAt: monday - days(8) }));
  await put(anna, "now", meeting("now", { startAt: monday }));
  expect(idsOf((await get("/meetings", own)).json())).toEqual([meetingIdOf("now")]);
  const before = "from=2025-12-01T00:00:00Z&to=2026-01-05T07:00:00%2B01:00";
  expect(idsOf((await get(`/meetings?${before}`, own)).json())).toEqual([meetingIdOf("past")]);
});

test.each(["limit=0", "limit=201", "from=soon", "cursor=1'--", "limit=x"])(
  "%s is refused, and says why",
  async (query) => {
    const { get, token } = await openStage();
    const { statusCode, body } = await get(`/meetings?${query}`, await token());
    expect([statusCode, JSON.parse(body).code]).toEqual([400, "invalidRequest"]);
  },
);

test("who is invited is asked for when somebody wants to know", async () => {
  const asked: unknown[] = [];
  const events = {
    get: (order: object) => {
      asked.push({ ...order, signal: null });
      const attendees = [
        {
          type: "required",
          status: { response: "accepted" },
          emailAddress: { name: "Bo", address: "bo@acme.example" },
        },
      ];
      return Promise.resolve({ event: { id: "m", attendees } } as never);
    },
  };
  const { put, get, token, mailbox } = await openStage({ events });
  await put(anna, "m", meeting("m"));
  const path = `/meetings/${meetingIdOf("m")}/participants`;
  expect((await get(path, await token())).statusCode).toBe(409);
  await mailbox(anna, activeAt("t", "o"));
  expect((await get(path, await token())).json()).toEqual({
    participants: [{ name: "Bo", address: "bo@acme.example", type: "required", response: "accepted" }],
  });
  expect(asked).toEqual([{ tenantId: "t", userObjectId: "o", eventId: "m", signal: null }]);
});

test.each([
  ["throttled", 503, "17"],
  ["unavailable", 502, undefined],
  ["notFound", 404, undefined],
] as const)("%s of the calendar is said as it is", async (code, statusCode, retryAfter) => {
  const events = {
    get: () => Promise.reject(new ProviderError("no", { code, retryable: true, retryAfterMs: 16_500 })),
  };
  const { put, get, token, mailbox } = await openStage({ events });
  await mailbox(anna, activeAt("t", "o"));
  await put(anna, "m", meeting("m"));
  const answer = await get(`/meetings/${meetingIdOf("m")}/participants`, await token());
  expect([answer.statusCode, answer.headers["retry-after"]]).toEqual([statusCode, retryAfter]);
});

test("without a token of ours nobody gets anything but the description", async () => {
  const { get, put, clock } = await openStage();
  await put(anna, "m", meeting("m"));
  const sign = (claims: object, alg = "HS256", by: Uint8Array = key) =>
    new SignJWT({ iss: "hybrid", aud: "meetings", sub: anna, exp: monday / 1_000 + 60, ...claims })
      .setProtectedHeader({ alg })
      .sign(by);
  const good = await sign({});
  expect((await get("/meetings", good)).statusCode).toBe(200);
  const unsigned = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${good.split(".")[1]}.`;
  const bad = [
    null,
    "",
    "x",
    unsigned,
    good.slice(0, -2),
    await sign({}, "HS256", new Uint8Array(32).fill(8)),
    await sign({}, "HS512", new Uint8Array(64).fill(7)),
    await sign({ aud: "archive" }),
    await sign({ iss: "else" }),
    await sign({ exp: monday / 1_000 - 1 }),
    await sign({ exp: undefined }),
    await sign({ sub: "acme/o" }),
    await sign({ sub: "acme/u-anna/x" }),
    await sign({ sub: "acme/u-anna#1" }),
    await sign({ sub: "%" }),
  ];
  for (const path of ["/meetings", `/meetings/${meetingIdOf("m")}`, "/meetings/x/participants", "/changes"])
    for (const token of bad) {
      const { statusCode, headers, body } = await get(path, token);
      expect([path, token, statusCode, headers["www-authenticate"]]).toEqual([path, token, 401, "Bearer"]);
      expect(body).not.toContain("About");
    }
  clock.advanceBy(minutes(2));
  expect((await get("/meetings", good)).statusCode).toBe(401);
  const { paths } = (await get("/openapi.json", null)).json();
  expect(Object.keys(paths)).toEqual([
    "/v1/meetings",
    "/v1/meetings/{id}",
    "/v1/meetings/{id}/participants",
    "/v1/meetings/{id}/cancel",
    "/v1/meetings/{id}/accept",
    "/v1/meetings/{id}/decline",
    "/v1/meetings/{id}/tentativelyAccept",
    "/v1/getSchedule",
    "/v1/changes",
  ]);
});

test("without the operator's key nobody gets in, whatever is shown", async () => {
  const { clock, token } = await openStage();
  const closed = await openStage({ access: new Access(null, clock) });
  const { statusCode, body } = await closed.get("/meetings", await token());
  expect([statusCode, JSON.parse(body).code]).toEqual([401, "noTokenKey"]);
});

test("a token is nobody's but a user's, and ends within a month", async () => {
  const order = { user: anna, now: monday, forMs: minutes(1) };
  await expect(makeToken({ ...order, user: actorIdOf("acme/o") }, key)).rejects.toThrow("no user");
  await expect(makeToken({ ...order, forMs: days(31) }, key)).rejects.toThrow("cannot last");
});

test("a token that was shown before opens until it ends, and what is made of it never does", async () => {
  const { clock, get, token } = await openStage();
  const shown = await token(anna, minutes(2));
  const [head, claims, signature] = shown.split(".") as [string, string, string];
  const others = Buffer.from(
    Buffer.from(claims, "base64url").toString().replace("u-anna", "u-bert"),
  ).toString("base64url");
  const status = async (given: string) => (await get("/meetings", given)).statusCode;
  expect([await status(shown), await status(shown)]).toEqual([200, 200]);
  expect(await status(`${head}.${others}.${signature}`)).toBe(401);
  clock.advanceBy(minutes(2) - 1);
  expect(await status(shown)).toBe(200);
  clock.advanceBy(1);
  expect(await status(shown)).toBe(401);
});

const users: readonly ActorId[] = ["acme/u-anna", "acme/u-anna2", "acme/u-a", "acme2/u-anna", "b/u-bert"].map(
  actorIdOf,
);

test("nobody reads another's meeting, of whatever organisation, and whatever is asked for", async () => {
  const { put, get, token } = await openStage();
  const owner = new Map<string, ActorId>();
  const entry = fc.record({
    user: fc.constantFrom(...users),
    event: fc.integer({ min: 0, max: 30 }),
    hour: fc.integer({ min: -50, max: 50 }),
  });
  const property = fc.asyncProperty(
    fc.array(entry, { minLength: 1, maxLength: 5 }),
    fc.constantFrom(...users),
    async (entries, reader) => {
      for (const { user, event, hour } of entries) {
        const subject = `${user} ${event}`;
        await put(user, subject, meeting(subject, { subject, startAt: monday + hours(hour) }));
        owner.set(subject, user);
      }
      const own = await token(reader);
      const page: { readonly meetings: readonly { readonly subject: string }[] } = (
        await get("/meetings?limit=200", own)
      ).json();
      const mine = [...owner].flatMap(([subject, user]) => (user === reader ? [subject] : []));
      expect(page.meetings.map(({ subject }) => subject).sort()).toEqual(mine.sort());
      for (const [subject, user] of owner) {
        const { statusCode } = await get(`/meetings/${meetingIdOf(subject)}`, own);
        expect(statusCode).toBe(user === reader ? 200 : 404);
      }
    },
  );
  await fc.assert(property, { numRuns: 25 });
});

interface Event {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: any;
}

/** What comes on a stream, one event after the other; comments are none. */
async function* eventsOf(response: Response): AsyncGenerator<Event, void, undefined> {
  const events = response
    .body!.pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream());
  for await (const { event = "", id, data } of events) yield { event, id, data: JSON.parse(data) };
}

const openChanges = async (
  after?: string,
  given?: Awaited<ReturnType<typeof openStage>>,
  forMs = hours(5),
) => {
  const stage = given ?? (await openStage());
  if (!stage.app.server.listening) await stage.app.listen({ port: 0, host: "127.0.0.1" });
  const address = stage.app.listeningOrigin;
  const headers = {
    authorization: `Bearer ${await stage.token(anna, forMs)}`,
    ...(after === undefined ? {} : { "last-event-id": after }),
  };
  const leaving = new AbortController();
  const response = await fetch(`${address}/api/meetings/v1/changes`, { headers, signal: leaving.signal });
  const events = eventsOf(response);
  const next = async () => (await events.next()).value as Event;
  return { ...stage, response, next, leave: () => leaving.abort() };
};

test("who waits is told of own changes alone, and of what can be joined as it comes and goes", async () => {
  const { put, clock, next, leave } = await openChanges();
  expect(await next()).toMatchObject({ event: "reset" });
  expect(await next()).toMatchObject({ event: "join", data: { meetings: [] } });
  await put(bert, "his", meeting("his"));
  await put(anna, "m", meeting("m"));
  const changed = await next();
  expect(changed).toMatchObject({
    event: "change",
    data: { id: meetingIdOf("m"), meeting: { subject: "About m" } },
  });
  expect(changed.id).toMatch(/\./);
  clock.advanceBy(minutes(115));
  expect(await next()).toMatchObject({ event: "join", data: { meetings: [{ id: meetingIdOf("m") }] } });
  await put(anna, "m", null);
  expect(await next()).toMatchObject({ event: "change", data: { id: meetingIdOf("m"), meeting: null } });
  expect(await next()).toMatchObject({ event: "join", data: { meetings: [] } });
  leave();
});

test("who comes again with its place gets what it missed, and nothing twice", async () => {
  const first = await openChanges();
  await first.next();
  await first.next();
  await first.put(anna, "a", meeting("a"));
  const { id } = await first.next();
  first.leave();
  await first.put(anna, "b", meeting("b"));
  await first.put(bert, "his", meeting("his"));
  await first.put(anna, "c", meeting("c"));
  const again = await openChanges(id, first);
  const told = [await again.next(), await again.next(), await again.next()];
  expect(told.map(({ event, data }) => [event, data.id])).toEqual([
    ["change", meetingIdOf("b")],
    ["change", meetingIdOf("c")],
    ["join", undefined],
  ]);
  again.leave();
  const stranger = await openChanges("other.7", first);
  expect(await stranger.next()).toMatchObject({ event: "reset" });
  stranger.leave();
});

test("a stream ends with its token, and no more are open at a time than may be", async () => {
  const first = await openChanges(undefined, undefined, minutes(1));
  const others = [await openChanges(undefined, first), await openChanges(undefined, first)];
  const refused = await openChanges(undefined, first);
  expect([refused.response.status, refused.response.headers.get("retry-after")]).toEqual([503, "30"]);
  for (const other of others) other.leave();
  first.clock.advanceBy(minutes(1));
  for (let event: Event | undefined = await first.next(); event !== undefined; ) event = await first.next();
});

test("where changes come faster than they are read, none is lost", async () => {
  const { put, next, leave } = await openChanges();
  await next();
  await next();
  const told = new Map<string, Meeting | null>();
  const writing = (async () => {
    for (let n = 0; n < 60; n++)
      await put(anna, `m${n % 7}`, meeting(`m${n % 7}`, { subject: `v${n}`, startAt: monday + days(1) }));
  })();
  const last = `v59`;
  for (;;) {
    const { event, data } = await next();
    if (event === "change") told.set(data.id, data.meeting);
    if (data?.meeting?.subject === last) break;
  }
  await writing;
  expect(told.size).toBe(7);
  leave();
});
