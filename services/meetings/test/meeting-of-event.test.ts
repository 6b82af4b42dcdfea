import { compiledShippedRules, readOwnRules, rulesOf } from "@hybrid/meeting-links";
import type { GraphEvent } from "@hybrid/microsoft-graph";
import { expect, test } from "vitest";
import { meetingOf as meetingBy } from "../src/adapters/meeting-of-event.ts";

const meetingOf = (given: GraphEvent) => meetingBy(given, compiledShippedRules);

const event = (changes: Partial<GraphEvent> = {}): GraphEvent => ({
  id: "AAMk=",
  "@odata.etag": 'W/"7"',
  type: "singleInstance",
  subject: "Planning",
  start: { dateTime: "2026-01-05T10:00:00.0000000", timeZone: "UTC" },
  end: { dateTime: "2026-01-05T11:00:00.0000000", timeZone: "UTC" },
  isAllDay: false,
  isOrganizer: false,
  organizer: { emailAddress: { name: "Bo", address: "bo@acme.example" } },
  attendees: [{}, {}],
  responseStatus: { response: "accepted" },
  showAs: "busy",
  sensitivity: "normal",
  location: { displayName: "Room 5" },
  body: { contentType: "html", content: "<p>Hello</p>" },
  ...changes,
});

test("an ordinary event is told whole, and its body is not", () => {
  expect(meetingOf(event())).toEqual({
    eventId: "AAMk=",
    etag: 'W/"7"',
    seriesMasterId: null,
    isException: false,
    subject: "Planning",
    startAt: Date.UTC(2026, 0, 5, 10),
    endAt: Date.UTC(2026, 0, 5, 11),
    allDayDate: null,
    movedFrom: null,
    isCancelled: false,
    isOrganizer: false,
    isPrivate: false,
    showAs: "busy",
    response: "accepted",
    organizerName: "Bo",
    organizerAddress: "bo@acme.example",
    location: "Room 5",
    attendeesCount: 2,
    join: null,
  });
});

test.each([
  [
    "the online meeting",
    {
      onlineMeeting: {
        joinUrl: "https://teams.microsoft.com/l/meetup-join/19%3ameeting_x%40thread.v2/0?context=%7b%7d",
      },
    },
    "teams",
  ],
  ["the location", { location: { displayName: "https://acme.webex.com/meet/bo" } }, "webex"],
  [
    "the body",
    { body: { contentType: "html", content: '<a href="https://acme.webex.com/meet/bo">Join</a>' } },
    "webex",
  ],
])("the way to join is found in %s", (_, changes, service) => {
  expect(meetingOf(event(changes))?.join?.service).toBe(service);
});

test("of a private meeting only its time and the way to join are told", () => {
  for (const sensitivity of ["private", "confidential"])
    expect(
      meetingOf(event({ sensitivity, location: { displayName: "https://acme.webex.com/meet/bo" } })),
    ).toMatchObject({
      isPrivate: true,
      subject: null,
      location: null,
      organizerName: null,
      organizerAddress: null,
      join: { url: "https://acme.webex.com/meet/bo" },
    });
});

test("a day lasts from midnight to midnight where it was made", () => {
  const day = { dateTime: "2026-01-05T00:00:00.0000000", timeZone: "UTC" };
  const next = { dateTime: "2026-01-06T00:00:00.0000000", timeZone: "UTC" };
  expect(
    meetingOf(event({ isAllDay: true, start: day, end: next, originalStartTimeZone: "Tokyo Standard Time" })),
  ).toMatchObject({
    allDayDate: "2026-01-05",
    startAt: Date.UTC(2026, 0, 4, 15),
    endAt: Date.UTC(2026, 0, 5, 15),
  });
});

test("an occurrence that was moved says from where", () => {
  const moved = { type: "exception", seriesMasterId: "m", originalStart: "2026-01-05T09:00:00Z" };
  expect(meetingOf(event(moved))).toMatchObject({
    isException: true,
    seriesMasterId: "m",
    movedFrom: Date.UTC(2026, 0, 5, 9),
  });
});

test.each<[string, Partial<GraphEvent>]>([
  ["without start", { start: null }],
  ["with a start that is none", { start: { dateTime: "soon", timeZone: "UTC" } }],
  ["that ends before it starts", { end: { dateTime: "2026-01-05T09:00:00", timeZone: "UTC" } }],
  ["of an unknown type", { type: "seriesMaster" }],
])("an event %s is not listed", (_, changes) => {
  expect(meetingOf(event(changes))).toBeNull();
});

test("texts are cut, and an address that is too long is left out", () => {
  const long = meetingOf(
    event({
      subject: `\u0007${"ä".repeat(300)}`,
      location: { displayName: `https://acme.webex.com/meet/${"x".repeat(2_000)}` },
    }),
  );
  expect(long?.subject).toBe("ä".repeat(255));
  expect(long?.join).toBeNull();
});

test("an address that only the organisation's own rules know can be joined too", () => {
  const rule = { name: "ours", service: "webex", hosts: ["join.acme.example"], path: "/[a-z]+" };
  const own = rulesOf(readOwnRules(JSON.stringify({ addresses: [rule] })));
  const ruled = event({ body: { contentType: "text", content: "Join: https://join.acme.example/ada" } });
  expect(meetingOf(ruled)?.join).toBeNull();
  expect(meetingBy(ruled, own)?.join).toMatchObject({
    service: "webex",
    url: "https://join.acme.example/ada",
  });
});

test.each([
  ["2026-01-05T10:00:00.0000000", "UTC", Date.UTC(2026, 0, 5, 10)],
  ["2026-01-05T10:00:00.1234567", "UTC", Date.UTC(2026, 0, 5, 10, 0, 0, 123)],
  ["2026-01-05T10:00:00.5", "UTC", Date.UTC(2026, 0, 5, 10, 0, 0, 500)],
  ["2026-01-05T10:00", "UTC", Date.UTC(2026, 0, 5, 10)],
  ["2026-07-05T10:00:00", "W. Europe Standard Time", Date.UTC(2026, 6, 5, 8)],
  ["2026-02-30T10:00:00", "UTC", undefined],
  ["2026-01-05T25:00:00", "UTC", undefined],
  ["soon", "UTC", undefined],
])("a start at %s in %s is this moment, or none", (dateTime, timeZone, startAt) => {
  const end = { dateTime: "2026-12-31T10:00:00", timeZone: "UTC" };
  expect(meetingOf(event({ start: { dateTime, timeZone }, end }))?.startAt).toBe(startAt);
});
