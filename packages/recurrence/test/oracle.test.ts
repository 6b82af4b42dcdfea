import { runsLong } from "@hybrid/kernel/testing/slow-inputs";
import fc from "fast-check";
import { RRuleTemporal } from "rrule-temporal";
import { Temporal } from "temporal-polyfill";
import { expect, test } from "vitest";
import {
  endOfSeries,
  instantOfLocal,
  occurrencesIn,
  type Recurrence,
  readRecurrence,
  weekdays,
} from "../src/index.ts";

/*
 * Goal: expansion agrees with an implementation that shares nothing with it, on any pattern.
 * Method: each of Graph's patterns is said as RFC 5545 means it: a day that a month may lack by BYSETPOS=-1
 * among the last days, a set of weekdays by BYDAY and BYSETPOS.
 */

const codes = weekdays.map((name) => name.slice(0, 2).toUpperCase());
const setPositions = { first: 1, second: 2, third: 3, fourth: 4, last: -1 } as const;

const monthDay = (day: number): string =>
  day <= 28
    ? `BYMONTHDAY=${day}`
    : `BYMONTHDAY=${Array.from({ length: day - 27 }, (_, nth) => 28 + nth).join(",")};BYSETPOS=-1`;

const ruleOf = ({ pattern, range }: Recurrence): string => {
  const days = (pattern.daysOfWeek ?? []).map((name) => codes[weekdays.indexOf(name)]).join(",");
  const relative = `BYDAY=${days};BYSETPOS=${setPositions[pattern.index ?? "first"]}`;
  const parts = {
    daily: "FREQ=DAILY",
    weekly: `FREQ=WEEKLY;BYDAY=${days};WKST=${codes[weekdays.indexOf(pattern.firstDayOfWeek ?? "sunday")]}`,
    absoluteMonthly: `FREQ=MONTHLY;${monthDay(pattern.dayOfMonth ?? 1)}`,
    relativeMonthly: `FREQ=MONTHLY;${relative}`,
    absoluteYearly: `FREQ=YEARLY;BYMONTH=${pattern.month};${monthDay(pattern.dayOfMonth ?? 1)}`,
    relativeYearly: `FREQ=YEARLY;BYMONTH=${pattern.month};${relative}`,
  }[pattern.type];
  const bound = {
    numbered: `;COUNT=${range.numberOfOccurrences}`,
    endDate: `;UNTIL=${range.endDate?.replaceAll("-", "")}T235959Z`,
    noEnd: "",
  }[range.type];
  return `${parts};INTERVAL=${pattern.interval}${bound}`;
};

const zones = [
  "UTC",
  "Europe/Berlin",
  "America/New_York",
  "Australia/Lord_Howe",
  "Asia/Kolkata",
  "America/Sao_Paulo",
];

const recurrences = fc
  .record({
    type: fc.constantFrom(
      "daily",
      "weekly",
      "absoluteMonthly",
      "relativeMonthly",
      "absoluteYearly",
      "relativeYearly",
    ),
    interval: fc.integer({ min: 1, max: 5 }),
    month: fc.integer({ min: 1, max: 12 }),
    dayOfMonth: fc.integer({ min: 1, max: 31 }),
    daysOfWeek: fc.uniqueArray(fc.constantFrom(...weekdays), { minLength: 1, maxLength: 7 }),
    firstDayOfWeek: fc.constantFrom(...weekdays),
    index: fc.constantFrom("first", "second", "third", "fourth", "last"),
    startDay: fc.integer({ min: 16_000, max: 24_000 }),
    // Clocks change between midnight and four; what they leave out has a test of its own.
    minute: fc.integer({ min: 240, max: 1_439 }),
    zone: fc.constantFrom(...zones),
    count: fc.integer({ min: 1, max: 12 }),
    ends: fc.constantFrom("numbered", "endDate", "noEnd"),
  })
  // A month has a fifth weekday now and then only, and Graph's pattern knows none.
  .map(({ startDay, minute, zone, count, ends, ...pattern }) => {
    const startDate = new Date(startDay * 86_400_000).toISOString().slice(0, 10);
    const { recurrence, fault } = readRecurrence({
      pattern,
      range: { type: ends, startDate, endDate: "2080-06-15", numberOfOccurrences: count },
    });
    if (!recurrence) throw new Error(fault);
    const startAt = instantOfLocal((startDay * 1_440 + minute) * 60_000, zone);
    return { series: { recurrence, zone, startAt, endAt: startAt + 1_800_000 }, count, startDay, minute };
  });

test("planned occurrences are those of an independent implementation", { timeout: 180_000 }, () => {
  fc.assert(
    fc.property(recurrences, ({ series, count, startDay, minute }) => {
      const { recurrence, zone } = series;
      const first = Temporal.PlainDateTime.from("1970-01-01T00:00").add({ days: startDay, minutes: minute });
      const oracle = new RRuleTemporal({
        rruleString: ruleOf(recurrence),
        dtstart: first.toZonedDateTime(zone, { disambiguation: "compatible" }),
      });
      const planned = oracle.all((_: unknown, nth: number) => nth < count);
      const expected = planned.map((each) => each.epochMilliseconds);
      const window = { fromMs: series.startAt, untilMs: Number.MAX_SAFE_INTEGER };
      const found = occurrencesIn(series, window, count).occurrences.map(({ startAt }) => startAt);
      expect(found).toEqual(expected);
      const end = recurrence.range.type === "numbered" ? endOfSeries(series) : null;
      expect([null, (expected.at(-1) ?? series.startAt) + 1_800_000]).toContain(end);
    }),
    // Where CI=true, and with HYBRID_LONG=1, ten thousand.
    { numRuns: runsLong ? 10_000 : 400 },
  );
});
