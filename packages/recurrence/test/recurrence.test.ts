import { describe, expect, test } from "vitest";
import {
  endOfSeries,
  firstZone,
  instantOfLocal,
  occurrencesIn,
  readRecurrence,
  zoneNamed,
} from "../src/index.ts";

const seriesOf = (pattern: object, range: object, { zone = "UTC", time = "09:00" } = {}) => {
  const whole = { pattern: { interval: 1, ...pattern }, range: { type: "noEnd", ...range } };
  const { recurrence, fault } = readRecurrence(whole);
  if (!recurrence) throw new Error(fault);
  const startAt = instantOfLocal(Date.parse(`${recurrence.range.startDate}T${time}:00Z`), zone);
  return { recurrence, zone, startAt, endAt: startAt + 3_600_000 };
};

const datesOf = (series: ReturnType<typeof seriesOf>, count: number): readonly string[] =>
  occurrencesIn(series, { fromMs: series.startAt, untilMs: Date.parse("2100-01-01") }, count).occurrences.map(
    ({ date }) => date,
  );

const workdays = ["monday", "tuesday", "wednesday", "thursday", "friday"];

describe("what Exchange means where RFC 5545 means something else, or nothing", () => {
  test.each([
    [
      "day 31 is the last day of a shorter month",
      { type: "absoluteMonthly", dayOfMonth: 31 },
      "2026-01-31",
      ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"],
    ],
    [
      "29 February is the 28th in other years",
      { type: "absoluteYearly", month: 2, dayOfMonth: 29 },
      "2024-02-29",
      ["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"],
    ],
    [
      "the first of several weekdays is one day, not the first of each",
      { type: "relativeMonthly", daysOfWeek: workdays, index: "first" },
      "2026-01-01",
      ["2026-01-01", "2026-02-02", "2026-03-02", "2026-04-01"],
    ],
    [
      "the last of several weekdays is one day",
      { type: "relativeMonthly", daysOfWeek: workdays, index: "last" },
      "2026-01-30",
      ["2026-01-30", "2026-02-27", "2026-03-31", "2026-04-30"],
    ],
    [
      "the second of Saturday and Sunday",
      { type: "relativeMonthly", daysOfWeek: ["saturday", "sunday"], index: "second" },
      "2026-02-07",
      ["2026-02-07", "2026-03-07", "2026-04-05"],
    ],
    [
      "the first working day of July, every second year",
      { type: "relativeYearly", interval: 2, month: 7, daysOfWeek: workdays, index: "first" },
      "2026-07-01",
      ["2026-07-01", "2028-07-03", "2030-07-01"],
    ],
  ])("%s", (_name, pattern, startDate, dates) => {
    expect(datesOf(seriesOf(pattern, { startDate }), dates.length)).toEqual(dates);
  });

  test("a fortnight goes by weeks that begin on the first day of the week", () => {
    const pattern = { type: "weekly", interval: 2, daysOfWeek: ["sunday", "tuesday"] };
    const startDate = "2026-01-06";
    const sunday = seriesOf({ ...pattern, firstDayOfWeek: "sunday" }, { startDate });
    expect(datesOf(sunday, 3)).toEqual(["2026-01-06", "2026-01-18", "2026-01-20"]);
    const monday = seriesOf({ ...pattern, firstDayOfWeek: "monday" }, { startDate });
    expect(datesOf(monday, 3)).toEqual(["2026-01-06", "2026-01-11", "2026-01-20"]);
  });

  test("a numbered series counts its own days only, and has its last one", () => {
    const range = { type: "numbered", startDate: "2026-01-07", numberOfOccurrences: 4 };
    const series = seriesOf({ type: "weekly", daysOfWeek: ["monday", "wednesday"] }, range);
    expect(datesOf(series, 100)).toEqual(["2026-01-07", "2026-01-12", "2026-01-14", "2026-01-19"]);
    expect(endOfSeries(series)).toBe(Date.parse("2026-01-19T10:00:00Z"));
  });
});

describe("clocks", () => {
  const daily = (startDate: string, zone: string, time: string) =>
    occurrencesIn(seriesOf({ type: "daily" }, { startDate }, { zone, time }), {
      fromMs: Date.parse(`${startDate}T00:00:00Z`) - 86_400_000,
      untilMs: Date.parse(`${startDate}T00:00:00Z`) + 3 * 86_400_000,
    }).occurrences.map(({ startAt }) => new Date(startAt).toISOString().slice(5, 16));

  test("an occurrence keeps its local time across a change of daylight saving", () => {
    expect(daily("2026-03-28", "Europe/Berlin", "09:00")).toEqual([
      "03-28T08:00",
      "03-29T07:00",
      "03-30T07:00",
    ]);
    expect(daily("2026-10-24", "Europe/Berlin", "09:00")).toEqual([
      "10-24T07:00",
      "10-25T08:00",
      "10-26T08:00",
    ]);
    expect(daily("2026-10-03", "Australia/Sydney", "09:00").slice(0, 2)).toEqual([
      "10-02T23:00",
      "10-03T22:00",
    ]);
  });

  test("a time that is left out is later, one that comes twice is the first", () => {
    expect(daily("2026-03-28", "Europe/Berlin", "02:30")[1]).toBe("03-29T01:30");
    expect(daily("2026-10-24", "Europe/Berlin", "02:30")[1]).toBe("10-25T00:30");
  });

  test.each([
    ["W. Europe Standard Time", "Europe/Berlin"],
    ["Europe/Stockholm", "Europe/Stockholm"],
    ["tzone://Microsoft/Utc", "UTC"],
    ["UTC", "UTC"],
    ["tzone://Microsoft/Custom", null],
    ["Customized Time Zone", null],
    ["", null],
    [undefined, null],
  ])("the zone %j is %j", (name, zone) => {
    expect(zoneNamed(name)).toBe(zone);
  });

  test("a zone that says nothing leaves the word to the next one, and UTC stands in marked as a guess", () => {
    const names = ["tzone://Microsoft/Custom", null, "Tokyo Standard Time", "UTC"];
    expect(firstZone(names)).toEqual({ zone: "Asia/Tokyo", guessed: false });
    expect(firstZone(["tzone://Microsoft/Custom"])).toEqual({ zone: "UTC", guessed: true });
  });
});

describe("windows", () => {
  test("a window far ahead gives what counting from the start gives", () => {
    const series = seriesOf(
      { type: "weekly", interval: 3, daysOfWeek: ["friday"] },
      { startDate: "2026-01-02" },
    );
    const fromMs = Date.parse("2093-05-01");
    const untilMs = fromMs + 100 * 86_400_000;
    const all = occurrencesIn(series, { fromMs: 0, untilMs }, 10_000).occurrences;
    expect(occurrencesIn(series, { fromMs, untilMs }).occurrences).toEqual(
      all.filter(({ endAt }) => endAt > fromMs),
    );
  });

  test("more than was asked for is told, and one that has begun counts", () => {
    const series = seriesOf({ type: "daily" }, { startDate: "2026-01-01" });
    const window = { fromMs: series.startAt + 1_800_000, untilMs: series.startAt + 9 * 86_400_000 };
    expect(occurrencesIn(series, window, 3)).toMatchObject({
      cutShort: true,
      occurrences: [{ date: "2026-01-01" }, { date: "2026-01-02" }, { date: "2026-01-03" }],
    });
  });

  test("a series that never ends has no end, one that ends by date ends with its last day", () => {
    expect(endOfSeries(seriesOf({ type: "daily" }, { startDate: "2026-01-01" }))).toBeNull();
    const range = { type: "endDate", startDate: "2026-01-01", endDate: "2026-02-10" };
    const monthly = seriesOf({ type: "absoluteMonthly", dayOfMonth: 1 }, range);
    expect(endOfSeries(monthly)).toBe(Date.parse("2026-02-01T10:00:00Z"));
    const rare = { type: "endDate", startDate: "2026-01-01", endDate: "2035-12-31" };
    const decade = seriesOf({ type: "absoluteYearly", interval: 4, month: 1, dayOfMonth: 1 }, rare);
    expect(endOfSeries(decade)).toBe(Date.parse("2034-01-01T10:00:00Z"));
  });
});

test.each([
  [{ type: "weekly" }, { startDate: "2026-01-01" }, "a weekly pattern needs daysOfWeek"],
  [{ type: "absoluteMonthly" }, { startDate: "2026-01-01" }, "needs dayOfMonth"],
  [{ type: "absoluteYearly", dayOfMonth: 1, month: 0 }, { startDate: "2026-01-01" }, "needs month"],
  [{ type: "daily", interval: 0 }, { startDate: "2026-01-01" }, "pattern.interval"],
  [{ type: "hourly" }, { startDate: "2026-01-01" }, "pattern.type"],
  [{ type: "daily" }, { startDate: "2026-02-30" }, "range.startDate is no day of the calendar"],
  [{ type: "daily" }, { startDate: "0001-01-01", type: "numbered" }, "needs numberOfOccurrences"],
  [{ type: "daily" }, { startDate: "2026-01-01", type: "endDate", endDate: "soon" }, "needs endDate"],
])("a recurrence that lacks something is told, not guessed: %j %j", (pattern, range, message) => {
  const whole = { pattern: { interval: 1, ...pattern }, range: { type: "noEnd", ...range } };
  expect(readRecurrence(whole).fault).toContain(message);
});
