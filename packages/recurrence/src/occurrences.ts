import { dateOfDay, daysOfSeries } from "./days.ts";
import { dayOfDate, type Recurrence } from "./recurrence.ts";
import { instantOfLocal, localOfInstant } from "./zones.ts";

const dayMs = 86_400_000;

/** A series: when its first occurrence starts and ends, in which zone it repeats. */
export interface Series {
  readonly recurrence: Recurrence;
  /** IANA. */
  readonly zone: string;
  /** Instants, milliseconds since 1970. */
  readonly startAt: number;
  readonly endAt: number;
}

/** One occurrence as the pattern plans it. */
export interface Occurrence {
  /** Its local date in the series' zone, `YYYY-MM-DD`; Graph's ids of occurrences end with it. */
  readonly date: string;
  readonly startAt: number;
  readonly endAt: number;
}

/** The planned occurrences of a window. */
export interface Expansion {
  readonly occurrences: readonly Occurrence[];
  /** There are more in the window than were asked for. */
  readonly cutShort: boolean;
}

/**
 * The occurrences that overlap [fromMs, untilMs), in order, at most `max`. Each keeps its local time across
 * changes of daylight saving. Work grows with the window, not with its distance from the start; a numbered
 * series is counted from its start.
 */
export const occurrencesIn = (
  { recurrence, zone, startAt, endAt }: Series,
  window: { readonly fromMs: number; readonly untilMs: number },
  max = 1_000,
): Expansion => {
  const local = localOfInstant(startAt, zone);
  const timeOfDay = local - Math.floor(local / dayMs) * dayMs;
  const durationMs = endAt - startAt;
  const firstDay = Math.floor((window.fromMs - durationMs) / dayMs) - 2;
  const occurrences: Occurrence[] = [];
  for (const { day } of daysOfSeries(recurrence, firstDay)) {
    const start = instantOfLocal(day * dayMs + timeOfDay, zone);
    if (start >= window.untilMs) {
      // A later day can start earlier only where clocks change by more than a day.
      if (start >= window.untilMs + dayMs) break;
      continue;
    }
    if (start + durationMs <= window.fromMs) continue;
    if (occurrences.length >= max) return { occurrences, cutShort: true };
    occurrences.push({ date: dateOfDay(day), startAt: start, endAt: start + durationMs });
  }
  return { occurrences, cutShort: false };
};

/** Numbered series are longer nowhere: Exchange's own limit is 999. */
const countMax = 100_000;

/** The end of a series' last occurrence; null when it never ends, or lies beyond all calendars. */
export const endOfSeries = (series: Series): number | null => {
  const { recurrence, startAt, endAt } = series;
  const { range } = recurrence;
  if (range.type === "noEnd") return null;
  if (range.type === "numbered" && (range.numberOfOccurrences ?? 0) > countMax) return null;
  const endDay = range.type === "endDate" ? dayOfDate(range.endDate ?? "") : null;
  if (range.type === "endDate" && endDay === null) return null;
  // The last day of a range that ends by date lies at most one step before that date.
  const reach = 366 * recurrence.pattern.interval * 2 + 7;
  let last: number | null = null;
  for (const { day } of daysOfSeries(recurrence, endDay === null ? 0 : endDay - reach)) last = day;
  if (last === null) return endAt;
  const local = localOfInstant(startAt, series.zone);
  const timeOfDay = local - Math.floor(local / dayMs) * dayMs;
  return instantOfLocal(last * dayMs + timeOfDay, series.zone) + (endAt - startAt);
};
