import { z } from "zod";
import { dateTimeTimeZone, graphEnum } from "./write-body.ts";

const weekday = graphEnum("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday");

/** itemBody */
export const itemBodySchema = z.strictObject({
  contentType: graphEnum("text", "html").nullish(),
  content: z.string().nullish(),
});

const text = z.string().nullish();
const number = z.number().nullish();

/** location */
export const locationSchema = z.strictObject({
  displayName: text,
  locationType: graphEnum(
    "default",
    "conferenceRoom",
    "homeAddress",
    "businessAddress",
    "geoCoordinates",
    "streetAddress",
    "hotel",
    "restaurant",
    "localBusiness",
    "postalAddress",
  ).nullish(),
  locationUri: text,
  locationEmailAddress: text,
  uniqueId: text,
  uniqueIdType: graphEnum("unknown", "locationStore", "directory", "private", "bing").nullish(),
  address: z
    .strictObject({ street: text, city: text, state: text, countryOrRegion: text, postalCode: text })
    .nullish(),
  coordinates: z
    .strictObject({
      latitude: number,
      longitude: number,
      altitude: number,
      accuracy: number,
      altitudeAccuracy: number,
    })
    .nullish(),
});

/** attendee; `status` is what a GET returned and is ignored when it comes back. */
export const attendeeSchema = z.strictObject({
  emailAddress: z.strictObject({ address: z.string().min(3), name: z.string().nullish() }),
  type: graphEnum("required", "optional", "resource").nullish(),
  status: z.strictObject({ response: text, time: text }).nullish(),
});

/** patternedRecurrence */
export const recurrenceSchema = z.strictObject({
  pattern: z.strictObject({
    type: graphEnum(
      "daily",
      "weekly",
      "absoluteMonthly",
      "relativeMonthly",
      "absoluteYearly",
      "relativeYearly",
    ),
    interval: z.int(),
    daysOfWeek: z.array(weekday).nullish(),
    firstDayOfWeek: weekday.nullish(),
    dayOfMonth: z.int().optional(),
    month: z.int().optional(),
    index: graphEnum("first", "second", "third", "fourth", "last").nullish(),
  }),
  range: z.strictObject({
    type: graphEnum("endDate", "noEnd", "numbered"),
    startDate: z.iso.date(),
    endDate: z.iso.date().nullish(),
    numberOfOccurrences: z.int().optional(),
    recurrenceTimeZone: text,
  }),
});

/** singleValueLegacyExtendedProperty; a null value removes the property. */
export const singleValueExtendedPropertySchema = z.strictObject({
  id: z
    .string()
    .regex(
      /^(Binary|Boolean|CLSID|Double|Float|Integer|Long|Short|String|SystemTime) (\{?[0-9A-Fa-f-]{36}\}? (Name .+|Id 0x[0-9A-Fa-f]+)|0x[0-9A-Fa-f]{1,8})$/,
      "expected the id of an extended property",
    ),
  value: z.string().nullable(),
});

/** multiValueLegacyExtendedProperty; a null value removes the property. */
export const multiValueExtendedPropertySchema = z.strictObject({
  id: z
    .string()
    .regex(
      /^(Binary|Boolean|CLSID|Double|Float|Integer|Long|Short|String|SystemTime)Array (\{?[0-9A-Fa-f-]{36}\}? (Name .+|Id 0x[0-9A-Fa-f]+)|0x[0-9A-Fa-f]{1,8})$/,
      "expected the id of a multi-value extended property",
    ),
  value: z.array(z.string()).nullable(),
});

/** What an event shows and nobody writes; `organizer` and the original zones too are the service's own. */
export const eventReadOnly: ReadonlySet<string> = new Set([
  "bodyPreview",
  "cancelledOccurrences",
  "changeKey",
  "createdDateTime",
  "hasAttachments",
  "iCalUId",
  "id",
  "isCancelled",
  "isDraft",
  "isOrganizer",
  "lastModifiedDateTime",
  "onlineMeeting",
  "onlineMeetingUrl",
  "organizer",
  "originalEndTimeZone",
  "originalStart",
  "originalStartTimeZone",
  "responseStatus",
  "seriesMasterId",
  "type",
  "webLink",
]);

/** What Graph takes in a write of an event, and the simulator does not. */
export const eventGaps: ReadonlySet<string> = new Set([
  "calendar@odata.bind",
  "exceptionOccurrences",
  "exceptionOccurrences@odata.bind",
  "instances",
  "instances@odata.bind",
]);

/** What may be written of an event besides {@link eventReadOnly} and {@link eventGaps}. */
export const eventWriteSchema = z.strictObject({
  subject: text,
  body: itemBodySchema.nullish(),
  start: dateTimeTimeZone.nullish(),
  end: dateTimeTimeZone.nullish(),
  isAllDay: z.boolean().nullish(),
  location: locationSchema.nullish(),
  locations: z.array(locationSchema).nullish(),
  attendees: z.array(attendeeSchema).nullish(),
  hideAttendees: z.boolean().nullish(),
  recurrence: recurrenceSchema.nullish(),
  importance: graphEnum("low", "normal", "high").nullish(),
  sensitivity: graphEnum("normal", "personal", "private", "confidential").nullish(),
  showAs: graphEnum("unknown", "free", "tentative", "busy", "oof", "workingElsewhere").nullish(),
  categories: z.array(z.string()).nullish(),
  allowNewTimeProposals: z.boolean().nullish(),
  responseRequested: z.boolean().nullish(),
  isReminderOn: z.boolean().nullish(),
  reminderMinutesBeforeStart: z.int().nullish(),
  isOnlineMeeting: z.boolean().nullish(),
  onlineMeetingProvider: graphEnum(
    "unknown",
    "skypeForBusiness",
    "skypeForConsumer",
    "teamsForBusiness",
  ).nullish(),
  transactionId: text,
  singleValueExtendedProperties: z.array(singleValueExtendedPropertySchema).optional(),
  multiValueExtendedProperties: z.array(multiValueExtendedPropertySchema).optional(),
});

/** A validated event write. */
export type EventWrite = z.infer<typeof eventWriteSchema>;
