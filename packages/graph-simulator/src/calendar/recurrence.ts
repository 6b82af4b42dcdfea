import type { RecurrenceInput } from "./event-truth.ts";
import { dayMs, dayOf, daysOfPeriod, patternFault, periodMsMax } from "./recurrence-pattern.ts";
import type { EventShape } from "./stored-event.ts";
import { atLocalTime, ianaZoneOf, localDate, timeOfDayMs } from "./time-zones.ts";

/** One occurrence of a series: its local date and its instants. */
export interface Slot {
  readonly date: string;
  readonly startAt: number;
  readonly endAt: number;
}

const dateOf = (day: number): string => new Date(day).toISOString().slice(0, 10);

/** The first period that can reach `fromDay`; counting series must be walked from their start. */
const firstPeriod = (recurrence: RecurrenceInput, fromDay: number): number => {
  if (recurrence.range.type === "numbered") return 0;
  const periods = (fromDay - dayOf(recurrence.range.startDate)) / periodMsMax(recurrence);
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
  const incomplete = patternFault(pattern);
  if (incomplete !== null) return incomplete;
  if (Number.isNaN(dayOf(range.startDate))) return "The recurrence range needs a startDate.";
  if (range.startDate !== localDate(startAt, zone))
    return "The startDate of the recurrence range must be the date of the event's start.";
  if (range.type === "endDate" && !(dayOf(range.endDate ?? "") >= dayOf(range.startDate)))
    return "The endDate of the recurrence range must not lie before its startDate.";
  if (range.type === "numbered" && !(range.numberOfOccurrences && range.numberOfOccurrences <= 999))
    return "A numbered recurrence needs numberOfOccurrences from 1 to 999.";
  return null;
};

/** The planned occurrences before and after the one on a date, removed ones left out; null at the ends. */
export const neighboursOf = (
  shape: EventShape,
  date: string,
): { readonly before: Slot | null; readonly after: Slot | null } => {
  if (!shape.recurrence) return { before: null, after: null };
  // Three periods either way hold a neighbour even when one beside it was removed.
  const reach = 3 * periodMsMax(shape.recurrence) + 7 * dayMs;
  const slots = occurrencesIn(shape, dayOf(date) - reach, dayOf(date) + reach);
  return {
    before: slots.findLast((slot) => slot.date < date) ?? null,
    after: slots.find((slot) => slot.date > date) ?? null,
  };
};
