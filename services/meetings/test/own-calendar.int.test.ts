import { type ActorId, actorIdOf, hours, instant } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { meetingIdOf } from "#domain/after-page";
import { meeting, monday } from "./meeting.ts";
import { bert, anna as objectIdOfAnna, startCloud, tenantId } from "./simulated-calendar.ts";
import { activeAt, anna, openStage } from "./stage.ts";

const open = async () => {
  const clock = new VirtualClock(monday);
  const { graph, client } = await startCloud(clock);
  onTestFinished(async () => {
    await client.close();
    await graph.stop();
  });
  const stage = await openStage({ events: client.events, meetings: client.meetings });
  await stage.mailbox(anna, activeAt(tenantId, objectIdOfAnna));
  const token = await stage.token();
  /** A meeting that stands in the calendar and on Anna's list. */
  const standing = async (organiser: string, isOrganizer: boolean) => {
    const startAt = monday + hours(3);
    graph.createEvent(organiser, {
      subject: "Planning",
      startAt,
      endAt: startAt + hours(1),
      location: "Room 5; @webex",
      attendees: [isOrganizer ? "bert@acme.example" : "anna@acme.example"],
    });
    const window = { startAt: monday, endAt: instant(monday + hours(24)) };
    const ask = { tenantId, userObjectId: objectIdOfAnna, signal: AbortSignal.timeout(10_000) };
    const { events } = await client.events.view({ ...ask, window, select: ["id"], pageSize: 5 });
    const [event] = events;
    if (!event) throw new Error("the calendar has no such meeting");
    await stage.put(anna, event.id, meeting(event.id, { isOrganizer }));
    return {
      id: meetingIdOf(event.id),
      eventId: event.id,
      etag: async () => (await client.events.get({ ...ask, eventId: event.id })).etag,
      exists: async () => (await client.events.view({ ...ask, window, select: ["id"], pageSize: 5 })).events,
    };
  };
  return { ...stage, graph, client, token, standing };
};

const wanted = {
  subject: "Planning",
  start: "2026-01-06T09:00:00+01:00",
  end: "2026-01-06T09:30:00+01:00",
  location: "Room 5",
  keyword: "@webex",
  attendees: [{ address: "bert@acme.example" }],
  text: "Agenda <b>",
};

test("a meeting is scheduled once, invites, and asks for join details by its location", async () => {
  const { send, token, graph } = await open();
  const headers = { "idempotency-key": "k-1" };
  const made = await send("POST", "/meetings", token, { body: wanted, headers });
  const item = made.json();
  expect([made.statusCode, made.headers["location"]]).toEqual([201, `/api/meetings/v1/meetings/${item.id}`]);
  expect(item).toMatchObject({
    subject: "Planning",
    start: "2026-01-06T08:00:00.000Z",
    end: "2026-01-06T08:30:00.000Z",
    location: "Room 5; @webex",
    isOrganizer: true,
    attendeesCount: 1,
    noJoin: "noAddress",
  });
  const again = await send("POST", "/meetings", token, { body: wanted, headers });
  expect([again.statusCode, again.json()]).toEqual([201, item]);
  const posts = () => graph.metrics.countRequests({ method: "POST", route: "/v1.0/users/:userId/events" });
  expect(posts()).toBe(1);
  const other = await send("POST", "/meetings", token, { body: { ...wanted, subject: "Other" }, headers });
  expect([other.statusCode, other.json().code]).toEqual([422, "otherRequest"]);
});

test("the same key after a restart, or in another process, makes no second meeting", async () => {
  const { send, token, client } = await open();
  const headers = { "idempotency-key": "k-1" };
  const first = (await send("POST", "/meetings", token, { body: wanted, headers })).json();
  const elsewhere = await openStage({ events: client.events, meetings: client.meetings });
  await elsewhere.mailbox(anna, activeAt(tenantId, objectIdOfAnna));
  const again = await elsewhere.send("POST", "/meetings", token, { body: wanted, headers });
  expect(again.json()).toEqual(first);
  const unkeyed = (await elsewhere.send("POST", "/meetings", token, { body: wanted })).json();
  expect(unkeyed.id).not.toBe(first.id);
});

test("an edit needs the version that was seen; another one is answered with what is there now", async () => {
  const { send, token, standing, graph } = await open();
  const { id, eventId, etag } = await standing(objectIdOfAnna, true);
  const seen = await etag();
  const body = { subject: "Moved", start: "2026-01-05T12:00:00Z", end: "2026-01-05T13:00:00Z" };
  expect((await send("PATCH", `/meetings/${id}`, token, { body })).statusCode).toBe(428);
  const done = await send("PATCH", `/meetings/${id}`, token, { body, headers: { "if-match": seen } });
  expect([done.statusCode, done.json()]).toMatchObject([
    200,
    { id, subject: "Moved", start: "2026-01-05T12:00:00.000Z", location: "Room 5; @webex" },
  ]);
  graph.updateEvent(objectIdOfAnna, eventId, { subject: "Moved by Outlook" });
  const late = await send("PATCH", `/meetings/${id}`, token, {
    body: { subject: "Mine" },
    headers: { "if-match": done.json().etag },
  });
  expect(late.headers["content-type"]).toContain("application/problem+json");
  expect([late.statusCode, late.json()]).toMatchObject([
    412,
    {
      type: "urn:hybrid:problem:preconditionFailed",
      status: 412,
      current: { id, subject: "Moved by Outlook" },
    },
  ]);
  expect(late.json().current.etag).toBe(await etag());
});

test("the organiser cancels, for the version that was seen; a guest is told to answer instead", async () => {
  const { send, token, standing } = await open();
  const own = await standing(objectIdOfAnna, true);
  const stale = { headers: { "if-match": 'W/"old"' } };
  expect((await send("DELETE", `/meetings/${own.id}`, token, stale)).json()).toMatchObject({
    status: 412,
    current: { subject: "Planning" },
  });
  const body = { comment: "Not needed" };
  const headers = { "idempotency-key": "c", "if-match": await own.etag() };
  const path = `/meetings/${own.id}/cancel`;
  expect((await send("POST", path, token, { body, headers })).statusCode).toBe(204);
  expect(await own.exists()).toEqual([]);
  expect((await send("POST", path, token, { body, headers })).statusCode).toBe(204);
  expect((await send("DELETE", `/meetings/${own.id}`, token)).statusCode).toBe(404);
  const his = await standing(bert, false);
  for (const [method, headers_] of [
    ["DELETE", {}],
    ["PATCH", { "if-match": await his.etag() }],
  ] as const) {
    const request = { headers: headers_, ...(method === "PATCH" ? { body: { subject: "X" } } : {}) };
    const refused = await send(method, `/meetings/${his.id}`, token, request);
    expect([refused.statusCode, refused.json().code]).toEqual([403, "notOrganizer"]);
  }
});

test("an invitation is answered once; what the calendar refuses comes in its own words", async () => {
  const { send, token, standing, graph } = await open();
  const his = await standing(bert, false);
  const body = { comment: "Perhaps" };
  const headers = { "idempotency-key": "a" };
  const path = `/meetings/${his.id}/tentativelyAccept`;
  for (const _each of [1, 2])
    expect((await send("POST", path, token, { body, headers })).statusCode).toBe(204);
  const route = "/v1.0/users/:userId/events/:eventId/tentativelyAccept";
  expect(graph.metrics.countRequests({ method: "POST", route })).toBe(1);
  expect((await send("POST", `/meetings/${his.id}/accept`, token)).statusCode).toBe(204);
  expect((await send("POST", `/meetings/${his.id}/decline`, token)).statusCode).toBe(204);
  expect(await his.exists()).toEqual([]);
  const own = await standing(objectIdOfAnna, true);
  const refused = await send("POST", `/meetings/${own.id}/accept`, token);
  expect([refused.statusCode, refused.json()]).toMatchObject([
    422,
    { code: "invalidRequest", detail: expect.stringContaining("you're the meeting organizer") },
  ]);
});

test("free and busy times come as times alone; an unknown address is said to be one", async () => {
  const { send, token, graph } = await open();
  const startAt = monday + hours(3);
  graph.createEvent(bert, { subject: "Secret", startAt, endAt: startAt + hours(1) });
  const body = {
    schedules: ["bert@acme.example", "nobody@else.example"],
    start: "2026-01-05T11:00:00Z",
    end: "2026-01-05T13:00:00Z",
  };
  const answer = await send("POST", "/getSchedule", token, { body });
  expect(answer.json()).toEqual({
    schedules: [
      {
        address: "bert@acme.example",
        availabilityView: "2200",
        busy: [{ start: "2026-01-05T11:00:00.000Z", end: "2026-01-05T12:00:00.000Z", status: "busy" }],
        error: null,
      },
      {
        address: "nobody@else.example",
        availabilityView: "",
        busy: [],
        error: "ErrorMailRecipientNotFound",
      },
    ],
  });
});

test.each([
  ["POST", "/meetings", { ...wanted, end: wanted.start }],
  ["POST", "/meetings", { ...wanted, keyword: "webex" }],
  ["POST", "/meetings", { ...wanted, attendees: [{ address: "no address" }] }],
  ["POST", "/meetings", { ...wanted, organizer: "bert@acme.example" }],
  ["PATCH", "/meetings/x", {}],
  ["POST", "/getSchedule", { schedules: [], start: wanted.start, end: wanted.end }],
  [
    "POST",
    "/getSchedule",
    { schedules: ["a@b.example"], start: "2026-01-01T00:00Z", end: "2026-03-01T00:00Z" },
  ],
] as const)("%s %s refuses what cannot be used, and asks no calendar", async (method, path, body) => {
  const stage = await openStage();
  const refused = await stage.send(method, path, await stage.token(), { body });
  expect([refused.statusCode, refused.json().code]).toEqual([400, "invalidRequest"]);
});

const users: readonly ActorId[] = ["acme/u-anna", "acme/u-anna2", "acme2/u-anna", "b/u-bert"].map(actorIdOf);
const acts = [
  "PATCH",
  "DELETE",
  "cancel",
  "accept",
  "decline",
  "tentativelyAccept",
  "POST",
  "getSchedule",
] as const;

test("nobody writes into another's calendar, of whatever organisation, and whatever is asked for", async () => {
  const touched: string[] = [];
  const note = (order: { readonly tenantId: string; readonly userObjectId: string }) => {
    touched.push(`${order.tenantId}/${order.userObjectId}`);
    return Promise.reject(new Error("noted"));
  };
  const stage = await openStage({
    events: { get: note },
    meetings: { create: note, change: note, respond: note, cancel: note, getSchedule: note },
  });
  for (const user of users) await stage.mailbox(user, activeAt(`tenant of ${user}`, `mailbox of ${user}`));
  for (const user of users) await stage.put(user, `of ${user}`, meeting(`of ${user}`, { isOrganizer: true }));
  const times = { start: wanted.start, end: wanted.end };
  const send = async (act: (typeof acts)[number], id: string, token: string) => {
    const headers = { "if-match": 'W/"1"', "idempotency-key": "same-for-all" };
    if (act === "POST") return stage.send("POST", "/meetings", token, { body: wanted, headers });
    const schedules = ["bert@acme.example"];
    if (act === "getSchedule")
      return stage.send("POST", "/getSchedule", token, { body: { schedules, ...times } });
    if (act === "PATCH")
      return stage.send("PATCH", `/meetings/${id}`, token, { body: { subject: "X" }, headers });
    if (act === "DELETE") return stage.send("DELETE", `/meetings/${id}`, token, { headers });
    return stage.send("POST", `/meetings/${id}/${act}`, token, { body: { comment: "" }, headers });
  };
  const property = fc.asyncProperty(
    fc.constantFrom(...users),
    fc.constantFrom(...users),
    fc.constantFrom(...acts),
    async (reader, owner, act) => {
      touched.length = 0;
      const { statusCode } = await send(act, meetingIdOf(`of ${owner}`), await stage.token(reader));
      const isOwn = owner === reader || act === "POST" || act === "getSchedule";
      expect(statusCode).toBe(isOwn ? 500 : 404);
      expect(touched).toEqual(isOwn ? [`tenant of ${reader}/mailbox of ${reader}`] : []);
    },
  );
  await fc.assert(property, { numRuns: 60 });
});
