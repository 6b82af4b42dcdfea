import { badRequest } from "../http/graph-fault.ts";
import type { EventWrite } from "../schemas/event.ts";
import type { StoredBody } from "./event-body.ts";
import type { EventInput, EventPatch, LocationInput, RecurrenceInput } from "./event-truth.ts";
import type { EventContent, StoredAddress, StoredAttendee, StoredLocation } from "./stored-event.ts";
import { ianaZoneOf, instantOf } from "./time-zones.ts";

/** A change of an event, from any caller; a field left out stays. */
export type EventChange = {
  -readonly [Name in keyof Omit<
    EventContent,
    "online" | "isCancelled" | "extendedProperties" | "multiValueProperties" | "body"
  >]?: EventContent[Name] | undefined;
} & {
  body?: StoredBody | undefined;
  isOnlineMeeting?: boolean | undefined;
  extendedProperties?: readonly { readonly id: string; readonly value: string | null }[] | undefined;
  multiValueProperties?:
    | readonly { readonly id: string; readonly value: readonly string[] | null }[]
    | undefined;
};

/** The location of an event that has none. */
export const noLocation: StoredLocation = {
  displayName: "",
  locationType: "default",
  uniqueIdType: "unknown",
};

type LocationWrite = NonNullable<EventWrite["location"]>;

const readLocation = (given: LocationWrite | null): StoredLocation => {
  if (!given) return noLocation;
  const present = Object.entries(given).filter(([, value]) => value !== null && value !== undefined);
  const named = given.displayName ?? "";
  return {
    ...noLocation,
    ...(named === "" ? {} : { uniqueId: named, uniqueIdType: "private" }),
    ...Object.fromEntries(present),
    displayName: named,
  };
};

/** The instant and the zone of a dateTimeTimeZone. Throws Graph's 400. */
export const readMoment = (
  given: { dateTime: string; timeZone?: string | null | undefined },
  name: string,
) => {
  const zoneName = given.timeZone ?? "UTC";
  const zone = ianaZoneOf(zoneName);
  if (zone === null)
    throw badRequest(
      `The time zone '${zoneName}' of '${name}' is not supported.`,
      "TimeZoneNotSupportedException",
    );
  const at = instantOf(given.dateTime, zone);
  if (at === null) throw badRequest(`'${name}' holds no date and time.`, "ErrorPropertyValidationFailure");
  return { at, zone, zoneName };
};

const readTimes = (given: EventWrite): EventChange => {
  const change: EventChange = {};
  if (given.start) {
    const start = readMoment(given.start, "start");
    Object.assign(change, { startAt: start.at, zone: start.zone, zoneName: start.zoneName });
  }
  if (given.end) {
    const end = readMoment(given.end, "end");
    Object.assign(change, { endAt: end.at, endZoneName: end.zoneName });
  }
  return change;
};

const readPlaces = (given: EventWrite): EventChange => {
  if (given.locations && given.location === undefined) {
    const locations = given.locations.map(readLocation);
    const joined = locations.map((location) => location.displayName).join("; ");
    return {
      locations,
      location: locations.length === 1 ? locations[0] : readLocation({ displayName: joined }),
    };
  }
  if (given.location === undefined) return {};
  const location = readLocation(given.location);
  const locations = given.locations?.map(readLocation) ?? (location.displayName === "" ? [] : [location]);
  return { location, locations };
};

const readAttendees = (given: NonNullable<EventWrite["attendees"]>): StoredAttendee[] =>
  given.map((attendee) => ({
    address: attendee.emailAddress.address,
    name: attendee.emailAddress.name ?? attendee.emailAddress.address,
    type: attendee.type ?? "required",
    response: "none",
    respondedAt: null,
    proposal: null,
  }));

/** Exact optional properties: drops what is undefined, so that spreading never overwrites with nothing. */
const defined = (change: EventChange): EventChange =>
  Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as EventChange;

/** The change that a validated Graph request asks for. Throws Graph's 400. */
export const changeOfWrite = (given: EventWrite): EventChange =>
  defined({
    ...readTimes(given),
    ...readPlaces(given),
    subject: given.subject === null ? "" : given.subject,
    body:
      given.body === undefined
        ? undefined
        : { contentType: given.body?.contentType ?? "text", content: given.body?.content ?? "" },
    attendees: given.attendees === undefined ? undefined : readAttendees(given.attendees ?? []),
    recurrence: given.recurrence as RecurrenceInput | null | undefined,
    isAllDay: given.isAllDay ?? undefined,
    hideAttendees: given.hideAttendees ?? undefined,
    importance: given.importance ?? undefined,
    sensitivity: given.sensitivity ?? undefined,
    showAs: given.showAs ?? undefined,
    categories: given.categories ?? undefined,
    allowNewTimeProposals: given.allowNewTimeProposals ?? undefined,
    responseRequested: given.responseRequested ?? undefined,
    isReminderOn: given.isReminderOn ?? undefined,
    reminderMinutesBeforeStart: given.reminderMinutesBeforeStart ?? undefined,
    isOnlineMeeting: given.isOnlineMeeting ?? undefined,
    extendedProperties: given.singleValueExtendedProperties,
    multiValueProperties: given.multiValueExtendedProperties,
  });

const placeOf = (given: string | LocationInput | null): EventChange => {
  const location = readLocation(typeof given === "string" ? { displayName: given } : given);
  return { location, locations: location.displayName === "" ? [] : [location] };
};

const zoneOf = (name: string): EventChange => {
  const zone = ianaZoneOf(name);
  if (zone === null) throw new RangeError(`no time zone is called "${name}"`);
  return { zone, zoneName: name, endZoneName: name };
};

/** An address and a name, the address standing in for a missing name. */
export const addressOf = (given: { readonly address: string; readonly name?: string }): StoredAddress => ({
  address: given.address,
  name: given.name ?? given.address,
});

/** The change that a person makes in Outlook. Throws RangeError for an unknown time zone. */
export const changeOfPerson = (given: EventPatch & Partial<Pick<EventInput, "isAllDay">>): EventChange =>
  defined({
    subject: given.subject,
    startAt: given.startAt,
    endAt: given.endAt,
    ...(given.timeZone === undefined ? {} : zoneOf(given.timeZone)),
    ...(given.location === undefined ? {} : placeOf(given.location)),
    body:
      given.body === undefined
        ? undefined
        : typeof given.body === "string"
          ? { contentType: "html", content: given.body }
          : { contentType: "text", content: given.body.text },
    attendees: given.attendees?.map((attendee) => {
      const named = typeof attendee === "string" ? { address: attendee } : attendee;
      return {
        ...addressOf(named),
        type: named.type ?? "required",
        response: "none",
        respondedAt: null,
        proposal: null,
      };
    }),
    isAllDay: given.isAllDay,
    isOnlineMeeting: given.isOnlineMeeting,
    sensitivity: given.sensitivity,
    showAs: given.showAs,
    recurrence: given.recurrence,
  });
