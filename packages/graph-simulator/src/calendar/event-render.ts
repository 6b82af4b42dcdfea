import { badRequest } from "../http/graph-fault.ts";
import type { Preferences } from "../http/prefer.ts";
import { occurrenceICalUId } from "./calendar.ts";
import { bodyAs, bodyPreview } from "./event-body.ts";
import { extensionKey, renderAttachment, renderExtension } from "./event-parts.ts";
import { idsOf } from "./mailbox.ts";
import type { CalendarItem, StoredAddress, StoredEvent } from "./stored-event.ts";
import { localDateTime, utcDateTime } from "./time-zones.ts";

/** What `$expand` adds to an event. */
export interface Expansion {
  /** Keys of extended properties. */
  readonly singleValue: readonly string[];
  readonly multiValue: readonly string[];
  /** Keys of open extensions. */
  readonly extensions: readonly string[];
  readonly attachments: boolean;
  /** The changed occurrences of a series. */
  readonly exceptions: boolean;
}

/** Nothing is added. */
export const noExpansion: Expansion = {
  singleValue: [],
  multiValue: [],
  extensions: [],
  attachments: false,
  exceptions: false,
};

/** What of an event is wanted, and how. */
export interface Rendering {
  readonly prefer: Preferences;
  /** Property names of `$select`; null for all. */
  readonly select: readonly string[] | null;
  readonly expand: Expansion;
}

const recipient = ({ address, name }: StoredAddress): object => ({ emailAddress: { name, address } });
const noTime = "0001-01-01T00:00:00Z";

/** A weak etag from a change key. */
export const etagOf = (changeKey: string): string => `W/"${changeKey}"`;

const onlineProperties = (event: StoredEvent): object => ({
  isOnlineMeeting: event.online !== null,
  onlineMeetingProvider: event.online ? "teamsForBusiness" : "unknown",
  onlineMeetingUrl: null,
  onlineMeeting: event.online
    ? { joinUrl: event.online.joinUrl, conferenceId: event.online.conferenceId, tollNumber: null }
    : null,
});

const recurrenceProperty = (event: StoredEvent): object | null => {
  if (!event.recurrence) return null;
  const { pattern, range } = event.recurrence;
  return {
    pattern: {
      type: pattern.type,
      interval: pattern.interval,
      month: pattern.month ?? 0,
      dayOfMonth: pattern.dayOfMonth ?? 0,
      daysOfWeek: pattern.daysOfWeek ?? [],
      firstDayOfWeek: pattern.firstDayOfWeek ?? "sunday",
      index: pattern.index ?? "first",
    },
    range: {
      type: range.type,
      startDate: range.startDate,
      endDate: range.endDate ?? "0001-01-01",
      recurrenceTimeZone: range.recurrenceTimeZone ?? event.zoneName,
      numberOfOccurrences: range.numberOfOccurrences ?? 0,
    },
  };
};

const typeOf = (item: CalendarItem): string => (item.kind === "event" ? item.event.type : "occurrence");

/**
 * Start and end in the wanted zone; of an all-day event the midnights of its days, whatever zone is wanted
 * (https://github.com/microsoftgraph/microsoft-graph-docs/issues/1802).
 */
const times = (item: CalendarItem, prefer: Preferences): object => {
  const { startAt, endAt } = item.kind === "event" ? item.event : item.occurrence;
  const { isAllDay, zone: madeIn } = item.kind === "event" ? item.event : item.occurrence.master;
  const zone = isAllDay ? madeIn : (prefer.timeZone?.zone ?? "UTC");
  const timeZone = prefer.timeZone?.name ?? "UTC";
  return {
    start: { dateTime: localDateTime(startAt, zone), timeZone },
    end: { dateTime: localDateTime(endAt, zone), timeZone },
  };
};

const seriesProperties = (item: CalendarItem, immutable: boolean): object => {
  const masterOf = (master: StoredEvent): string => (immutable ? master.immutableId : master.id);
  if (item.kind === "occurrence") {
    const { master, date, startAt } = item.occurrence;
    return {
      seriesMasterId: masterOf(master),
      iCalUId: occurrenceICalUId(master.iCalUId, date),
      originalStart: utcDateTime(startAt),
      recurrence: null,
    };
  }
  const { event } = item;
  const { exceptionOf } = event;
  if (exceptionOf === null)
    return { seriesMasterId: null, iCalUId: event.iCalUId, recurrence: recurrenceProperty(event) };
  const suffix = `O${exceptionOf.date.replaceAll("-", "")}=`;
  return {
    seriesMasterId: immutable ? `${event.immutableId.slice(0, -suffix.length)}=` : exceptionOf.masterId,
    iCalUId: event.iCalUId,
    originalStart: utcDateTime(exceptionOf.plannedAt),
    recurrence: null,
  };
};

const timeSlot = ({ startAt, endAt }: { readonly startAt: number; readonly endAt: number }): object => ({
  start: { dateTime: localDateTime(startAt, "UTC"), timeZone: "UTC" },
  end: { dateTime: localDateTime(endAt, "UTC"), timeZone: "UTC" },
});

const attendeesProperty = (event: StoredEvent): object[] =>
  event.attendees.map((attendee) => ({
    type: attendee.type,
    status: {
      response: attendee.response,
      time: attendee.respondedAt === null ? noTime : utcDateTime(attendee.respondedAt),
    },
    ...(attendee.proposal ? { proposedNewTime: timeSlot(attendee.proposal) } : {}),
    ...recipient(attendee),
  }));

const properties = (item: CalendarItem, { prefer }: Rendering): Record<string, unknown> => {
  const event = item.kind === "event" ? item.event : item.occurrence.master;
  const masterId = prefer.immutableIds ? event.immutableId : event.id;
  const answeredAt = event.responseStatus.at;
  return {
    createdDateTime: utcDateTime(event.createdAt),
    lastModifiedDateTime: utcDateTime(event.modifiedAt),
    changeKey: event.changeKey,
    categories: event.categories,
    transactionId: event.transactionId,
    originalStartTimeZone: event.zoneName,
    originalEndTimeZone: event.endZoneName,
    reminderMinutesBeforeStart: event.reminderMinutesBeforeStart,
    isReminderOn: event.isReminderOn,
    hasAttachments: event.attachments.some(({ isInline }) => !isInline),
    subject: event.subject,
    bodyPreview: bodyPreview(event.body),
    importance: event.importance,
    sensitivity: event.sensitivity,
    isAllDay: event.isAllDay,
    isCancelled: event.isCancelled,
    isOrganizer: event.isOrganizer,
    isDraft: false,
    responseRequested: event.responseRequested,
    showAs: event.showAs,
    type: typeOf(item),
    webLink: `https://outlook.office365.com/owa/?itemid=${encodeURIComponent(idsOf(item).id)}&exvsurl=1&path=/calendar/item`,
    allowNewTimeProposals: event.allowNewTimeProposals,
    hideAttendees: event.hideAttendees,
    ...onlineProperties(event),
    ...seriesProperties(item, prefer.immutableIds),
    ...(typeOf(item) === "seriesMaster"
      ? { cancelledOccurrences: event.cancelledDates.map((date) => `OID.${masterId}.${date}`) }
      : {}),
    responseStatus: {
      response: event.responseStatus.response,
      time: answeredAt === null ? noTime : utcDateTime(answeredAt),
    },
    body: bodyAs(event.body, prefer.bodyType),
    ...times(item, prefer),
    location: event.location,
    locations: event.locations,
    attendees: attendeesProperty(event),
    organizer: recipient(event.organizer),
  };
};

const present = (name: string, found: readonly unknown[]): object =>
  found.length === 0 ? {} : { [name]: found };

const expanded = (event: StoredEvent, expand: Expansion): object => ({
  ...present(
    "singleValueExtendedProperties",
    expand.singleValue.flatMap((key) => event.extendedProperties.get(key) ?? []),
  ),
  ...present(
    "multiValueExtendedProperties",
    expand.multiValue.flatMap((key) => event.multiValueProperties.get(key) ?? []),
  ),
  ...present(
    "extensions",
    event.extensions
      .filter(({ name }) => expand.extensions.includes(extensionKey(name)))
      .map((extension) => renderExtension(extension)),
  ),
  ...(expand.attachments ? { attachments: event.attachments.map((one) => renderAttachment(one)) } : {}),
});

/** Every property that an event can show. */
export const eventProperties: readonly string[] = [
  "allowNewTimeProposals",
  "attendees",
  "body",
  "bodyPreview",
  "cancelledOccurrences",
  "categories",
  "changeKey",
  "createdDateTime",
  "end",
  "hasAttachments",
  "hideAttendees",
  "iCalUId",
  "id",
  "importance",
  "isAllDay",
  "isCancelled",
  "isDraft",
  "isOnlineMeeting",
  "isOrganizer",
  "isReminderOn",
  "lastModifiedDateTime",
  "location",
  "locations",
  "onlineMeeting",
  "onlineMeetingProvider",
  "onlineMeetingUrl",
  "organizer",
  "originalEndTimeZone",
  "originalStart",
  "originalStartTimeZone",
  "recurrence",
  "reminderMinutesBeforeStart",
  "responseRequested",
  "responseStatus",
  "sensitivity",
  "seriesMasterId",
  "showAs",
  "start",
  "subject",
  "transactionId",
  "type",
  "webLink",
];

/** Names that `$select` may hold although not every event shows them. */
const selectable = new Set(["originalStart", "cancelledOccurrences", "id"]);

const selected = (all: Record<string, unknown>, names: readonly string[]): Record<string, unknown> => {
  const known = new Map([...selectable, ...Object.keys(all)].map((name) => [name.toLowerCase(), name]));
  const kept: Record<string, unknown> = {};
  for (const given of names) {
    const name = known.get(given.toLowerCase());
    if (name === undefined)
      throw badRequest(`Could not find a property named '${given}' on type 'microsoft.graph.event'.`);
    if (name in all) kept[name] = all[name];
  }
  return kept;
};

/** An event as Graph returns it; etag and id always, other properties by `$select`. */
export const renderEvent = (item: CalendarItem, rendering: Rendering): Record<string, unknown> => {
  const event = item.kind === "event" ? item.event : item.occurrence.master;
  const ids = idsOf(item);
  const all = properties(item, rendering);
  return {
    "@odata.etag": etagOf(event.changeKey),
    id: rendering.prefer.immutableIds ? ids.immutableId : ids.id,
    ...(rendering.select ? selected(all, rendering.select) : all),
    ...expanded(event, rendering.expand),
  };
};

/**
 * An occurrence within a delta round carries little more than its place in time (reported for
 * keeper.sh#409).
 */
export const renderSparseOccurrence = (item: CalendarItem, prefer: Preferences): Record<string, unknown> => {
  const event = item.kind === "event" ? item.event : item.occurrence.master;
  const ids = idsOf(item);
  return {
    "@odata.etag": etagOf(event.changeKey),
    id: prefer.immutableIds ? ids.immutableId : ids.id,
    type: typeOf(item),
    seriesMasterId: prefer.immutableIds ? event.immutableId : event.id,
    ...times(item, prefer),
  };
};
