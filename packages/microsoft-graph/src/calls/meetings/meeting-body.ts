import type { Attendee, Event, PatternedRecurrence } from "@microsoft/microsoft-graph-types";

/** Somebody to be invited, or a room to be booked. */
export interface Invitee {
  readonly address: string;
  readonly name: string | null;
  readonly type: "required" | "optional" | "resource";
}

/** What the clocks of a zone show; what repeats or takes whole days does so in that zone. */
export interface MeetingTime {
  /** `YYYY-MM-DDThh:mm:ss`, without an offset. */
  readonly dateTime: string;
  /** A name of Windows or IANA. */
  readonly timeZone: string;
}

/** Graph's patternedRecurrence. */
export type MeetingRecurrence = PatternedRecurrence;

/** What a person says of a meeting; what is left out of a change stays. */
export interface MeetingWords {
  readonly subject?: string;
  readonly start?: MeetingTime;
  readonly end?: MeetingTime;
  /** Its times are then midnights of one zone, the end after the last day. */
  readonly isAllDay?: boolean;
  /** The first day of its range is that of the start. */
  readonly recurrence?: MeetingRecurrence;
  /** The location's display name. */
  readonly location?: string;
  /** All of them: who is left out is invited no more. */
  readonly invitees?: readonly Invitee[];
}

const attendeeOf = ({ address, name, type }: Invitee): Attendee => ({
  emailAddress: { address, ...(name === null ? {} : { name }) },
  type,
});

/** The words as Graph takes them. */
export const meetingBody = ({
  subject,
  start,
  end,
  isAllDay,
  recurrence,
  location,
  invitees,
}: MeetingWords): Event => ({
  ...(subject === undefined ? {} : { subject }),
  ...(start === undefined ? {} : { start }),
  ...(end === undefined ? {} : { end }),
  ...(isAllDay === undefined ? {} : { isAllDay }),
  ...(recurrence === undefined ? {} : { recurrence }),
  ...(location === undefined ? {} : { location: { displayName: location } }),
  ...(invitees === undefined ? {} : { attendees: invitees.map(attendeeOf) }),
});
