import type { Meeting, MeetingJoin } from "@hybrid/contracts";
import { type CompiledRules, type Field, findMeetings } from "@hybrid/meeting-links";
import type { GraphEvent } from "@hybrid/microsoft-graph";
import { zoneNamed } from "@hybrid/recurrence";
import { DateTime } from "luxon";

/** UTF-16 characters that are kept of each field. */
const textMax = 255;
const addressMax = 254;
/** Longer addresses are cut by nobody: half of one leads nowhere. */
const urlMax = 1_500;

const kept = (text: string | null | undefined, max = textMax): string | null => {
  const cut = (text ?? "")
    .replaceAll(/\p{Cc}+/gu, " ")
    .trim()
    .slice(0, max);
  // Half of a surrogate pair is no text.
  return cut === "" ? null : cut.toWellFormed();
};

const whole = (text: string | null, max: number): string | null =>
  text === null || text.length > max ? null : text;

type GraphTime = NonNullable<GraphEvent["start"]>;

/** How Graph writes a moment: without an offset, with up to seven digits behind the second. */
const plainMoment = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,7})?$/;

/** A moment of UTC without a calendar's help; undefined for what is not plain, or no day of any month. */
const plainUtc = (dateTime: string): number | undefined => {
  if (!plainMoment.test(dateTime)) return undefined;
  const moment = new Date(`${dateTime.slice(0, 23)}Z`);
  const isReal = !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(dateTime.slice(0, 19));
  return isReal ? moment.getTime() : undefined;
};

/** Milliseconds since 1970; NaN for what is no moment. */
const momentIn = ({ dateTime, timeZone }: GraphTime, given: string | null): number => {
  const zone = given ?? zoneNamed(timeZone) ?? "UTC";
  // Nearly every moment is of UTC, and calendars are read again and again.
  const plain = zone === "UTC" ? plainUtc(dateTime) : undefined;
  if (plain !== undefined) return plain;
  const moment = DateTime.fromISO(dateTime, { zone });
  return moment.isValid ? moment.toMillis() : Number.NaN;
};

/**
 * When an event begins and ends. Graph gives an all-day event's midnights without saying where; they are
 * those of the zone that it was made in.
 */
export const timesOf = (event: GraphEvent): Pick<Meeting, "startAt" | "endAt" | "allDayDate"> | null => {
  const { start, end } = event;
  if (!start || !end) return null;
  const zone = event.isAllDay ? (zoneNamed(event.originalStartTimeZone) ?? "UTC") : null;
  const [from, until] = [momentIn(start, zone), momentIn(end, zone)];
  // What is not a number is not behind another one either.
  if (!(until >= from)) return null;
  return {
    startAt: from,
    endAt: until,
    allDayDate: event.isAllDay ? start.dateTime.slice(0, 10) : null,
  };
};

const movedFrom = ({ originalStart, type }: GraphEvent, startAt: number): number | null => {
  if (type !== "exception" || !originalStart) return null;
  const planned = Date.parse(originalStart);
  return Number.isNaN(planned) || planned === startAt ? null : planned;
};

/** Where an address may stand, the surest place first. */
const fieldsOf = (event: GraphEvent): readonly Field[] => {
  const places = [event.location, ...(event.locations ?? [])];
  const texts: readonly (readonly [string, string | null | undefined])[] = [
    ["onlineMeeting", event.onlineMeeting?.joinUrl],
    ["onlineMeetingUrl", event.onlineMeetingUrl],
    ...places.flatMap((place) => [
      ["location", place?.displayName] as const,
      ["location", place?.locationUri] as const,
    ]),
  ];
  const body = event.body?.content;
  return [
    ...texts.flatMap(([name, text]) => (text ? [{ name, text }] : [])),
    ...(body
      ? [{ name: "body", text: body, isHtml: event.body?.contentType?.toLowerCase() !== "text" }]
      : []),
  ];
};

const joinOf = (event: GraphEvent, rules: CompiledRules): MeetingJoin | null => {
  const { best } = findMeetings(fieldsOf(event), rules);
  if (!best) return null;
  const join = {
    service: best.service,
    url: whole(best.url, urlMax),
    video: whole(best.video, addressMax),
    meetingId: whole(best.meetingId, 64),
    passcode: whole(best.passcode, 64),
  };
  return join.url === null && join.video === null ? null : join;
};

const isPrivate = ({ sensitivity }: GraphEvent): boolean =>
  sensitivity === "private" || sensitivity === "confidential";

/** What is kept back of a private meeting. */
const wordsOf = (
  event: GraphEvent,
): Pick<Meeting, "subject" | "organizerName" | "organizerAddress" | "location"> => {
  if (isPrivate(event)) return { subject: null, organizerName: null, organizerAddress: null, location: null };
  const organizer = event.organizer?.emailAddress;
  return {
    subject: kept(event.subject),
    organizerName: kept(organizer?.name, 128),
    organizerAddress: kept(organizer?.address, addressMax),
    location: kept(event.location?.displayName),
  };
};

/** The meeting that an event is in a list, joined as the rules say; null when Graph says too little of it. */
export const meetingOf = (event: GraphEvent, rules: CompiledRules): Meeting | null => {
  const times = timesOf(event);
  const { type } = event;
  if (!times || (type !== "singleInstance" && type !== "occurrence" && type !== "exception")) return null;
  return {
    eventId: event.id,
    etag: event["@odata.etag"] ?? "",
    seriesMasterId: event.seriesMasterId ?? null,
    isException: type === "exception",
    ...times,
    movedFrom: movedFrom(event, times.startAt),
    isCancelled: event.isCancelled ?? false,
    isOrganizer: event.isOrganizer ?? false,
    isPrivate: isPrivate(event),
    ...wordsOf(event),
    showAs: kept(event.showAs, 64) ?? "busy",
    response: kept(event.responseStatus?.response, 64) ?? "none",
    attendeesCount: event.attendees?.length ?? 0,
    join: joinOf(event, rules),
  };
};
