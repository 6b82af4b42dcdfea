import { badRequest } from "../http/graph-fault.ts";
import { holdsBlob, type MeetingBlob, normaliseBody, withBlob } from "./event-body.ts";
import type { EventChange } from "./event-input.ts";
import { noLocation } from "./event-input.ts";
import { recurrenceFault } from "./recurrence.ts";
import type { EventContent, StoredAddress, StoredAttendee } from "./stored-event.ts";
import { localDateTime } from "./time-zones.ts";

/** An event before anything was written into it. */
export const emptyContent = (
  owner: StoredAddress,
  zone: { readonly zone: string; readonly zoneName: string },
): EventContent => ({
  subject: "",
  body: { contentType: "html", content: "" },
  location: noLocation,
  locations: [],
  startAt: Number.NaN,
  endAt: Number.NaN,
  zone: zone.zone,
  zoneName: zone.zoneName,
  endZoneName: zone.zoneName,
  recurrence: null,
  cancelledDates: [],
  isAllDay: false,
  isCancelled: false,
  organizer: owner,
  attendees: [],
  hideAttendees: false,
  importance: "normal",
  sensitivity: "normal",
  allowNewTimeProposals: true,
  responseRequested: true,
  online: null,
  attachments: [],
  showAs: "busy",
  categories: [],
  isReminderOn: true,
  reminderMinutesBeforeStart: 15,
  extendedProperties: new Map(),
  multiValueProperties: new Map(),
  extensions: [],
});

/** The one spelling of an extended property's id: its GUID is not case-sensitive, its name is. */
export const propertyKey = (id: string): string =>
  id.replace(/\{?([0-9A-Fa-f-]{36})\}?/, (_, guid: string) => `{${guid.toLowerCase()}}`);

const withProperties = <Value>(
  stored: ReadonlyMap<string, { readonly id: string; readonly value: Value }>,
  written: readonly { readonly id: string; readonly value: Value | null }[],
): ReadonlyMap<string, { readonly id: string; readonly value: Value }> => {
  const merged = new Map(stored);
  for (const { id, value } of written)
    if (value === null) merged.delete(propertyKey(id));
    else merged.set(propertyKey(id), { id, value });
  return merged;
};

/** Known attendees keep their answers when the list is written again. */
const withAnswers = (
  stored: readonly StoredAttendee[],
  written: readonly StoredAttendee[],
): readonly StoredAttendee[] => {
  const known = new Map(stored.map((attendee) => [attendee.address.toLowerCase(), attendee]));
  return written.map((attendee) => {
    const { response, respondedAt, proposal } = known.get(attendee.address.toLowerCase()) ?? attendee;
    return { ...attendee, response, respondedAt, proposal };
  });
};

const withBody = (content: EventContent, change: EventChange, newBlob: () => MeetingBlob): EventContent => {
  const body = change.body === undefined ? content.body : normaliseBody(change.body);
  // Documented: an update of the body that drops the block disables the online meeting.
  if (content.online)
    return { ...content, body, online: holdsBlob(body, content.online) ? content.online : null };
  if (change.isOnlineMeeting !== true) return { ...content, body };
  const online = newBlob();
  return { ...content, body: withBlob(body, online), online };
};

const checkTimes = (content: EventContent): void => {
  if (Number.isNaN(content.startAt) || Number.isNaN(content.endAt))
    throw badRequest("An event needs 'start' and 'end'.", "ErrorPropertyValidationFailure");
  if (content.endAt < content.startAt)
    throw badRequest("The event ends before it starts.", "ErrorPropertyValidationFailure");
  const isMidnight = (at: number): boolean => localDateTime(at, content.zone).includes("T00:00:00.000");
  if (content.isAllDay && !(isMidnight(content.startAt) && isMidnight(content.endAt)))
    throw badRequest(
      "The start and end of an all-day event must be midnight in the same time zone.",
      "ErrorPropertyValidationFailure",
    );
  const fault = content.recurrence && recurrenceFault(content.recurrence, content.startAt, content.zone);
  if (fault) throw badRequest(fault, "ErrorPropertyValidationFailure");
};

/** The content after a change: body rules, online-meeting rules, checks. Throws Graph's 400. */
export const applyChange = (
  stored: EventContent,
  change: EventChange,
  newBlob: () => MeetingBlob,
): EventContent => {
  const { body: _body, isOnlineMeeting: _online, ...written } = change;
  const { extendedProperties, multiValueProperties, attendees, ...plain } = written;
  const content = withBody(
    {
      ...stored,
      ...(plain as Partial<EventContent>),
      attendees: attendees ? withAnswers(stored.attendees, attendees) : stored.attendees,
      extendedProperties: extendedProperties
        ? withProperties(stored.extendedProperties, extendedProperties)
        : stored.extendedProperties,
      multiValueProperties: multiValueProperties
        ? withProperties(stored.multiValueProperties, multiValueProperties)
        : stored.multiValueProperties,
    },
    change,
    newBlob,
  );
  checkTimes(content);
  return content;
};

/** Whether a change touches what attendees share; the rest is the copy's own business. */
export const touchesShared = (change: EventChange): boolean => {
  const own = new Set([
    "showAs",
    "categories",
    "isReminderOn",
    "reminderMinutesBeforeStart",
    "extendedProperties",
    "multiValueProperties",
    "extensions",
  ]);
  return Object.keys(change).some((name) => !own.has(name));
};

/** Whether a change moves the occurrences of a series, which drops its exceptions. */
export const movesSeries = (before: EventContent, after: EventContent): boolean =>
  before.startAt !== after.startAt ||
  before.endAt !== after.endAt ||
  JSON.stringify(before.recurrence) !== JSON.stringify(after.recurrence);
