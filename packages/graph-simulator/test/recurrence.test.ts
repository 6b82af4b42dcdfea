import { expect, test } from "vitest";
import { occurrencesIn, recurrenceFault } from "../src/calendar/recurrence.ts";
import type { EventShape } from "../src/calendar/stored-event.ts";
import type { RecurrenceInput } from "../src/index.ts";

const hour = 3_600_000;
const day = 24 * hour;
const at = (iso: string): number => Date.parse(iso);

const shape = (startIso: string, recurrence: RecurrenceInput, zone = "UTC"): EventShape => ({
  startAt: at(startIso),
  endAt: at(startIso) + hour,
  zone,
  recurrence,
  cancelledDates: [],
});

const datesIn = (given: EventShape, from: string, to: string): string[] =>
  occurrencesIn(given, at(from), at(to)).map(({ date }) => date);

test("every second day, ended by a date", () => {
  const series = shape("2026-01-01T09:00:00Z", {
    pattern: { type: "daily", interval: 2 },
    range: { type: "endDate", startDate: "2026-01-01", endDate: "2026-01-07" },
  });
  expect(datesIn(series, "2025-12-01T00:00:00Z", "2026-03-01T00:00:00Z")).toEqual([
    "2026-01-01",
    "2026-01-03",
    "2026-01-05",
    "2026-01-07",
  ]);
});

test("a far window of an endless series is the same as the tail of a near one", () => {
  const patterns: RecurrenceInput["pattern"][] = [
    { type: "daily", interval: 3 },
    { type: "weekly", interval: 2, daysOfWeek: ["friday", "tuesday"], firstDayOfWeek: "monday" },
    { type: "absoluteMonthly", interval: 1, dayOfMonth: 31 },
    { type: "relativeMonthly", interval: 1, daysOfWeek: ["monday"], index: "last" },
  ];
  for (const pattern of patterns) {
    const series = shape("2026-01-31T09:00:00Z", {
      pattern,
      range: { type: "noEnd", startDate: "2026-01-31" },
    });
    const from = at("2031-05-01T00:00:00Z");
    const to = from + 120 * day;
    const all = occurrencesIn(series, 0, to, 100_000).filter(({ endAt }) => endAt > from);
    expect(all.length).toBeGreaterThan(2);
    expect(occurrencesIn(series, from, to)).toEqual(all);
  }
});

test("a counted series ends after its number, and a month without a 31st uses its last day", () => {
  const series = shape("2026-01-31T09:00:00Z", {
    pattern: { type: "absoluteMonthly", interval: 1, dayOfMonth: 31 },
    range: { type: "numbered", startDate: "2026-01-31", numberOfOccurrences: 3 },
  });
  expect(datesIn(series, "2026-02-01T00:00:00Z", "2027-01-01T00:00:00Z")).toEqual([
    "2026-02-28",
    "2026-03-31",
  ]);
});

test("occurrences keep their local time across the change to summer time", () => {
  const series = shape(
    "2026-03-28T08:00:00Z",
    { pattern: { type: "daily", interval: 1 }, range: { type: "noEnd", startDate: "2026-03-28" } },
    "Europe/Berlin",
  );
  const starts = occurrencesIn(series, at("2026-03-28T00:00:00Z"), at("2026-03-31T00:00:00Z"));
  expect(starts.map(({ startAt }) => new Date(startAt).toISOString().slice(0, 16))).toEqual([
    "2026-03-28T08:00",
    "2026-03-29T07:00",
    "2026-03-30T07:00",
  ]);
});

test.each([
  [{ type: "daily", interval: 0 }, { type: "noEnd", startDate: "2026-01-01" }, /interval/],
  [{ type: "weekly", interval: 1 }, { type: "noEnd", startDate: "2026-01-01" }, /daysOfWeek/],
  [{ type: "absoluteMonthly", interval: 1 }, { type: "noEnd", startDate: "2026-01-01" }, /dayOfMonth/],
  [{ type: "daily", interval: 1 }, { type: "noEnd", startDate: "2026-01-02" }, /startDate/],
  [
    { type: "daily", interval: 1 },
    { type: "endDate", startDate: "2026-01-01", endDate: "2025-01-01" },
    /endDate/,
  ],
  [{ type: "daily", interval: 1 }, { type: "numbered", startDate: "2026-01-01" }, /numberOfOccurrences/],
] as [RecurrenceInput["pattern"], RecurrenceInput["range"], RegExp][])(
  "an incomplete recurrence is refused: %j %j",
  (pattern, range, message) => {
    expect(recurrenceFault({ pattern, range }, at("2026-01-01T09:00:00Z"), "UTC")).toMatch(message);
  },
);

test.each<[string, RecurrenceInput["pattern"], string, string[]]>([
  [
    "the second Tuesday of every month",
    { type: "relativeMonthly", interval: 1, daysOfWeek: ["tuesday"], index: "second" },
    "2026-01-13",
    ["2026-01-13", "2026-02-10", "2026-03-10", "2026-04-14"],
  ],
  [
    "the last working day of every second month",
    {
      type: "relativeMonthly",
      interval: 2,
      daysOfWeek: ["monday", "tuesday", "wednesday", "thursday", "friday"],
      index: "last",
    },
    "2026-01-30",
    ["2026-01-30", "2026-03-31", "2026-05-29", "2026-07-31"],
  ],
  [
    "29 February, which is the 28th in other years",
    { type: "absoluteYearly", interval: 1, month: 2, dayOfMonth: 29 },
    "2024-02-29",
    ["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28"],
  ],
  [
    "the fourth Thursday of November, every second year",
    { type: "relativeYearly", interval: 2, month: 11, daysOfWeek: ["thursday"], index: "fourth" },
    "2026-11-26",
    ["2026-11-26", "2028-11-23", "2030-11-28", "2032-11-25"],
  ],
])("%s", (_name, pattern, startDate, dates) => {
  const range = { type: "numbered", startDate, numberOfOccurrences: 4 } as const;
  const series = shape(`${startDate}T09:00:00Z`, { pattern, range });
  expect(recurrenceFault({ pattern, range }, series.startAt, "UTC")).toBeNull();
  expect(datesIn(series, "2020-01-01T00:00:00Z", "2040-01-01T00:00:00Z")).toEqual(dates);
});

test.each<[RecurrenceInput["pattern"], RegExp]>([
  [{ type: "relativeMonthly", interval: 1 }, /daysOfWeek/],
  [{ type: "absoluteYearly", interval: 1, dayOfMonth: 3 }, /month from 1 to 12/],
  [{ type: "relativeYearly", interval: 1, month: 13, daysOfWeek: ["monday"] }, /month from 1 to 12/],
  [{ type: "absoluteYearly", interval: 1, month: 3 }, /dayOfMonth/],
])("%o is not complete", (pattern, fault) => {
  const range = { type: "noEnd", startDate: "2026-01-01" } as const;
  expect(recurrenceFault({ pattern, range }, at("2026-01-01T09:00:00Z"), "UTC")).toMatch(fault);
});
