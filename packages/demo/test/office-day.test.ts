import { expect, test } from "vitest";
import { officeDay } from "../src/office-day.ts";

test.each([
  ["2026-01-09T22:59:59Z", "2026-01-09", "friday"],
  ["2026-01-09T23:00:00Z", "2026-01-10", "saturday"],
  ["2026-01-31T23:30:00Z", "2026-02-01", "sunday"],
  ["2026-07-05T21:59:59Z", "2026-07-05", "sunday"],
  ["2026-07-05T22:00:00Z", "2026-07-06", "monday"],
])("%s is %s, a %s, where the mailboxes are", (at, date, weekday) => {
  expect(officeDay(Date.parse(at))).toEqual({ date, weekday });
});
