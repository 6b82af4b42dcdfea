import type { EpochMs, OrgId } from "@hybrid/kernel";
import type { EventType } from "#domain/decide-decoration";
import type { JoinDetails } from "#domain/join-block";

/** Graph's dateTimeTimeZone. Without an `outlook.timezone` preference the zone is UTC. */
export interface DateTimeTimeZone {
  readonly dateTime: string;
  readonly timeZone: string;
}

/** Graph's recurrencePattern and recurrenceRange, as far as the end of a series depends on them. */
export interface Recurrence {
  readonly pattern: {
    readonly type: string;
    readonly interval: number;
    readonly daysOfWeek?: readonly string[] | undefined;
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

/** Personal rooms. Rejects with ProviderError; `personalRoomMissing` when the user has none. */
export interface WebexPort {
  getPersonalRoom(
    request: { readonly org: OrgId; readonly userEmail: string },
    signal: AbortSignal,
  ): Promise<JoinDetails>;
}
