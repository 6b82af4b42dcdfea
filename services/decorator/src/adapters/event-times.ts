import { type EpochMs, instant, ProviderError } from "@hybrid/kernel";
import { DateTime, IANAZone } from "luxon";
import { findIana } from "windows-iana";
import type { DateTimeTimeZone, EventModel, Recurrence } from "./ports.ts";

/**
 * The IANA zone behind a Windows or IANA name; UTC for a name that nobody knows, such as
 * `tzone://…/Custom`.
 */
const zoneNamed = (name: string | null | undefined): string => {
  const zone = findIana(name ?? "")[0] ?? name ?? "utc";
  return IANAZone.isValidZone(zone) ? zone : "utc";
};

const momentOf = ({ dateTime, timeZone }: DateTimeTimeZone): DateTime => {
  const moment = DateTime.fromISO(dateTime, { zone: zoneNamed(timeZone) });
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
    return moment.setZone(zoneNamed(zone ?? given.timeZone), { keepLocalTime: true });
  };
  const { originalStartTimeZone, originalEndTimeZone, recurrence } = event;
  const madeIn = originalStartTimeZone ?? originalEndTimeZone ?? recurrence?.range.recurrenceTimeZone;
  return { start: inZone(event.start, madeIn), end: inZone(event.end, madeIn) };
};

type Times = Pick<EventModel, "start" | "end" | "recurrence" | "isAllDay"> &
  Pick<EventModel, "originalStartTimeZone" | "originalEndTimeZone">;

const timesOf = (event: Times): { readonly start: DateTime; readonly end: DateTime } =>
  event.isAllDay ? dayOf(event) : { start: momentOf(event.start), end: momentOf(event.end) };

/**
 * When a meeting is over: its end, an all-day event's in the zone that it was made in, or the end of a
 * series' last occurrence, computed in the series' own zone so that a change of daylight saving does not
 * move it. Null: never. A numbered series counts its occurrences generously (the pattern may skip months),
 * so it is called over late rather than early; one whose last day lies beyond all calendars never ends.
 */
export const endOf = (event: Times): EpochMs | null => {
  const { start: begin, end } = timesOf(event);
  if (!event.recurrence) return instant(end.toMillis());
  const { range } = event.recurrence;
  const start = event.isAllDay ? begin : begin.setZone(zoneNamed(range.recurrenceTimeZone));
  const last = lastStart(start, event.recurrence);
  return last?.isValid ? instant(last.toMillis() + (end.toMillis() - start.toMillis())) : null;
};

const lastStart = (start: DateTime, { pattern, range }: Recurrence): DateTime | null => {
  if (range.type === "endDate" && range.endDate !== undefined) {
    const date = DateTime.fromISO(range.endDate, { zone: start.zone });
    return date.isValid ? start.set({ year: date.year, month: date.month, day: date.day }) : null;
  }
  if (range.type !== "numbered" || range.numberOfOccurrences === undefined) return null;
  const count = range.numberOfOccurrences;
  switch (pattern.type) {
    case "daily":
      return start.plus({ days: (count - 1) * pattern.interval });
    case "weekly":
      return start.plus({
        weeks: Math.ceil(count / Math.max(1, pattern.daysOfWeek?.length ?? 1)) * pattern.interval,
      });
    case "absoluteMonthly":
    case "relativeMonthly":
      return start.plus({ months: count * pattern.interval });
    default:
      return start.plus({ years: count * Math.max(1, pattern.interval) });
  }
};
