import { days, hours, minutes } from "@hybrid/kernel";
import { afterEach, beforeEach, expect, test } from "vitest";
import { anna, bert, openCalendar } from "./simulated-calendar.ts";

const route = "/v1.0/users/:userId/calendarView";

let calendar: Awaited<ReturnType<typeof openCalendar>>;
beforeEach(async () => {
  calendar = await openCalendar();
});
afterEach(async () => await calendar.close());

const weekly = (startAt: number) =>
  ({
    pattern: { type: "daily", interval: 1 },
    range: { type: "noEnd", startDate: new Date(startAt).toISOString().slice(0, 10) },
  }) as const;

test("a series stands as its occurrences, from a week ago to a month ahead; what is moved and cancelled is told", async () => {
  const startAt = calendar.clock.now() - days(20);
  const series = calendar.meet({
    subject: "Standup",
    startAt,
    endAt: startAt + minutes(15),
    recurrence: weekly(startAt),
  });
  await calendar.status("active");
  const planned = calendar.list();
  expect(planned.length).toBeGreaterThanOrEqual(38);
  expect(planned.length).toBeLessThanOrEqual(41);
  expect(new Set(planned.map(({ seriesMasterId }) => seriesMasterId))).toEqual(new Set([series]));
  const [, , third, fourth] = planned;
  expect(calendar.listedAfterMs).toEqual([]);
  const reads = calendar.graph.metrics.countRequests({ method: "GET", route });
  expect(reads).toBe(1);

  calendar.graph.updateEvent(anna, third!.eventId, {
    startAt: third!.startAt + hours(3),
    endAt: third!.endAt + hours(3),
  });
  calendar.graph.deleteEvent(anna, fourth!.eventId);
  await calendar.changed();
  expect(calendar.listedAfterMs).toEqual([expect.any(Number)]);
  expect(calendar.listedAfterMs[0]).toBeGreaterThanOrEqual(250);
  const after = calendar.list();
  expect(after).toHaveLength(planned.length - 1);
  expect(after.find(({ eventId }) => eventId === fourth!.eventId)).toBeUndefined();
  expect(after.filter(({ isException }) => isException)).toMatchObject([
    { startAt: third!.startAt + hours(3), movedFrom: third!.startAt, subject: "Standup" },
  ]);
});

test("an invitation shows the organiser, the user's answer and how to join; a cancelled one says so", async () => {
  const id = calendar.meet(
    { attendees: ["anna@acme.example"], location: "https://acme.webex.com/meet/bert", isOnlineMeeting: true },
    bert,
  );
  await calendar.status("active");
  expect(calendar.list()).toMatchObject([
    {
      isOrganizer: false,
      organizerAddress: "bert@acme.example",
      response: "notResponded",
      join: { service: "teams" },
      isCancelled: false,
    },
  ]);
  expect(calendar.driver.emitted.at(-1)?.value).toMatchObject({
    subject: null,
    organizerAddress: null,
    join: null,
    sealedTexts: { value: { organizerAddress: "bert@acme.example", join: { service: "teams" } } },
  });
  calendar.graph.updateEvent(bert, id, { isOnlineMeeting: false, body: "<p>New</p>" });
  await calendar.changed();
  expect(calendar.list()).toMatchObject([
    { join: { service: "webex", url: "https://acme.webex.com/meet/bert" } },
  ]);
  calendar.graph.deleteEvent(bert, id);
  await calendar.changed();
  expect(calendar.list().filter(({ isCancelled }) => !isCancelled)).toEqual([]);
});

test("a private meeting is told without words, and a day as a day", async () => {
  const midnight = calendar.clock.now() - (calendar.clock.now() % days(1)) + days(1);
  calendar.meet({ subject: "Doctor", sensitivity: "private", location: "Clinic" });
  calendar.meet({
    subject: "Fair",
    isAllDay: true,
    startAt: midnight,
    endAt: midnight + days(1),
    timeZone: "UTC",
  });
  await calendar.status("active");
  expect(calendar.list()).toMatchObject([
    { subject: null, location: null, organizerName: null, isPrivate: true, allDayDate: null },
    { subject: "Fair", allDayDate: new Date(midnight).toISOString().slice(0, 10), startAt: midnight },
  ]);
  expect(JSON.stringify(calendar.driver.emitted)).not.toMatch(/Doctor|Clinic/);
});

test("more than a page is read page by page; what leaves the window leaves the list", async () => {
  for (let n = 0; n < 120; n++) {
    const startAt = calendar.clock.now() + n * hours(1) - days(5);
    calendar.meet({ subject: `m${n}`, startAt, endAt: startAt + minutes(30) });
  }
  await calendar.status("active");
  expect(calendar.list()).toHaveLength(120);
  expect(calendar.graph.metrics.countRequests({ method: "GET", route })).toBe(3);
  for (let day = 0; day < 5; day++) await calendar.pass(days(1));
  const oldest = calendar.list()[0]!;
  expect(oldest.endAt).toBeGreaterThan(calendar.clock.now() - days(9));
  expect(calendar.list().length).toBeLessThan(120);
  await calendar.status("disabled");
  expect(calendar.list()).toEqual([]);
});

test("of a page that was read, what the list has already is told by its digest alone", async () => {
  const [first] = [calendar.meet({ subject: "One" }), calendar.meet({ subject: "Two" })];
  await calendar.status("active");
  calendar.graph.updateEvent(anna, first, { subject: "Another one" });
  await calendar.changed();
  const [whole, later] = calendar.pages.map(({ meetings, unchanged }) => [meetings.length, unchanged.length]);
  expect([whole, later]).toEqual([
    [2, 0],
    [1, 1],
  ]);
  expect(new Set(calendar.list().map(({ subject }) => subject))).toEqual(new Set(["Another one", "Two"]));
});
