import { expect, test } from "vitest";
import { changeRequest, type Draft, draftOf, scheduleRequest } from "../page/meeting-draft.ts";
import { ScheduleRequest } from "../src/api/write-schemas.ts";

const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const now = new Date(2026, 2, 24, 8, 20).getTime();
const draft: Draft = {
  ...draftOf(null, now),
  subject: "Planning",
  invited: "bo@acme.example, cy@acme.example",
};

test("a form opens at the next full hour, and becomes a request that the API takes", () => {
  expect(draft).toMatchObject({
    startDay: "2026-03-24",
    startTime: "09:00",
    endTime: "09:30",
    days: ["tuesday"],
  });
  expect(ScheduleRequest.parse(scheduleRequest(draft, timeZone))).toMatchObject({
    start: new Date(2026, 2, 24, 9).toISOString(),
    end: new Date(2026, 2, 24, 9, 30).toISOString(),
    keyword: "@webex",
    attendees: [{ address: "bo@acme.example" }, { address: "cy@acme.example" }],
  });
});

test.each([
  [{ repeat: "daily" }, { type: "daily" }, { type: "noEnd" }],
  [
    { repeat: "weekly", days: ["tuesday", "thursday"], ending: "afterTimes", times: 3 },
    { type: "weekly", daysOfWeek: ["tuesday", "thursday"] },
    { type: "numbered", numberOfOccurrences: 3 },
  ],
  [{ repeat: "weekly", days: [] }, { type: "weekly", daysOfWeek: ["tuesday"] }, { type: "noEnd" }],
  [
    { repeat: "monthly", ending: "onDay", lastDay: "2026-12-31" },
    { type: "absoluteMonthly", dayOfMonth: 24 },
    { type: "endDate", endDate: "2026-12-31" },
  ],
  [
    { repeat: "monthlyByWeekday" },
    { type: "relativeMonthly", index: "fourth", daysOfWeek: ["tuesday"] },
    { type: "noEnd" },
  ],
  [{ repeat: "yearly" }, { type: "absoluteYearly", month: 3, dayOfMonth: 24 }, { type: "noEnd" }],
] as const)("%j is a series that the API takes", (changes, pattern, range) => {
  const { recurrence } = ScheduleRequest.parse(scheduleRequest({ ...draft, ...changes }, timeZone));
  expect(recurrence).toMatchObject({ pattern, range });
});

test("whole days are counted with the last one; what was not changed is not sent", () => {
  const days = { ...draft, isAllDay: true, startDay: "2026-03-28", endDay: "2026-03-29" };
  expect(ScheduleRequest.parse(scheduleRequest(days, timeZone))).toMatchObject({
    start: "2026-03-28",
    end: "2026-03-30",
  });
  expect(changeRequest(draft, draft, timeZone)).toBeNull();
  expect(changeRequest(draft, { ...draft, location: "Room 5" }, timeZone)).toEqual({ location: "Room 5" });
  expect(changeRequest(draft, days, timeZone)).toEqual({ start: "2026-03-28", end: "2026-03-30", timeZone });
});
