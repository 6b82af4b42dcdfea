import type { EpochMs, OrgId } from "@hybrid/kernel";
import type { CompiledRules } from "@hybrid/meeting-links";
import type { EventType } from "#domain/decide-decoration";
import type { JoinDetails } from "#domain/join-block";
import type { Language } from "#domain/languages/catalogue";

/** Graph's dateTimeTimeZone. Without an `outlook.timezone` preference the zone is UTC. */
export interface DateTimeTimeZone {
  readonly dateTime: string;
  readonly timeZone: string;
}

/** Graph's recurrencePattern and recurrenceRange. */
export interface Recurrence {
  readonly pattern: {
    readonly type: string;
    readonly interval: number;
    readonly daysOfWeek?: readonly string[] | undefined;
    readonly dayOfMonth?: number | undefined;
    readonly month?: number | undefined;
    readonly index?: string | undefined;
    readonly firstDayOfWeek?: string | undefined;
  };
  readonly range: {
    readonly type: string;
    /** `YYYY-MM-DD` */
    readonly startDate: string;
    readonly endDate?: string | undefined;
    readonly numberOfOccurrences?: number | undefined;
    /** IANA or Windows name. */
    readonly recurrenceTimeZone?: string | null | undefined;
  };
}

/** An event as Graph returns it, with Graph's own names. */
export interface EventModel {
  readonly id: string;
  /** `W/"<changeKey>"` */
  readonly etag: string;
  readonly type: EventType;
  readonly seriesMasterId: string | null;
  readonly isOrganizer: boolean;
  readonly isCancelled: boolean;
  readonly isDraft: boolean;
  readonly start: DateTimeTimeZone;
  readonly end: DateTimeTimeZone;
  readonly isAllDay: boolean;
  /** The zones the event was made in, Windows or IANA names, as far as Graph tells them. */
  readonly originalStartTimeZone: string | null;
  readonly originalEndTimeZone: string | null;
  readonly recurrence: Recurrence | null;
  readonly location: { readonly displayName: string } | null;
  readonly locations: readonly { readonly displayName: string }[];
  readonly body: { readonly contentType: "html" | "text"; readonly content: string };
  readonly subject: string;
  /** Graph's `showAs` and `sensitivity`, such as `free` and `private`. */
  readonly showAs: string;
  readonly sensitivity: string;
  readonly categories: readonly string[];
  /** People and resources that are invited, one address each; a list of addresses counts as one. */
  readonly attendees: readonly { readonly address: string; readonly isResource: boolean }[];
  readonly attendeesCount: number;
  /** The value of the property that was asked for; null when there is none, and always in a delta. */
  readonly extendedProperty: string | null;
}

/**
 * An event in a page of delta: occurrences come with little more than their ids, others now and then
 * too.
 */
export type DeltaEvent =
  | { readonly kind: "removed"; readonly id: string }
  | { readonly kind: "sparse"; readonly id: string }
  | { readonly kind: "occurrence"; readonly id: string; readonly seriesMasterId: string }
  | { readonly kind: "event"; readonly event: EventModel };

/** Whose mailbox, and until when the answer is wanted. */
interface MailboxRequest {
  readonly tenantId: string;
  readonly userObjectId: string;
  readonly signal: AbortSignal;
}

/** Events of a mailbox. Rejects with ProviderError. */
export interface EventsPort {
  /** Body as HTML, or as text where Graph gives that although HTML was asked for; immutable ids. */
  get(
    request: MailboxRequest & { readonly eventId: string; readonly expandProperty: string },
  ): Promise<EventModel>;
  /** PATCH with If-Match of just these two properties; a null value takes the property away. */
  update(
    request: MailboxRequest & {
      readonly eventId: string;
      readonly etag: string;
      readonly body: { readonly contentType: "html"; readonly content: string };
      readonly extendedProperty: { readonly id: string; readonly value: string | null };
    },
  ): Promise<{ readonly etag: string }>;
  /** One page of calendarView/delta. */
  delta(
    request: MailboxRequest & {
      readonly from:
        | { readonly window: { readonly startsAt: EpochMs; readonly endsAt: EpochMs } }
        | { readonly link: string };
      readonly pageSize: number;
    },
  ): Promise<{
    readonly events: readonly DeltaEvent[];
    readonly nextLink: string | null;
    readonly deltaLink: string | null;
  }>;
}

/** Settings of a mailbox. Rejects with ProviderError. */
export interface MailboxesPort {
  /** `locale`: a language tag such as `sv-SE`, or null. */
  getSettings(request: MailboxRequest): Promise<{ readonly locale: string | null }>;
}

/** Whose details, and where an organisation wants them made. */
interface HostRequest {
  readonly org: OrgId;
  readonly userEmail: string;
  /** Host name of the organisation's site; null: the user's own first one. */
  readonly site: string | null;
}

/** A meeting of Webex that follows an event. */
export interface MeetingOrder extends HostRequest {
  /** The same for the same event, at most 64 characters; a meeting is found again by it. */
  readonly key: string;
  /** The meeting that was made before, when one is known. */
  readonly knownMeetingId: string | null;
  /** Whether a known meeting is changed to look like the event; a series' one is not, for an exception. */
  readonly follow: boolean;
  readonly title: string;
  readonly agenda: string;
  /** The next time that is not over. */
  readonly startAt: EpochMs;
  readonly endAt: EpochMs;
  /** Whether the event, or one of its series, begins at this moment. */
  readonly isPlanned: (at: EpochMs) => boolean;
  /** IANA. */
  readonly zone: string;
  /** RFC 2445; null for a meeting that takes place once. */
  readonly recurrence: string | null;
}

/** A space that belongs to an event. */
export interface SpaceOrder extends MeetingOrder {
  readonly knownRoomId: string | null;
  /** Key of the space: of the event's own, or of the pair of people who meet. */
  readonly roomKey: string;
  /** Key of a space of the event's own; what was made for it stays its. */
  readonly ownRoomKey: string;
  readonly roomTitle: string;
  /** People, the organiser not among them. */
  readonly members: readonly string[];
  /** Who was added before, as `KnownMeeting.invited`; null: nobody remembers. */
  readonly invited: string | null;
  /** Markdown that is posted once; null: none. */
  readonly card: string | null;
}

/** A meeting as it was made, and how to join it. */
export interface MadeMeeting {
  readonly meetingId: string;
  readonly details: JoinDetails;
}

/** A space as it was made, with its meeting. */
export interface MadeSpace extends MadeMeeting {
  readonly roomId: string;
  /** Who was added until now, as `KnownMeeting.invited`. */
  readonly invited: string;
  /** People who were invited later and for whom the space has no place. */
  readonly leftOut: number;
}

/** Personal rooms, meetings and spaces. Everything may be repeated. Rejects with ProviderError. */
export interface WebexPort {
  /** `personalRoomMissing` when the user has none. */
  getPersonalRoom(request: HostRequest, signal: AbortSignal): Promise<JoinDetails>;
  /** Finds the event's meeting or makes it, and makes it look like the event. */
  ensureMeeting(order: MeetingOrder, signal: AbortSignal): Promise<MadeMeeting>;
  /** Finds the event's space or makes it, with its members, card and meeting; adds who was invited later. */
  ensureSpace(order: SpaceOrder, signal: AbortSignal): Promise<MadeSpace>;
  /** Ends a meeting that nobody needs any more; one that is gone already is none. */
  endMeeting(
    request: Pick<HostRequest, "org" | "userEmail"> & {
      readonly meetingId: string;
      readonly isOfSpace: boolean;
    },
    signal: AbortSignal,
  ): Promise<void>;
  /** Tells a person something in a message of their own. */
  tell(
    request: {
      readonly org: OrgId;
      readonly userEmail: string;
      readonly text: string;
      readonly language: Language;
    },
    signal: AbortSignal,
  ): Promise<void>;
}

/** An organisation's own rules for addresses, without the shipped ones; null when it has none. */
export type OwnRulesOf = (org: OrgId, signal: AbortSignal) => Promise<CompiledRules | null>;
