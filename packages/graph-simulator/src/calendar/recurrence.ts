import type { RecurrenceInput, Weekday } from "./event-truth.ts";
import type { EventShape } from "./stored-event.ts";
import { atLocalTime, ianaZoneOf, localDate, timeOfDayMs } from "./time-zones.ts";

/** One occurrence of a series: its local date and its instants. */
export interface Slot {
  readonly date: string;
  readonly startAt: number;
  readonly endAt: number;
}

const dayMs = 86_400_000;
const weekdays: readonly Weekday[] = [
  "sunday",
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
];

const dayOf = (date: string): number => Date.parse(`${date}T00:00:00Z`);
const dateOf = (day: number): string => new Date(day).toISOString().slice(0, 10);

/** The days of the `period`-th day, week or month of the pattern, in order. */
const daysOfPeriod = (recurrence: RecurrenceInput, period: number): number[] => {
  const { pattern, range } = recurrence;
  const start = dayOf(range.startDate);
  if (pattern.type === "daily") return [start + period * pattern.interval * dayMs];
  if (pattern.type === "weekly") {
    const first = weekdays.indexOf(pattern.firstDayOfWeek ?? "sunday");
    const weekStart = start - ((new Date(start).getUTCDay() - first + 7) % 7) * dayMs;
    const wanted = pattern.daysOfWeek ?? [];
    return wanted
      .map((name) => (weekdays.indexOf(name) - first + 7) % 7)
      .sort((a, b) => a - b)
      .map((offset) => weekStart + (period * pattern.interval * 7 + offset) * dayMs);
  }
  const at = new Date(start);
  const month = at.getUTCMonth() + period * pattern.interval;
  const lastDay = new Date(Date.UTC(at.getUTCFullYear(), month + 1, 0)).getUTCDate();
  const day = Math.min(pattern.dayOfMonth ?? at.getUTCDate(), lastDay);
  return [Date.UTC(at.getUTCFullYear(), month, day)];
};

const periodDays = { daily: 1, weekly: 7, absoluteMonthly: 28 } as const;

/** The first period that can reach `fromDay`; counting series must be walked from their start. */
const firstPeriod = (recurrence: RecurrenceInput, fromDay: number): number => {
  if (recurrence.range.type === "numbered") return 0;
  const { type, interval } = recurrence.pattern;
  const longestDays = type === "absoluteMonthly" ? 31 : periodDays[type];
  const periods = (fromDay - dayOf(recurrence.range.startDate)) / (longestDays * interval * dayMs);
  return Math.max(0, Math.floor(periods) - 1);
};

/**
 * The occurrences of a series that overlap [fromMs, toMs), in order, removed ones left out, at most `max`.
 * A shape without recurrence has none.
 */
export const occurrencesIn = (shape: EventShape, fromMs: number, toMs: number, max = 1_000): Slot[] => {
  const recurrence = shape.recurrence;
  if (!recurrence) return [];
  const zone = ianaZoneOf(recurrence.range.recurrenceTimeZone ?? "") ?? shape.zone;
  const timeOfDay = timeOfDayMs(shape.startAt, zone);
  const durationMs = shape.endAt - shape.startAt;
  const firstDay = dayOf(recurrence.range.startDate);
  const lastDay = recurrence.range.type === "endDate" ? dayOf(recurrence.range.endDate ?? "") : Infinity;
  const countMax =
    recurrence.range.type === "numbered" ? (recurrence.range.numberOfOccurrences ?? 0) : Infinity;
  const cancelled = new Set(shape.cancelledDates);
  const slots: Slot[] = [];
  let counted = 0;
  for (let period = firstPeriod(recurrence, fromMs - durationMs - dayMs); ; period++) {
    const days = daysOfPeriod(recurrence, period);
    for (const day of days) {
      if (day < firstDay) continue;
      const startAt = atLocalTime(day, timeOfDay, zone);
      counted++;
      if (day > lastDay || counted > countMax || startAt >= toMs || slots.length >= max) return slots;
      const date = dateOf(day);
      if (startAt + durationMs > fromMs && !cancelled.has(date))
        slots.push({ date, startAt, endAt: startAt + durationMs });
    }
    if (days.length === 0) return slots;
  }
};

/** The occurrence of a series on a local date, unless it does not exist or was removed. */
export const occurrenceOn = (shape: EventShape, date: string): Slot | null => {
  const day = dayOf(date);
  if (Number.isNaN(day)) return null;
  const slots = occurrencesIn(shape, day - dayMs, day + 2 * dayMs);
  return slots.find((slot) => slot.date === date) ?? null;
};

/** What a recurrence lacks, in one sentence; null when it is complete. */
export const recurrenceFault = (
  recurrence: RecurrenceInput,
  startAt: number,
  zone: string,
): string | null => {
  const { pattern, range } = recurrence;
  if (!(pattern.interval >= 1)) return "The recurrence interval must be at least 1.";
  if (pattern.type === "weekly" && !pattern.daysOfWeek?.length)
    return "A weekly recurrence needs daysOfWeek.";
  if (pattern.type === "absoluteMonthly" && !(pattern.dayOfMonth && pattern.dayOfMonth <= 31))
    return "A monthly recurrence needs dayOfMonth from 1 to 31.";
  if (Number.isNaN(dayOf(range.startDate))) return "The recurrence range needs a startDate.";
  if (range.startDate !== localDate(startAt, zone))
    return "The startDate of the recurrence range must be the date of the event's start.";
  if (range.type === "endDate" && !(dayOf(range.endDate ?? "") >= dayOf(range.startDate)))
    return "The endDate of the recurrence range must not lie before its startDate.";
  if (range.type === "numbered" && !(range.numberOfOccurrences && range.numberOfOccurrences <= 999))
    return "A numbered recurrence needs numberOfOccurrences from 1 to 999.";
  return null;
};
