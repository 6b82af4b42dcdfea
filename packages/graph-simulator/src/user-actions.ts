import { type UserActions } from "./api.ts";
import { addressOf, changeOfPerson } from "./calendar/event-input.ts";
import { etagOf } from "./calendar/event-render.ts";
import { type EventTruth } from "./calendar/event-truth.ts";
import { idsOf, type Mailbox } from "./calendar/mailbox.ts";
import { mergeSettings, repliesOfPerson } from "./calendar/mailbox-settings.ts";
import { type CalendarItem, type StoredEvent } from "./calendar/stored-event.ts";
import type { Parts } from "./parts.ts";

const truthOf = (item: CalendarItem): EventTruth => {
  const master = item.kind === "event" ? item.event : item.occurrence.master;
  const times = item.kind === "event" ? item.event : item.occurrence;
  const event = { ...master, ...idsOf(item), startAt: times.startAt, endAt: times.endAt };
  const { location } = event;
  const place = {
    displayName: location.displayName,
    ...(location.locationUri ? { locationUri: location.locationUri } : {}),
  };
  return {
    id: event.id,
    immutableId: event.immutableId,
    iCalUId: event.iCalUId,
    changeKey: event.changeKey,
    etag: etagOf(event.changeKey),
    type: item.kind === "event" ? event.type : "occurrence",
    subject: event.subject,
    body: event.body,
    location: location.displayName === "" ? null : place,
    startAt: event.startAt,
    endAt: event.endAt,
    timeZone: event.zone,
    isAllDay: event.isAllDay,
    isOrganizer: event.isOrganizer,
    isCancelled: event.isCancelled,
    organizer: event.organizer,
    attendees: event.attendees.map(({ address, name, type }) => ({ address, name, type })),
    sensitivity: event.sensitivity,
    isOnlineMeeting: event.online !== null,
    joinUrl: event.online?.joinUrl ?? null,
    recurrence: item.kind === "event" ? event.recurrence : null,
    cancelledOccurrences: event.cancelledDates,
    extendedProperties: [...event.extendedProperties.values()],
    versions: event.versions,
    patchesByApp: event.patchesByApp,
  };
};

const eventTruth = (event: StoredEvent): EventTruth => truthOf({ kind: "event", event });

const itemOf = (mailbox: Mailbox, eventId: string): CalendarItem => {
  const item = mailbox.find(eventId);
  if (!item) throw new RangeError(`user ${mailbox.spec.userId} has no event ${eventId}`);
  return item;
};

/** What people do in Outlook, in process. */
export const userActions = ({ mailboxes, calendar, options }: Parts): UserActions => ({
  createEvent: (userId, input) => {
    const organizer = input.organizer ? { organizer: addressOf(input.organizer) } : {};
    return eventTruth(
      calendar.create(mailboxes.get(userId), { change: changeOfPerson(input), ...organizer }),
    );
  },
  updateEvent: (userId, eventId, patch) => {
    const mailbox = mailboxes.get(userId);
    const item = itemOf(mailbox, eventId);
    return eventTruth(calendar.update(mailbox, item, changeOfPerson(patch), { kind: "person" }));
  },
  deleteEvent: (userId, eventId) => {
    const mailbox = mailboxes.get(userId);
    calendar.remove(mailbox, itemOf(mailbox, eventId));
  },
  readEvent: (userId, eventId) => truthOf(itemOf(mailboxes.get(userId), eventId)),
  listEvents: (userId) => mailboxes.get(userId).list().map(eventTruth),
  listInstances: (userId, seriesId, fromMs, toMs) => {
    const mailbox = mailboxes.get(userId);
    const item = itemOf(mailbox, seriesId);
    if (item.kind !== "event" || !item.event.recurrence)
      throw new RangeError(`event ${seriesId} of user ${userId} is no series`);
    return mailbox.instancesOf(item.event, fromMs, toMs).map(truthOf);
  },
  setAutomaticReplies: (userId, replies) => {
    const mailbox = mailboxes.get(userId);
    mailbox.settings = mergeSettings(mailbox.settings, repliesOfPerson(replies), options.clock.now());
  },
});
