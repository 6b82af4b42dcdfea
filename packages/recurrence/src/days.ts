import { dayOfDate, type Recurrence, type Weekday, weekdays } from "./recurrence.ts";

type Pattern = Recurrence["pattern"];

/** Of a day: year, month from 0, day from 1. */
interface Civil {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const dayMs = 86_400_000;

const civilOf = (day: number): Civil => {
  const at = new Date(day * dayMs);
  return { year: at.getUTCFullYear(), month: at.getUTCMonth(), day: at.getUTCDate() };
};

/** Months beyond December go on into the next year. */
const dayOf = (year: number, month: number, day: number): number => Date.UTC(year, month, day) / dayMs;

const weekdayOf = (day: number): number => (((day + 4) % 7) + 7) % 7;

const daysIn = (year: number, month: number): number => civilOf(dayOf(year, month + 1, 0)).day;

/** Exchange holds a meeting of the 31st on the last day of a month that has none. */
const absoluteDay = (year: number, month: number, dayOfMonth: number): number =>
  dayOf(year, month, Math.min(dayOfMonth, daysIn(year, month)));

const nths = { first: 0, second: 1, third: 2, fourth: 3, last: -1 } as const;

const numbersOf = (names: readonly Weekday[] | null | undefined): readonly number[] =>
  (names ?? []).map((name) => weekdays.indexOf(name));

/**
 * The first, second, … or last day of a month that is any of the weekdays: `first` with Monday to Friday is
 * the first working day, one day, not the first of each.
 */
const relativeDay = (year: number, month: number, { daysOfWeek, index }: Pattern): number => {
  const wanted = numbersOf(daysOfWeek);
  const first = dayOf(year, month, 1);
  const days = Array.from({ length: daysIn(year, month) }, (_, nth) => first + nth).filter((day) =>
    wanted.includes(weekdayOf(day)),
  );
  return days.at(nths[index ?? "first"]) ?? Number.NaN;
};

/** The days of the `nth` day, week, month or year of a pattern that starts on `start`, in order. */
const daysOfPeriod = (pattern: Pattern, start: number, nth: number): readonly number[] => {
  const { year, month } = civilOf(start);
  const steps = nth * pattern.interval;
  const dayOfMonth = pattern.dayOfMonth ?? 1;
  const ofYear = (pattern.month ?? 1) - 1;
  switch (pattern.type) {
    case "daily":
      return [start + steps];
    case "weekly": {
      const first = weekdays.indexOf(pattern.firstDayOfWeek ?? "sunday");
      const week = start - ((weekdayOf(start) - first + 7) % 7) + steps * 7;
      const offsets = numbersOf(pattern.daysOfWeek).map((day) => (day - first + 7) % 7);
      return [...new Set(offsets)].sort((a, b) => a - b).map((offset) => week + offset);
    }
    case "absoluteMonthly":
      return [absoluteDay(year, month + steps, dayOfMonth)];
    case "relativeMonthly":
      return [relativeDay(year, month + steps, pattern)];
    case "absoluteYearly":
      return [absoluteDay(year + steps, ofYear, dayOfMonth)];
    default:
      return [relativeDay(year + steps, ofYear, pattern)];
  }
};

const longest = { daily: 1, weekly: 7, absoluteMonthly: 31, relativeMonthly: 31 } as const;

/** Days that one step of a pattern takes at most. */
const stepOf = ({ type, interval }: Pattern): number =>
  interval * (type === "absoluteYearly" || type === "relativeYearly" ? 366 : longest[type]);

/** Beyond it no calendar of Exchange goes, and no date of JavaScript needs to. */
const lastDay = dayOfDate("9999-12-31") ?? Number.POSITIVE_INFINITY;

/** A day of a series, and its number in it from 1; a series without count is not numbered (0). */
export interface SeriesDay {
  readonly day: number;
  readonly number: number;
}

/**
 * The days of a series from `fromDay` on, in order, as days since 1970. A numbered series counts from its
 * start; any other begins near `fromDay`, so a window years ahead costs no more than one of today.
 */
export function* daysOfSeries(
  { pattern, range }: Recurrence,
  fromDay: number,
): Generator<SeriesDay, void, undefined> {
  const start = dayOfDate(range.startDate) ?? 0;
  const isNumbered = range.type === "numbered";
  const end = range.type === "endDate" ? (dayOfDate(range.endDate ?? "") ?? lastDay) : lastDay;
  const skipped = isNumbered ? 0 : Math.max(0, Math.floor((fromDay - start) / stepOf(pattern)) - 1);
  let count = 0;
  for (let nth = skipped; ; nth++) {
    for (const day of daysOfPeriod(pattern, start, nth)) {
      if (Number.isNaN(day) || day > end) return;
      if (day < start) continue;
      count += 1;
      if (isNumbered && count > (range.numberOfOccurrences ?? 0)) return;
      if (day >= fromDay) yield { day, number: isNumbered ? count : 0 };
    }
  }
}

/** `YYYY-MM-DD` of a day since 1970. */
export const dateOfDay = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10);
