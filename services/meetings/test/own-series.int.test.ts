import { hours, instant } from "@hybrid/kernel";
import { expect, test } from "vitest";
import { meetingIdOf } from "#domain/after-page";
import { meeting } from "./meeting.ts";
import { openOwn, stockholm, wanted, weekly } from "./own-calendar-stage.ts";
import { bert, anna as objectIdOfAnna, type startCloud, tenantId } from "./simulated-calendar.ts";
import { anna } from "./stage.ts";

/** The meetings of a calendar around the change of clocks in March 2026, as their starts. */
const around = async (client: Awaited<ReturnType<typeof startCloud>>["client"], userObjectId: string) => {
  const window = { startAt: instant(Date.UTC(2026, 2, 1)), endAt: instant(Date.UTC(2026, 5, 1)) };
  const order = { tenantId, userObjectId, signal: AbortSignal.timeout(10_000), window };
  const { events } = await client.events.view({ ...order, select: ["id", "subject", "start"], pageSize: 50 });
  return events.map(({ subject, start }) => `${start?.dateTime.slice(5, 16)} ${subject}`);
};

test("a series keeps its local time when clocks change, and is edited and cancelled by any of its meetings", async () => {
  const { send, token, client, put } = await openOwn();
  const made = await send("POST", "/meetings", token, { body: weekly });
  const first = made.json();
  expect([made.statusCode, first]).toMatchObject([
    201,
    { start: "2026-03-24T08:00:00.000Z", seriesId: expect.any(String), isOrganizer: true },
  ]);
  const planned = [
    "03-24T08:00 Planning",
    "03-31T07:00 Planning",
    "04-07T07:00 Planning",
    "04-14T07:00 Planning",
  ];
  expect(await around(client, bert)).toEqual(planned);
  // At once, before the list has it: one meeting by itself, then all of them.
  const headers = (etag: string) => ({ headers: { "if-match": etag } });
  const one = await send("PATCH", `/meetings/${first.id}`, token, {
    body: { subject: "Kick-off" },
    ...headers(first.etag),
  });
  expect(one.json()).toMatchObject({ subject: "Kick-off", isException: true });
  const path = `/meetings/${first.id}?scope=series`;
  const late = await send("PATCH", path, token, { body: { location: "Room 6" }, ...headers(first.etag) });
  expect(late.json()).toMatchObject({ status: 412, current: { subject: "Kick-off" } });
  const refused = await send("PATCH", path, token, {
    body: { start: "2026-03-25T10:00:00+01:00" },
    ...headers(one.json().etag),
  });
  expect([refused.statusCode, refused.json().detail]).toEqual([400, expect.stringContaining("other days")]);
  const all = await send("PATCH", path, token, {
    body: { subject: "Review", start: "2026-03-24T10:00:00+01:00", end: "2026-03-24T11:00:00+01:00" },
    ...headers(one.json().etag),
  });
  expect(all.json()).toMatchObject({ subject: "Review", end: "2026-03-24T10:00:00.000Z" });
  const moved = ["03-24T09:00 Review", "03-31T08:00 Review", "04-07T08:00 Review", "04-14T08:00 Review"];
  expect(await around(client, bert)).toEqual(moved);
  // A later one, which the list has by then.
  const third = await thirdOf(client);
  await put(anna, third.id, meeting(third.id, { seriesMasterId: first.seriesId, isOrganizer: true }));
  const later = `/meetings/${meetingIdOf(third.id)}/cancel?scope=following`;
  expect((await send("POST", later, token, { body: { comment: "Enough" } })).statusCode).toBe(400);
  expect((await send("POST", later, token)).statusCode).toBe(204);
  expect(await around(client, bert)).toEqual(moved.slice(0, 2));
  expect((await send("POST", `/meetings/${first.id}/cancel?scope=series`, token)).statusCode).toBe(204);
  expect(await around(client, objectIdOfAnna)).toEqual([]);
});

const thirdOf = async ({ events }: Awaited<ReturnType<typeof startCloud>>["client"]) => {
  const window = { startAt: instant(Date.UTC(2026, 3, 5)), endAt: instant(Date.UTC(2026, 3, 9)) };
  const order = { tenantId, userObjectId: objectIdOfAnna, signal: AbortSignal.timeout(10_000), window };
  const [event] = (await events.view({ ...order, select: ["id", "seriesMasterId"], pageSize: 5 })).events;
  if (!event) throw new Error("the calendar has no third meeting");
  return event;
};

test("a series with changed meetings is not cut where Exchange would forget them; an edit of what follows is refused", async () => {
  const { send, token, client, put } = await openOwn();
  const first = (await send("POST", "/meetings", token, { body: weekly })).json();
  const one = { body: { subject: "Kick-off" }, headers: { "if-match": first.etag } };
  expect((await send("PATCH", `/meetings/${first.id}`, token, one)).statusCode).toBe(200);
  const third = await thirdOf(client);
  await put(anna, third.id, meeting(third.id, { seriesMasterId: first.seriesId, isOrganizer: true }));
  const path = `/meetings/${meetingIdOf(third.id)}`;
  const cut = await send("POST", `${path}/cancel?scope=following`, token);
  expect([cut.statusCode, cut.json().code]).toEqual([409, "seriesHasExceptions"]);
  const edit = { body: { subject: "X" }, headers: { "if-match": third["@odata.etag"] ?? "" } };
  const edited = await send("PATCH", `${path}?scope=following`, token, edit);
  expect([edited.statusCode, edited.json().code]).toEqual([422, "followingRefused"]);
});

test("a whole series is answered by one of its meetings, or that one alone", async () => {
  const { send, token, client, graph, put } = await openOwn();
  const startAt = Date.UTC(2026, 2, 24, 8);
  graph.createEvent(bert, {
    subject: "Planning",
    startAt,
    endAt: startAt + hours(1),
    timeZone: "Europe/Stockholm",
    attendees: ["anna@acme.example"],
    recurrence: {
      pattern: { type: "weekly", interval: 1, daysOfWeek: ["tuesday"], firstDayOfWeek: "monday" },
      range: { type: "numbered", startDate: "2026-03-24", numberOfOccurrences: 4 },
    },
  });
  const third = await thirdOf(client);
  await put(anna, third.id, meeting(third.id, { seriesMasterId: third.seriesMasterId ?? null }));
  const path = `/meetings/${meetingIdOf(third.id)}`;
  expect((await send("POST", `${path}/decline`, token)).statusCode).toBe(204);
  expect(await around(client, objectIdOfAnna)).toHaveLength(3);
  expect((await send("POST", `${path}/accept?scope=following`, token)).json().code).toBe("followingRefused");
  expect((await send("POST", `${path}/decline?scope=series`, token)).statusCode).toBe(204);
  expect(await around(client, objectIdOfAnna)).toEqual([]);
  const single = await send("POST", "/meetings", token, { body: wanted });
  const refused = await send("POST", `/meetings/${single.json().id}/cancel?scope=series`, token);
  expect([refused.statusCode, refused.json().code]).toEqual([409, "noSeries"]);
});

test("an all-day meeting takes the days of its zone, and becomes one of hours again", async () => {
  const { send, token } = await openOwn();
  const days = { ...wanted, ...stockholm, start: "2026-03-28", end: "2026-03-30" };
  const made = (await send("POST", "/meetings", token, { body: days })).json();
  expect(made).toMatchObject({
    date: "2026-03-28",
    start: "2026-03-27T23:00:00.000Z",
    end: "2026-03-29T22:00:00.000Z",
  });
  const body = { start: "2026-03-28T09:00:00+01:00", end: "2026-03-28T10:00:00+01:00" };
  const changed = await send("PATCH", `/meetings/${made.id}`, token, {
    body,
    headers: { "if-match": made.etag },
  });
  expect(changed.json()).toMatchObject({ date: null, start: "2026-03-28T08:00:00.000Z" });
});
