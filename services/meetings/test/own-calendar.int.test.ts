import { join } from "node:path";
import { type ActorId, actorIdOf, hours } from "@hybrid/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import { meetingIdOf } from "#domain/after-page";
import { meeting, monday } from "./meeting.ts";
import { openOwn, stockholm, wanted, weekly } from "./own-calendar-stage.ts";
import { bert, anna as objectIdOfAnna, tenantId } from "./simulated-calendar.ts";
import { activeAt, anna, openStage } from "./stage.ts";

test("a meeting is scheduled once, invites, and asks for join details by its location", async () => {
  const { send, token, graph } = await openOwn();
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
  const { send, token, client } = await openOwn();
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
  const { send, token, standing, graph } = await openOwn();
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
  const { send, token, standing } = await openOwn();
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
  const { send, token, standing, graph } = await openOwn();
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
  const { send, token, graph } = await openOwn();
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
        workingHours: {
          daysOfWeek: ["monday", "tuesday", "wednesday", "thursday", "friday"],
          startTime: "08:00:00",
          endTime: "17:00:00",
          timeZone: "UTC",
        },
        error: null,
      },
      {
        address: "nobody@else.example",
        availabilityView: "",
        busy: [],
        workingHours: null,
        error: "ErrorMailRecipientNotFound",
      },
    ],
  });
});

const unusable = [
  ["POST", "/meetings", { ...wanted, end: wanted.start }],
  ["POST", "/meetings", { ...wanted, keyword: "webex" }],
  ["POST", "/meetings", { ...wanted, attendees: [{ address: "no address" }] }],
  ["POST", "/meetings", { ...wanted, organizer: "bert@acme.example" }],
  ["POST", "/meetings", { ...weekly, timeZone: undefined }],
  ["POST", "/meetings", { ...weekly, timeZone: "Mars/Olympus" }],
  ["POST", "/meetings", { ...weekly, recurrence: { ...weekly.recurrence, pattern: { type: "weekly" } } }],
  ["POST", "/meetings", { ...weekly, recurrence: { ...weekly.recurrence, range: { type: "numbered" } } }],
  [
    "POST",
    "/meetings",
    { ...weekly, recurrence: { ...weekly.recurrence, range: { type: "endDate", endDate: "2026-03-23" } } },
  ],
  [
    "POST",
    "/meetings",
    {
      ...weekly,
      recurrence: {
        pattern: { type: "weekly", daysOfWeek: ["monday"] },
        range: { type: "endDate", endDate: "2026-03-26" },
      },
    },
  ],
  ["POST", "/meetings", { ...wanted, start: "2026-03-28", end: "2026-03-29" }],
  ["POST", "/meetings", { ...wanted, ...stockholm, start: "2026-03-28", end: "2026-03-28" }],
  ["POST", "/meetings", { ...wanted, ...stockholm, start: "2026-03-28" }],
  ["POST", "/meetings", { ...wanted, attendees: [wanted.attendees[0], { address: "BERT@acme.example" }] }],
  ["PATCH", "/meetings/x", { timeZone: "UTC" }],
  ["PATCH", "/meetings/x?scope=all", { subject: "X" }],
  ["PATCH", "/meetings/x", {}],
  ["POST", "/getSchedule", { schedules: [], start: wanted.start, end: wanted.end }],
  [
    "POST",
    "/getSchedule",
    { schedules: ["a@b.example"], start: "2026-01-01T00:00Z", end: "2026-03-01T00:00Z" },
  ],
] as const;

test("what cannot be used is refused, and no calendar is asked", async () => {
  const stage = await openStage();
  const token = await stage.token();
  for (const [method, path, body] of unusable) {
    const refused = await stage.send(method, path, token, { body, headers: { "if-match": "*" } });
    expect([body, refused.statusCode, refused.json().code]).toEqual([body, 400, "invalidRequest"]);
  }
});

test("after a restart an edit, a cancellation and an answer that come again are carried out once", async () => {
  const first = await openOwn();
  const { send, token, standing, graph, client } = first;
  const requestsFile = join(first.folder, "requests.sqlite");
  const restarted = async () => {
    const stage = await openStage(
      { events: client.events, meetings: client.meetings },
      { clock: first.clock, requestsFile },
    );
    await stage.mailbox(anna, activeAt(tenantId, objectIdOfAnna));
    return stage;
  };
  const own = await standing(objectIdOfAnna, true);
  const edit = {
    body: { subject: "Moved" },
    headers: { "if-match": await own.etag(), "idempotency-key": "e" },
  };
  const edited = (await send("PATCH", `/meetings/${own.id}`, token, edit)).json();
  // Somebody changes it again: the answer is the meeting as it is by then, and nothing is undone.
  graph.updateEvent(objectIdOfAnna, own.eventId, { location: "Room 7" });
  const after = await restarted();
  const again = await after.send("PATCH", `/meetings/${own.id}`, token, edit);
  expect([again.statusCode, again.json()]).toMatchObject([
    200,
    { id: edited.id, subject: "Moved", location: "Room 7" },
  ]);
  const other = { ...edit, body: { subject: "Other" } };
  expect((await after.send("PATCH", `/meetings/${own.id}`, token, other)).json()).toMatchObject({
    status: 422,
    code: "otherRequest",
  });
  const cancel = { headers: { "idempotency-key": "c" } };
  expect((await send("POST", `/meetings/${own.id}/cancel`, token, cancel)).statusCode).toBe(204);
  expect((await after.send("POST", `/meetings/${own.id}/cancel`, token, cancel)).statusCode).toBe(204);
  const his = await standing(bert, false);
  const accept = { body: {}, headers: { "idempotency-key": "a" } };
  for (const stage of [first, after])
    expect((await stage.send("POST", `/meetings/${his.id}/accept`, token, accept)).statusCode).toBe(204);
  const route = "/v1.0/users/:userId/events/:eventId/accept";
  expect(graph.metrics.countRequests({ method: "POST", route })).toBe(1);
});

test("what was under way when the process ended is found out: done is done, and told so", async () => {
  const { clock, client, folder, token, standing, graph } = await openOwn();
  const lost = () => Promise.reject(new Error("the process ends here"));
  const requestsFile = join(folder, "lost.sqlite");
  const stageWith = async (meetings: typeof client.meetings) => {
    const stage = await openStage({ events: client.events, meetings }, { clock, requestsFile });
    await stage.mailbox(anna, activeAt(tenantId, objectIdOfAnna));
    return stage;
  };
  const own = await standing(objectIdOfAnna, true);
  // Graph has done it, and the answer never came.
  const dying = await stageWith({
    ...client.meetings,
    change: async (order) => {
      await client.meetings.change(order);
      return lost();
    },
    respond: async (order) => {
      await client.meetings.respond(order);
      return lost();
    },
  });
  const ownMeeting = meeting(own.eventId, { isOrganizer: true });
  await dying.put(anna, own.eventId, ownMeeting);
  const edit = {
    body: { subject: "Moved" },
    headers: { "if-match": await own.etag(), "idempotency-key": "e" },
  };
  expect((await dying.send("PATCH", `/meetings/${own.id}`, token, edit)).statusCode).toBe(500);
  const next = await stageWith(client.meetings);
  await next.put(anna, own.eventId, ownMeeting);
  const done = await next.send("PATCH", `/meetings/${own.id}`, token, edit);
  expect([done.statusCode, done.json()]).toMatchObject([200, { subject: "Moved" }]);
  graph.deleteEvent(objectIdOfAnna, own.eventId);
  const his = await standing(bert, false);
  for (const stage of [dying, next]) await stage.put(anna, his.eventId, meeting(his.eventId));
  for (const [act, count] of [
    ["tentativelyAccept", 1],
    ["decline", 1],
  ] as const) {
    const answer = { body: {}, headers: { "idempotency-key": act } };
    expect((await dying.send("POST", `/meetings/${his.id}/${act}`, token, answer)).statusCode).toBe(500);
    expect((await next.send("POST", `/meetings/${his.id}/${act}`, token, answer)).statusCode).toBe(204);
    const route = `/v1.0/users/:userId/events/:eventId/${act}`;
    expect(graph.metrics.countRequests({ method: "POST", route })).toBe(count);
  }
});

test("more than Graph takes at a time is asked for in parts, and comes in the order that was asked for", async () => {
  const { send, token, graph } = await openOwn();
  const schedules = Array.from({ length: 45 }, (_, n) => `nobody-${n}@else.example`);
  const times = { start: "2026-01-05T11:00:00Z", end: "2026-01-05T13:00:00Z" };
  const answer = await send("POST", "/getSchedule", token, { body: { schedules, ...times } });
  expect(answer.json().schedules.map(({ address }: { address: string }) => address)).toEqual(schedules);
  const route = "/v1.0/users/:userId/calendar/getSchedule";
  expect(graph.metrics.countRequests({ method: "POST", route })).toBe(3);
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
    meetings: {
      create: note,
      change: note,
      respond: note,
      cancel: note,
      instances: note,
      getSchedule: note,
    },
  });
  for (const user of users) await stage.mailbox(user, activeAt(`tenant of ${user}`, `mailbox of ${user}`));
  for (const user of users) await stage.put(user, `of ${user}`, meeting(`of ${user}`, { isOrganizer: true }));
  const times = { start: wanted.start, end: wanted.end };
  const send = async (act: (typeof acts)[number], id: string, token: string) => {
    const headers = { "if-match": 'W/"1"', "idempotency-key": `same-for-all-of-${act}-${id}` };
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
