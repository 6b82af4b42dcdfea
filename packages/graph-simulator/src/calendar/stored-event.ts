import type { MeetingBlob, StoredBody } from "./event-body.ts";
import type { RecurrenceInput } from "./event-truth.ts";

/** Graph's location, kept as it was sent (canonical enum values). */
export interface StoredLocation {
  readonly displayName: string;
  readonly locationType?: string;
  readonly locationUri?: string | null;
  readonly locationEmailAddress?: string | null;
  readonly uniqueId?: string | null;
  readonly uniqueIdType?: string | null;
  readonly address?: Readonly<Record<string, unknown>>;
  readonly coordinates?: Readonly<Record<string, unknown>>;
}

/** A mail address and a display name. */
export interface StoredAddress {
  readonly address: string;
  readonly name: string;
}

/** An invited address and its answer. */
export interface StoredAttendee extends StoredAddress {
  readonly type: "required" | "optional" | "resource";
  readonly response: string;
  /** When it came; null when it did not. */
  readonly respondedAt: number | null;
  /** Another time that the attendee would like, milliseconds since 1970. */
  readonly proposal: { readonly startAt: number; readonly endAt: number } | null;
}

/** A file at an event. */
export interface StoredAttachment {
  readonly id: string;
  readonly name: string;
  readonly contentType: string | null;
  readonly contentId: string | null;
  readonly contentLocation: string | null;
  readonly isInline: boolean;
  /** Base64. */
  readonly contentBytes: string;
  /** Bytes. */
  readonly size: number;
  readonly modifiedAt: number;
}

/** An open extension: a client's own values under a name. */
export interface StoredExtension {
  readonly name: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Where in time an event lies; also what decides about the occurrences of a series. */
export interface EventShape {
  readonly startAt: number;
  readonly endAt: number;
  /** IANA name. */
  readonly zone: string;
  readonly recurrence: RecurrenceInput | null;
  /** Local dates of removed occurrences. */
  readonly cancelledDates: readonly string[];
}

/** The part of an event that an organiser shares with the attendees. */
export interface SharedContent extends EventShape {
  readonly subject: string;
  readonly body: StoredBody;
  readonly location: StoredLocation;
  readonly locations: readonly StoredLocation[];
  /** The zone name as it was sent, Windows or IANA. */
  readonly zoneName: string;
  readonly endZoneName: string;
  readonly isAllDay: boolean;
  readonly isCancelled: boolean;
  readonly organizer: StoredAddress;
  readonly attendees: readonly StoredAttendee[];
  readonly hideAttendees: boolean;
  readonly importance: string;
  readonly sensitivity: string;
  readonly allowNewTimeProposals: boolean;
  readonly responseRequested: boolean;
  /** The online meeting that the body's block stands for. */
  readonly online: MeetingBlob | null;
  readonly attachments: readonly StoredAttachment[];
}

/** The part that belongs to the copy in one mailbox. */
export interface OwnContent {
  readonly showAs: string;
  readonly categories: readonly string[];
  readonly isReminderOn: boolean;
  readonly reminderMinutesBeforeStart: number;
  readonly extendedProperties: ReadonlyMap<string, { readonly id: string; readonly value: string }>;
  readonly multiValueProperties: ReadonlyMap<
    string,
    { readonly id: string; readonly value: readonly string[] }
  >;
  readonly extensions: readonly StoredExtension[];
}

/** Everything a write can change. */
export type EventContent = SharedContent & OwnContent;

/** An event as one mailbox holds it; replaced as a whole by every write. */
export interface StoredEvent extends EventContent {
  readonly id: string;
  readonly immutableId: string;
  readonly iCalUId: string;
  readonly type: "singleInstance" | "seriesMaster" | "exception";
  readonly isOrganizer: boolean;
  readonly transactionId: string | null;
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly changeKey: string;
  readonly versions: number;
  readonly patchesByApp: Readonly<Record<string, number>>;
  readonly responseStatus: { readonly response: string; readonly at: number | null };
  /** Of an exception: the id of its series, and the local date and instant it was planned for. */
  readonly exceptionOf: {
    readonly masterId: string;
    readonly date: string;
    readonly plannedAt: number;
  } | null;
}

/** An occurrence that nobody changed: it has no record of its own. */
export interface Occurrence {
  readonly master: StoredEvent;
  readonly date: string;
  readonly startAt: number;
  readonly endAt: number;
}

/** Something with an id in a calendar. */
export type CalendarItem =
  | { readonly kind: "event"; readonly event: StoredEvent }
  | { readonly kind: "occurrence"; readonly occurrence: Occurrence };

/** The fields of {@link SharedContent}, which a copy takes over. */
export const sharedContentOf = (event: SharedContent): SharedContent => ({
  subject: event.subject,
  body: event.body,
  location: event.location,
  locations: event.locations,
  startAt: event.startAt,
  endAt: event.endAt,
  zone: event.zone,
  zoneName: event.zoneName,
  endZoneName: event.endZoneName,
  recurrence: event.recurrence,
  cancelledDates: event.cancelledDates,
  isAllDay: event.isAllDay,
  isCancelled: event.isCancelled,
  organizer: event.organizer,
  attendees: event.attendees,
  hideAttendees: event.hideAttendees,
  importance: event.importance,
  sensitivity: event.sensitivity,
  allowNewTimeProposals: event.allowNewTimeProposals,
  responseRequested: event.responseRequested,
  online: event.online,
  attachments: event.attachments,
});
