import type { MeetingRecurrence, MeetingTime, MeetingWords } from "@hybrid/microsoft-graph";
import { instantOfLocal, localOfInstant, type Recurrence, zoneNamed } from "@hybrid/recurrence";
import { firstOf, isDay, recurrenceFrom, type WhenRequest } from "./series-request.ts";

// The times of a request, checked, and as Graph takes them.

/** Something that cannot be used, and where it stands. */
export interface WhenFault {
  readonly path: string;
  readonly message: string;
}

const zoneOf = ({ timeZone }: WhenRequest): string => zoneNamed(timeZone) ?? "UTC";

/** The instant of a moment, or of a day's first moment in the zone. */
const instantIn = (given: string, zone: string): number =>
  isDay(given) ? instantOfLocal(Date.parse(`${given}T00:00:00Z`), zone) : Date.parse(given);

const localText = (at: number, zone: string): string =>
  new Date(localOfInstant(at, zone)).toISOString().slice(0, 23);

/** An instant as the clocks of a zone show it. */
export const timeIn = (at: number, zone: string, name: string): MeetingTime => ({
  dateTime: localText(at, zone),
  timeZone: name,
});

const graphTime = (given: string, when: WhenRequest): MeetingTime => {
  const timeZone = when.timeZone ?? "UTC";
  return isDay(given)
    ? { dateTime: `${given}T00:00:00`, timeZone }
    : timeIn(Date.parse(given), zoneOf(when), timeZone);
};

/** A recurrence as Graph takes it. */
export const graphRecurrence = ({ pattern, range }: Recurrence, timeZone: string): MeetingRecurrence => ({
  pattern: Object.fromEntries(
    Object.entries(pattern).filter(([, value]) => value !== undefined && value !== null),
  ),
  range: {
    type: range.type,
    startDate: range.startDate,
    recurrenceTimeZone: timeZone,
    ...(range.type === "endDate" && range.endDate ? { endDate: range.endDate } : {}),
    ...(range.type === "numbered" && range.numberOfOccurrences
      ? { numberOfOccurrences: range.numberOfOccurrences }
      : {}),
  },
});

interface ReadSeries {
  readonly recurrence: Recurrence | null;
  readonly fault: WhenFault | null;
}

const seriesOf = (when: WhenRequest & { readonly start: string; readonly end: string }): ReadSeries => {
  if (when.recurrence === undefined) return { recurrence: null, fault: null };
  const refused = (path: string, message: string): ReadSeries => ({
    recurrence: null,
    fault: { path: `recurrence.${path}`, message },
  });
  const zone = zoneOf(when);
  const [startAt, endAt] = [instantIn(when.start, zone), instantIn(when.end, zone)];
  const startDate = localText(startAt, zone).slice(0, 10);
  const { range } = when.recurrence;
  if ((range.startDate ?? startDate) !== startDate)
    return refused("range.startDate", `must be the day of start, which is ${startDate} in timeZone`);
  const { recurrence, fault } = recurrenceFrom(when.recurrence, { startDate, zone });
  if (fault !== null) return refused("pattern", fault);
  if (range.type === "endDate" && (range.endDate ?? "") < startDate)
    return refused("range.endDate", "must not lie before start");
  if (firstOf({ recurrence, zone, startAt, endAt }) === null)
    return refused("range", "ends before the first meeting");
  return { recurrence, fault: null };
};

/** What is wrong with when a meeting is to be; null when nothing is. */
export const whenFault = (when: WhenRequest): WhenFault | null => {
  const { start, end, recurrence, timeZone } = when;
  const given = [start, end].filter((each) => each !== undefined);
  const areDays = given.some(isDay);
  if (areDays && !given.every(isDay))
    return { path: "end", message: "start and end must both be dates, or both be moments" };
  if ((areDays || recurrence !== undefined) && timeZone === undefined)
    return { path: "timeZone", message: "is needed for whole days and for series" };
  if (recurrence !== undefined && (start === undefined || end === undefined))
    return { path: "recurrence", message: "needs start and end of its first meeting" };
  if (start === undefined || end === undefined) return null;
  const zone = zoneOf(when);
  if (instantIn(end, zone) <= instantIn(start, zone))
    return { path: "end", message: "must be later than start" };
  return seriesOf({ ...when, start, end }).fault;
};

/** When a meeting is to be, as Graph takes it. The request has no {@link whenFault}. */
export const wordsOfWhen = (
  when: WhenRequest,
): Pick<MeetingWords, "start" | "end" | "isAllDay" | "recurrence"> => {
  const { start, end, timeZone } = when;
  const given = start ?? end;
  const { recurrence } =
    start === undefined || end === undefined ? { recurrence: null } : seriesOf({ ...when, start, end });
  return {
    ...(start === undefined ? {} : { start: graphTime(start, when) }),
    ...(end === undefined ? {} : { end: graphTime(end, when) }),
    ...(given === undefined ? {} : { isAllDay: isDay(given) }),
    ...(recurrence === null ? {} : { recurrence: graphRecurrence(recurrence, timeZone ?? "UTC") }),
  };
};
