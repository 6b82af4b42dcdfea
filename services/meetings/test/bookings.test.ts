import { readFileSync } from "node:fs";
import { join as pathOf } from "node:path";
import type { Meeting } from "@hybrid/contracts";
import { hours, minutes } from "@hybrid/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Booking, bookingsMax, bookingsOf, dialled, noBookingOf, roomWindowAt } from "#domain/bookings";
import type { JoinPolicy } from "#domain/join";
import { findingsOf } from "#domain/room-findings";
import { meeting, monday } from "./meeting.ts";

const policy: JoinPolicy = { beforeMs: minutes(5), tentative: true, free: false };
const booked = (changes: Partial<Meeting> = {}): Booking | undefined =>
  bookingsOf([meeting("m", changes)], policy)[0];
const join = (changes: Partial<NonNullable<Meeting["join"]>>): Meeting["join"] => ({
  service: "webex",
  url: null,
  video: null,
  meetingId: null,
  passcode: null,
  ...changes,
});

test("a meeting becomes a booking that a device can dial", () => {
  expect(booked({ join: join({ video: "123@acme.webex.com", meetingId: "123" }) })).toEqual({
    Id: expect.stringMatching(/^hybrid-[0-9a-f]{32}$/),
    Title: "About m",
    Number: "123@acme.webex.com",
    Protocol: "SIP",
    MeetingPlatform: "Webex",
    MeetingId: "123",
    Organizer: { Name: "Bo", Email: "bo@acme.example" },
    Time: { startAt: Date.UTC(2026, 0, 5, 10), Duration: 60, StartTimeBuffer: 300 },
  });
});

test.each([
  ["a video address", { video: "1@zoomcrc.com", service: "zoom" }, ["1@zoomcrc.com", "SIP", "Zoom"]],
  ["a personal room", { url: "https://acme.webex.com/meet/bo" }, ["bo@acme.webex.com", "SIP", "Webex"]],
  [
    "Teams",
    { url: "https://teams.microsoft.com/meet/1?p=x", service: "teams" },
    ["https://teams.microsoft.com/meet/1?p=x", "WebRTC", "MicrosoftTeams"],
  ],
  ["a number of 129 characters", { video: `${"1".repeat(117)}@example.com` }, null],
  [
    "an address of 129 characters",
    { url: `https://meet.google.com/${"x".repeat(105)}`, service: "google_meet" },
    null,
  ],
  ["a page of anybody's", { url: "https://meet.example/x", service: "jitsi" }, null],
] as const)("%s is dialled as it can be", (_, given, expected) => {
  const found = dialled(join(given) as NonNullable<Meeting["join"]>);
  expect(found && [found.Number, found.Protocol, found.MeetingPlatform]).toEqual(expected);
});

test.each<[string, Partial<Meeting>, string | null]>([
  ["accepted", {}, null],
  ["tentatively accepted", { response: "tentativelyAccepted" }, null],
  ["not answered", { response: "notResponded" }, "notAccepted"],
  ["declined", { response: "declined" }, "declined"],
  ["the room's own", { response: "organizer", isOrganizer: true }, null],
  ["cancelled", { isCancelled: true }, "cancelled"],
  ["free", { showAs: "free" }, "free"],
  ["without a number", { join: join({ url: "https://meet.example/x" }) }, "noNumber"],
])("a meeting that the room has %s", (_, changes, expected) => {
  expect(noBookingOf(meeting("m", changes), policy)).toBe(expected);
});

test("what is too long for a device is cut, and a private meeting has no title of its own", () => {
  expect(booked({ subject: "ä".repeat(129) })?.Title).toBe("ä".repeat(128));
  expect(booked({ startAt: monday, endAt: monday + minutes(1_441) })?.Time.Duration).toBe(1_440);
  expect(booked({ startAt: monday, endAt: monday })?.Time.Duration).toBe(1);
  expect(booked({ isPrivate: true, subject: null })?.Title).toBe("Private meeting");
});

test("two days are put at once, the same all day long", () => {
  expect(roomWindowAt(monday)).toEqual(roomWindowAt((monday + hours(15)) as never));
  expect(roomWindowAt((monday + hours(16)) as never).startAt).toBe(Date.UTC(2026, 0, 6));
});

const anyMeeting = fc
  .record({
    id: fc.integer({ min: 0, max: 500 }),
    subject: fc.option(fc.string({ maxLength: 200, unit: "grapheme" })),
    organizerName: fc.option(fc.string({ maxLength: 200, unit: "grapheme" })),
    start: fc.integer({ min: 0, max: 2_880 }),
    length: fc.integer({ min: 0, max: 4_000 }),
    video: fc.option(fc.string({ maxLength: 200 })),
  })
  .map(({ id, start, length, video, ...rest }) => {
    const startAt = monday + minutes(start);
    return meeting(String(id), { ...rest, startAt, endAt: startAt + minutes(length), join: join({ video }) });
  });

interface Param {
  readonly name: string;
  readonly valuespace: {
    readonly MaxLength?: string;
    readonly Max?: string;
    readonly Min?: string;
    readonly Values?: readonly string[];
  };
}

const contracts = process.env["HYBRID_CONTRACTS_DIR"];

test.skipIf(contracts === undefined)(
  "whatever a calendar holds, every booking keeps to the published schema",
  () => {
    const { versions } = JSON.parse(
      readFileSync(pathOf(contracts ?? "", "roomos-bookings-schema.json"), "utf8"),
    );
    const newest = Object.values<any>(versions)[0];
    const params: readonly Param[] = newest.objects.find(({ path }: any) => path === "Bookings Book")
      .attributes.params;
    const limits = new Map(params.map(({ name, valuespace }) => [name, valuespace]));
    const flat = (booking: Booking): Record<string, string | number> => ({
      Title: booking.Title,
      Number: booking.Number,
      Protocol: booking.Protocol,
      MeetingPlatform: booking.MeetingPlatform,
      OrganizerName: booking.Organizer.Name,
      OrganizerEmail: booking.Organizer.Email,
      Duration: booking.Time.Duration,
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(anyMeeting, { selector: ({ eventId }) => eventId, maxLength: 120 }),
        (list) => {
          const bookings = bookingsOf(list, policy);
          expect(bookings.length).toBeLessThanOrEqual(bookingsMax);
          expect(new Set(bookings.map(({ Id }) => Id)).size).toBe(bookings.length);
          const faults = bookings.flatMap((booking) =>
            Object.entries(flat(booking)).filter(([name, value]) => !fits(limits.get(name), value)),
          );
          expect(faults).toEqual([]);
        },
      ),
    );
  },
);

const fits = (limit: Param["valuespace"] | undefined, value: string | number): boolean => {
  if (!limit) return false;
  if (typeof value === "number") return value >= Number(limit.Min) && value <= Number(limit.Max);
  return limit.Values ? limit.Values.includes(value) : value.length <= Number(limit.MaxLength);
};

test("what invitations tell of a mailbox's settings", () => {
  const fine = { invitations: 5, unanswered: 0, withoutBody: 1, namedAfterOrganizer: 1 };
  expect(findingsOf(fine)).toEqual([]);
  expect(findingsOf({ ...fine, unanswered: 1 })).toEqual(["notAutoAccepting"]);
  expect(findingsOf({ ...fine, withoutBody: 5, namedAfterOrganizer: 5 })).toEqual([
    "commentsDeleted",
    "subjectReplaced",
  ]);
  expect(findingsOf({ invitations: 2, unanswered: 0, withoutBody: 2, namedAfterOrganizer: 2 })).toEqual([]);
});
