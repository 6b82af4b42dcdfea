import { type EpochMs, instant, ProviderError } from "@hybrid/kernel";
import { endOfSeries, firstZone, readRecurrence, type Series, zoneNamed } from "@hybrid/recurrence";
import { DateTime } from "luxon";
import type { DateTimeTimeZone, EventModel } from "./ports.ts";

/** The IANA zone behind a Windows or IANA name; UTC for a name that says nothing. */
const zoneOf = (name: string | null | undefined): string => zoneNamed(name) ?? "UTC";

const momentOf = ({ dateTime, timeZone }: DateTimeTimeZone): DateTime => {
  const moment = DateTime.fromISO(dateTime, { zone: zoneOf(timeZone) });
  if (moment.isValid) return moment;
  throw new ProviderError("Graph returned an event whose start or end is no time", {
    code: "unexpected",
    retryable: false,
  });
};

/** Whether a dateTime of Graph can be read; {@link endOf} needs that of a start and an end. */
export const isMoment = (dateTime: string): boolean => DateTime.fromISO(dateTime, { zone: "utc" }).isValid;

/**
 * An all-day event lasts from midnight to midnight where it was made, and Graph gives both without saying
 * where: as midnights of UTC, whatever the mailbox's zone is. The zone it was made in stands beside them.
 */
const dayOf = (event: Times): { readonly start: DateTime; readonly end: DateTime } => {
  const inZone = (given: DateTimeTimeZone, zone: string | null | undefined): DateTime => {
    const moment = momentOf(given);
    return moment.setZone(zoneOf(zone ?? given.timeZone), { keepLocalTime: true });
  };
  const { originalStartTimeZone, originalEndTimeZone, recurrence } = event;
  const madeIn = originalStartTimeZone ?? originalEndTimeZone ?? recurrence?.range.recurrenceTimeZone;
  return { start: inZone(event.start, madeIn), end: inZone(event.end, madeIn) };
};

type Times = Pick<EventModel, "start" | "end" | "recurrence" | "isAllDay"> &
  Pick<EventModel, "originalStartTimeZone" | "originalEndTimeZone">;

const timesOf = (event: Times): { readonly start: DateTime; readonly end: DateTime } =>
  event.isAllDay ? dayOf(event) : { start: momentOf(event.start), end: momentOf(event.end) };

/** When an event, or the first of its series, begins and ends, and the zone that it was made in. */
export const startOf = (
  event: Times,
): { readonly startAt: EpochMs; readonly endAt: EpochMs; readonly zone: string } => {
  const { start, end } = timesOf(event);
  const { zone } = firstZone([event.originalStartTimeZone, event.originalEndTimeZone, event.start.timeZone]);
  return { startAt: instant(start.toMillis()), endAt: instant(end.toMillis()), zone };
};

/** The series of an event; null when it is none, or when its recurrence cannot be understood. */
export const seriesOf = (event: Times): Series | null => {
  if (!event.recurrence) return null;
  const { recurrence } = readRecurrence(event.recurrence);
  if (!recurrence) return null;
  const { startAt, endAt } = startOf(event);
  const names = [recurrence.range.recurrenceTimeZone, event.originalStartTimeZone, event.originalEndTimeZone];
  return { recurrence, zone: firstZone([...names, event.start.timeZone]).zone, startAt, endAt };
};

/**
 * When a meeting is over: its end, an all-day event's in the zone that it was made in, or the end of a
 * series' last occurrence. Null: never, or nobody can tell because the recurrence cannot be understood.
 */
export const endOf = (event: Times): EpochMs | null => {
  if (!event.recurrence) return startOf(event).endAt;
  const series = seriesOf(event);
  const end = series && endOfSeries(series);
  return end === null || Number.isNaN(end) ? null : instant(end);
};
