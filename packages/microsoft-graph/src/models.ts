import { type EpochMs, instant, ProviderError } from "@hybrid/kernel";
import { z } from "zod";

const text = z.string().nullish();
const flag = z.boolean().nullish();

const dateTimeTimeZone = z.looseObject({ dateTime: z.string(), timeZone: text });
const recipient = z.looseObject({ emailAddress: z.looseObject({ address: text, name: text }).nullish() });
const location = z.looseObject({ displayName: text, locationUri: text, locationType: text, uniqueId: text });
const extendedProperty = z.looseObject({ id: z.string(), value: text });

/** The event resource as Graph answers it: fields that matter here, all others kept as they came. */
export const graphEventSchema = z.looseObject({
  id: z.string().min(1),
  "@odata.etag": text,
  changeKey: text,
  iCalUId: text,
  type: text,
  seriesMasterId: text,
  subject: text,
  body: z.looseObject({ contentType: text, content: text }).nullish(),
  start: dateTimeTimeZone.nullish(),
  end: dateTimeTimeZone.nullish(),
  originalStart: text,
  originalStartTimeZone: text,
  originalEndTimeZone: text,
  isAllDay: flag,
  isCancelled: flag,
  isDraft: flag,
  isOrganizer: flag,
  isOnlineMeeting: flag,
  onlineMeetingProvider: text,
  onlineMeeting: z.looseObject({ joinUrl: text }).nullish(),
  onlineMeetingUrl: text,
  responseStatus: z.looseObject({ response: text }).nullish(),
  location: location.nullish(),
  locations: z.array(location).nullish(),
  organizer: recipient.nullish(),
  attendees: z.array(recipient.extend({ type: text })).nullish(),
  recurrence: z.looseObject({}).nullish(),
  cancelledOccurrences: z.array(z.string()).nullish(),
  sensitivity: text,
  categories: z.array(z.string()).nullish(),
  showAs: text,
  lastModifiedDateTime: text,
  transactionId: text,
  singleValueExtendedProperties: z.array(extendedProperty).nullish(),
});

/** An event as Graph answers it, in Graph's names; open: fields not listed are there as `unknown`. */
export type GraphEvent = z.infer<typeof graphEventSchema>;

/** An item of a delta round that left the window or was deleted. */
export interface RemovedEvent {
  readonly id: string;
  /** `deleted`, or `changed` when it only left the window; Graph mixes them up at times. */
  readonly reason: string;
}

/** One page of a delta round. The last page has the link to start the next round from. */
export type EventDeltaPage = EventDeltaItems &
  (
    | { readonly nextLink: string; readonly deltaLink?: never }
    | { readonly deltaLink: string; readonly nextLink?: never }
  );

/**
 * What a delta page brings. Occurrences may have little more than id, type, seriesMasterId, start and end; of
 * an event that does not fit its documentation there is the id alone, so that it does not spoil the page.
 */
export interface EventDeltaItems {
  readonly events: readonly GraphEvent[];
  readonly removed: readonly RemovedEvent[];
}

/** A page of calendarView as it comes; its events are judged one by one. */
export const eventPageSchema = z.looseObject({
  value: z.array(z.looseObject({ id: z.string().min(1) })),
  "@odata.nextLink": z.string().min(1).optional(),
});

/** A page of calendarView/delta as it comes; its events are judged one by one. */
export const eventDeltaPageSchema = z.looseObject({
  value: z.array(
    z.looseObject({ id: z.string().min(1), "@removed": z.looseObject({ reason: z.unknown() }).nullish() }),
  ),
  "@odata.nextLink": z.string().min(1).optional(),
  "@odata.deltaLink": z.string().min(1).optional(),
});

/** The subscription resource. */
export const subscriptionSchema = z.looseObject({
  id: z.string().min(1),
  resource: text,
  notificationUrl: text,
  lifecycleNotificationUrl: text,
  clientState: text,
  expirationDateTime: z.string().refine((given) => !Number.isNaN(Date.parse(given)), "not a date and time"),
});

/** A subscription as Graph answers it. */
export type GraphSubscription = z.infer<typeof subscriptionSchema>;

/** A page of GET /subscriptions. */
export const subscriptionListSchema = z.looseObject({
  value: z.array(subscriptionSchema),
  "@odata.nextLink": z.string().min(1).optional(),
});

/** One page of the application's subscriptions in a tenant. */
export type GraphSubscriptionPage = z.infer<typeof subscriptionListSchema>;

/** The automaticRepliesSetting resource. */
export const automaticRepliesSchema = z.looseObject({
  status: text,
  externalAudience: text,
  scheduledStartDateTime: dateTimeTimeZone.nullish(),
  scheduledEndDateTime: dateTimeTimeZone.nullish(),
});

/** The mailboxSettings resource. */
export const mailboxSettingsSchema = z.looseObject({
  timeZone: text,
  language: z.looseObject({ locale: text }).nullish(),
  userPurpose: text,
  automaticRepliesSetting: automaticRepliesSchema.nullish(),
});

/** A date and time of Graph with an offset, as a point in time; digits below a millisecond are dropped. */
export const epochMsOf = (dateTimeOffset: string): EpochMs => instant(Date.parse(dateTimeOffset));

/**
 * Reads an answer by a schema. Throws ProviderError unexpected that names the fields that do not fit, and
 * never what they hold.
 */
export const readAnswer = <Output>(schema: z.ZodType<Output>, body: unknown, what: string): Output => {
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  const faults = read.error.issues.map((issue) => `${issue.path.join(".") || "body"} (${issue.code})`);
  throw new ProviderError(`${what}: Graph's answer does not fit its documentation in ${faults.join(", ")}`, {
    code: "unexpected",
    retryable: false,
  });
};
