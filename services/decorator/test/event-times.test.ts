import { expect, test } from "vitest";
import { endOf } from "../src/adapters/event-times.ts";
import type { Recurrence } from "../src/adapters/ports.ts";
import { event } from "./fake-mailbox.ts";

const at = (iso: string) => Date.parse(iso);
const series = (range: Partial<Recurrence["range"]>, pattern: Partial<Recurrence["pattern"]> = {}) =>
  endOf({
    ...event,
    start: { dateTime: "2026-03-02T08:00:00.0000000", timeZone: "UTC" },
    end: { dateTime: "2026-03-02T09:00:00.0000000", timeZone: "UTC" },
    recurrence: {
      pattern: { type: "weekly", interval: 1, daysOfWeek: ["monday"], ...pattern },
      range: { type: "noEnd", startDate: "2026-03-02", recurrenceTimeZone: "UTC", ...range },
    },
  });

test("a single meeting ends at its end, in whatever zone that is told", () => {
  expect(endOf(event)).toBe(at("2026-01-07T10:00:00Z"));
  const end = { dateTime: "2026-01-07T10:00:00", timeZone: "W. Europe Standard Time" };
  expect(endOf({ ...event, end })).toBe(at("2026-01-07T09:00:00Z"));
  expect(endOf({ ...event, end: { ...end, timeZone: "Asia/Tokyo" } })).toBe(at("2026-01-07T01:00:00Z"));
});

const allDay = (zone: string | null, days = 1) => ({
  ...event,
  isAllDay: true,
  originalStartTimeZone: zone,
  originalEndTimeZone: zone,
  start: { dateTime: "2026-06-12T00:00:00.0000000", timeZone: "UTC" },
  end: { dateTime: `2026-06-${12 + days}T00:00:00.0000000`, timeZone: "UTC" },
});

test.each<[string | null, string]>([
  ["Pacific Standard Time", "2026-06-13T07:00:00Z"],
  ["Tokyo Standard Time", "2026-06-12T15:00:00Z"],
  ["Asia/Kolkata", "2026-06-12T18:30:00Z"],
  ["Line Islands Standard Time", "2026-06-12T10:00:00Z"],
  ["UTC", "2026-06-13T00:00:00Z"],
  ["Customized Time Zone", "2026-06-13T00:00:00Z"],
  [null, "2026-06-13T00:00:00Z"],
])("an all-day event made in zone %j is over when the day is over there", (zone, end) => {
  expect(endOf(allDay(zone))).toBe(at(end));
  expect(endOf(allDay(zone, 3))).toBe(at(end) + 2 * 86_400_000);
});

test("a series of all-day events ends with its last day in the zone it was made in", () => {
  const range = { type: "endDate", startDate: "2026-10-23", endDate: "2026-10-25" };
  const recurrence = { pattern: { type: "daily", interval: 1 }, range };
  const stockholm = allDay("W. Europe Standard Time");
  expect(endOf({ ...stockholm, recurrence })).toBe(at("2026-10-25T22:00:00Z"));
  const recurrenceTimeZone = "Tokyo Standard Time";
  const elsewhere = {
    ...allDay(null),
    recurrence: { ...recurrence, range: { ...range, recurrenceTimeZone } },
  };
  expect(endOf(elsewhere)).toBe(at("2026-10-25T15:00:00Z"));
});

test("a series without end never ends", () => {
  expect(series({})).toBeNull();
});

test("a series ends with the occurrence on its last day, in its own zone across daylight saving", () => {
  expect(series({ type: "endDate", endDate: "2026-03-30" })).toBe(at("2026-03-30T09:00:00Z"));
  const stockholm = { type: "endDate", endDate: "2026-03-30" };
  for (const recurrenceTimeZone of ["Europe/Stockholm", "W. Europe Standard Time"])
    expect(series({ ...stockholm, recurrenceTimeZone })).toBe(at("2026-03-30T08:00:00Z"));
  expect(series({ ...stockholm, recurrenceTimeZone: "Customized Time Zone" })).toBe(
    at("2026-03-30T09:00:00Z"),
  );
});

test.each([
  ["daily", { type: "daily", interval: 2 }, "2026-03-10T09:00:00Z"],
  ["weekly on two days", { daysOfWeek: ["monday", "friday"] }, "2026-03-16T09:00:00Z"],
  ["monthly", { type: "absoluteMonthly", dayOfMonth: 2 }, "2026-07-02T09:00:00Z"],
  ["yearly", { type: "absoluteYearly", month: 3, dayOfMonth: 2 }, "2030-03-02T09:00:00Z"],
])("a numbered %s series is over with its fifth occurrence", (_what, pattern, fifth) => {
  expect(series({ type: "numbered", numberOfOccurrences: 5 }, pattern)).toBe(at(fifth));
});

test("a time that is none is an error of the provider", () => {
  expect(() => endOf({ ...event, end: { dateTime: "soon", timeZone: "UTC" } })).toThrow("no time");
});

test.each([
  ["more occurrences than calendars have days", { type: "numbered", numberOfOccurrences: 2 ** 53 }, "daily"],
  ["an interval beyond all calendars", { type: "numbered", numberOfOccurrences: 3 }, "absoluteYearly"],
  ["a last day that is none", { type: "endDate", endDate: "2026-02-31" }, "weekly"],
])("a series with %s never ends, and does no harm", (_what, range, type) => {
  expect(series(range, { type, interval: type === "absoluteYearly" ? 2 ** 50 : 1 })).toBeNull();
});
