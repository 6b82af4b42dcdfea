/** A place as an event names it. */
export interface LocationInput {
  readonly displayName: string;
  readonly locationUri?: string;
}

/** How a series repeats; Graph's own names and rules (patternedRecurrence). */
export interface RecurrenceInput {
  readonly pattern: {
    readonly type:
      | "daily"
      | "weekly"
      | "absoluteMonthly"
      | "relativeMonthly"
      | "absoluteYearly"
      | "relativeYearly";
    readonly interval: number;
    readonly daysOfWeek?: readonly Weekday[];
    readonly firstDayOfWeek?: Weekday;
    /** 1 to 31. */
    readonly dayOfMonth?: number;
    /** 1 to 12. */
    readonly month?: number;
    /** Which of the weekdays in a month; `first` when left out. */
    readonly index?: "first" | "second" | "third" | "fourth" | "last";
  };
  readonly range: {
    readonly type: "endDate" | "noEnd" | "numbered";
    /** `YYYY-MM-DD` */
    readonly startDate: string;
    readonly endDate?: string;
    readonly numberOfOccurrences?: number;
    readonly recurrenceTimeZone?: string;
  };
}

/** A day of the week as Graph spells it. */
export type Weekday = "sunday" | "monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday";

/** An attendee by address. */
export interface AttendeeInput {
  readonly address: string;
  readonly name?: string;
  readonly type?: "required" | "optional" | "resource";
}

/** What a person types into a new invitation. Times are milliseconds since 1970. */
export interface EventInput {
  readonly subject: string;
  readonly startAt: number;
  readonly endAt: number;
  /** The zone the person thinks in, Windows or IANA; the mailbox's own when left out. */
  readonly timeZone?: string;
  readonly location?: string | LocationInput;
  /** HTML, or `{ text }`. */
  readonly body?: string | { readonly text: string };
  readonly attendees?: readonly (string | AttendeeInput)[];
  readonly isOnlineMeeting?: boolean;
  readonly isAllDay?: boolean;
  readonly sensitivity?: "normal" | "personal" | "private" | "confidential";
  readonly showAs?: "free" | "tentative" | "busy" | "oof" | "workingElsewhere";
  readonly recurrence?: RecurrenceInput;
  /** An organiser outside the simulator: the mailbox then holds an attendee's copy. */
  readonly organizer?: { readonly address: string; readonly name?: string };
}

/** What a person changes; a field left out stays. `location: null` empties it. */
export interface EventPatch {
  readonly subject?: string;
  readonly startAt?: number;
  readonly endAt?: number;
  readonly timeZone?: string;
  readonly location?: string | LocationInput | null;
  readonly body?: string | { readonly text: string };
  readonly attendees?: readonly (string | AttendeeInput)[];
  readonly isOnlineMeeting?: boolean;
  readonly sensitivity?: "normal" | "personal" | "private" | "confidential";
  readonly showAs?: "free" | "tentative" | "busy" | "oof" | "workingElsewhere";
  readonly recurrence?: RecurrenceInput | null;
}

/** What the mailbox really holds: a copy, for tests to compare with what clients believe. */
export interface EventTruth {
  /** The id without `IdType="ImmutableId"`. */
  readonly id: string;
  readonly immutableId: string;
  readonly iCalUId: string;
  readonly changeKey: string;
  /** `W/"<changeKey>"` */
  readonly etag: string;
  readonly type: "singleInstance" | "seriesMaster" | "occurrence" | "exception";
  readonly subject: string;
  /** As stored and returned: after normalisation. */
  readonly body: { readonly contentType: "html" | "text"; readonly content: string };
  readonly location: { readonly displayName: string; readonly locationUri?: string } | null;
  readonly startAt: number;
  readonly endAt: number;
  /** The zone it was created in, an IANA name. */
  readonly timeZone: string;
  readonly isAllDay: boolean;
  readonly isOrganizer: boolean;
  readonly isCancelled: boolean;
  readonly organizer: { readonly address: string; readonly name: string };
  readonly attendees: readonly { readonly address: string; readonly name: string; readonly type: string }[];
  readonly sensitivity: string;
  readonly isOnlineMeeting: boolean;
  readonly joinUrl: string | null;
  readonly recurrence: RecurrenceInput | null;
  readonly cancelledOccurrences: readonly string[];
  readonly extendedProperties: readonly { readonly id: string; readonly value: string }[];
  /** How often it was written since it was created, the creation included. */
  readonly versions: number;
  /** How many of those writes were PATCH requests, by application (client id). */
  readonly patchesByApp: Readonly<Record<string, number>>;
}
