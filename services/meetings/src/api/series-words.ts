import { HttpFault } from "@hybrid/http-api";
import type { MeetingWords } from "@hybrid/microsoft-graph";
import { instantOfLocal, localOfInstant } from "@hybrid/recurrence";
import { graphRecurrence, timeIn, wordsOfWhen } from "./meeting-times.ts";
import { dayIn, type SeriesOfEvent } from "./series-of-event.ts";
import { isDay, type WhenRequest } from "./series-request.ts";

const dayMs = 86_400_000;

const otherDays = (): HttpFault =>
  new HttpFault(
    400,
    "invalidRequest",
    "start and end: all meetings of the series are to begin at another time of their day. To move them to " +
      "other days, send `recurrence` with `start` and `end` of the first one.",
  );

/** The first meeting at the time of day, and as long, as an occurrence is to be. */
const shifted = (series: SeriesOfEvent, occurrence: Occurring, when: WhenRequest): Times => {
  const { zone } = series;
  const from = when.start === undefined ? occurrence.startAt : Date.parse(when.start);
  const lengthMs =
    when.end === undefined ? occurrence.endAt - occurrence.startAt : Date.parse(when.end) - from;
  if (dayIn(from, series) !== dayIn(occurrence.startAt, series)) throw otherDays();
  if (lengthMs <= 0) throw new HttpFault(400, "invalidRequest", "end: must be later than start");
  const local = (at: number): number => localOfInstant(at, zone);
  const firstDay = Math.floor(local(series.startAt) / dayMs) * dayMs;
  const startAt = instantOfLocal(firstDay + (((local(from) % dayMs) + dayMs) % dayMs), zone);
  return { startAt, endAt: startAt + lengthMs };
};

/** As many whole days as an occurrence is to have, from the first day of the series. */
const wholeDays = (series: SeriesOfEvent, occurrence: Occurring, { start, end }: WhenRequest): Times => {
  const { zone } = series;
  const day = dayIn(occurrence.startAt, series);
  if ((start ?? day) !== day) throw otherDays();
  const lengthMs =
    end === undefined
      ? localOfInstant(occurrence.endAt, zone) - localOfInstant(occurrence.startAt, zone)
      : Date.parse(`${end}T00:00:00Z`) - Date.parse(`${day}T00:00:00Z`);
  if (lengthMs <= 0) throw new HttpFault(400, "invalidRequest", "end: must be later than start");
  const { startAt } = series;
  return { startAt, endAt: instantOfLocal(localOfInstant(startAt, zone) + lengthMs, zone) };
};

interface Times {
  readonly startAt: number;
  readonly endAt: number;
}

/** An occurrence as the person sees it. */
export type Occurring = Times;

/**
 * The times of a whole series, from what a person says of one of its occurrences. Throws HttpFault for what
 * would move it to other days without saying which.
 */
export const seriesWords = (
  series: SeriesOfEvent,
  occurrence: Occurring,
  when: WhenRequest,
): Pick<MeetingWords, "start" | "end" | "isAllDay" | "recurrence"> => {
  if (when.recurrence !== undefined) return wordsOfWhen(when);
  const given = when.start ?? when.end;
  if (given === undefined) return {};
  if (isDay(given) !== series.isAllDay) throw otherDays();
  const { startAt, endAt } = (series.isAllDay ? wholeDays : shifted)(series, occurrence, when);
  const { zone, zoneName } = series;
  return { start: timeIn(startAt, zone, zoneName), end: timeIn(endAt, zone, zoneName) };
};

/** The recurrence of a series that ends with a day. */
export const endingOn = ({ recurrence, zoneName }: SeriesOfEvent, endDate: string) =>
  graphRecurrence(
    { ...recurrence, range: { ...recurrence.range, type: "endDate", endDate, numberOfOccurrences: null } },
    zoneName,
  );
