import type { RecurrenceInput, Weekday } from "./event-truth.ts";

/** Milliseconds of a day. */
export const dayMs = 86_400_000;

const weekdays: readonly Weekday[] = [
  "sunday",
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
];

const weekIndexes = ["first", "second", "third", "fourth", "last"] as const;

/** The instant of a date at UTC midnight; NaN when it is not a date. */
export const dayOf = (date: string): number => Date.parse(`${date}T00:00:00Z`);

const daysInMonth = (year: number, month: number): number =>
  new Date(Date.UTC(year, month + 1, 0)).getUTCDate();

/** A day that the month has not is its last day. */
const absoluteDay = (year: number, month: number, dayOfMonth: number): number => {
  const first = new Date(Date.UTC(year, month, 1));
  const last = daysInMonth(first.getUTCFullYear(), first.getUTCMonth());
  return Date.UTC(year, month, Math.min(dayOfMonth, last));
};

/** The first, ... or last day of a month that is one of the named weekdays. */
const relativeDay = (
  year: number,
  month: number,
  { daysOfWeek, index }: RecurrenceInput["pattern"],
): number => {
  const first = new Date(Date.UTC(year, month, 1));
  const wanted = new Set((daysOfWeek ?? []).map((name) => weekdays.indexOf(name)));
  const days: number[] = [];
  for (let day = 1; day <= daysInMonth(first.getUTCFullYear(), first.getUTCMonth()); day++) {
    const at = Date.UTC(year, month, day);
    if (wanted.has(new Date(at).getUTCDay())) days.push(at);
  }
  return days.at(index === "last" ? -1 : weekIndexes.indexOf(index ?? "first")) ?? Number.NaN;
};

const daysOfWeekIn = (start: number, period: number, pattern: RecurrenceInput["pattern"]): number[] => {
  const first = weekdays.indexOf(pattern.firstDayOfWeek ?? "sunday");
  const weekStart = start - ((new Date(start).getUTCDay() - first + 7) % 7) * dayMs;
  return (pattern.daysOfWeek ?? [])
    .map((name) => (weekdays.indexOf(name) - first + 7) % 7)
    .sort((a, b) => a - b)
    .map((offset) => weekStart + (period * pattern.interval * 7 + offset) * dayMs);
};

/** The days of the `period`-th day, week, month or year of the pattern, in order, as UTC midnights. */
export const daysOfPeriod = ({ pattern, range }: RecurrenceInput, period: number): number[] => {
  const start = dayOf(range.startDate);
  const at = new Date(start);
  const year = at.getUTCFullYear();
  const months = at.getUTCMonth() + period * pattern.interval;
  const years = year + period * pattern.interval;
  switch (pattern.type) {
    case "daily":
      return [start + period * pattern.interval * dayMs];
    case "weekly":
      return daysOfWeekIn(start, period, pattern);
    case "absoluteMonthly":
      return [absoluteDay(year, months, pattern.dayOfMonth ?? at.getUTCDate())];
    case "relativeMonthly":
      return [relativeDay(year, months, pattern)];
    case "absoluteYearly":
      return [absoluteDay(years, (pattern.month ?? 1) - 1, pattern.dayOfMonth ?? at.getUTCDate())];
    case "relativeYearly":
      return [relativeDay(years, (pattern.month ?? 1) - 1, pattern)];
  }
};

const longestDays = {
  daily: 1,
  weekly: 7,
  absoluteMonthly: 31,
  relativeMonthly: 31,
  absoluteYearly: 366,
  relativeYearly: 366,
} as const;

/** The longest time that one period of a pattern takes, milliseconds. */
export const periodMsMax = ({ pattern }: RecurrenceInput): number =>
  longestDays[pattern.type] * pattern.interval * dayMs;

/** What a pattern lacks, in one sentence; null when it is complete. */
export const patternFault = (pattern: RecurrenceInput["pattern"]): string | null => {
  const { type } = pattern;
  if (!(pattern.interval >= 1)) return "The recurrence interval must be at least 1.";
  const byWeekday = type === "weekly" || type.startsWith("relative");
  if (byWeekday && !pattern.daysOfWeek?.length) return `A ${type} recurrence needs daysOfWeek.`;
  if (type.startsWith("absolute") && !(pattern.dayOfMonth && pattern.dayOfMonth <= 31))
    return `A ${type} recurrence needs dayOfMonth from 1 to 31.`;
  if (type.endsWith("Yearly") && !(pattern.month && pattern.month <= 12))
    return `A ${type} recurrence needs month from 1 to 12.`;
  return null;
};
