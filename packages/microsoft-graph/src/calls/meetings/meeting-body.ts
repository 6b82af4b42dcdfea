import type { EpochMs } from "@hybrid/kernel";
import type { Attendee, Event } from "@microsoft/microsoft-graph-types";

/** Somebody to be invited, or a room to be booked. */
export interface Invitee {
  readonly address: string;
  readonly name: string | null;
  readonly type: "required" | "optional" | "resource";
}

/** What a person says of a meeting; what is left out of a change stays. */
export interface MeetingWords {
  readonly subject?: string;
  readonly startAt?: EpochMs;
  readonly endAt?: EpochMs;
  /** The location's display name. */
  readonly location?: string;
  /** All of them: who is left out is invited no more. */
  readonly invitees?: readonly Invitee[];
}

const moment = (at: EpochMs) => ({ dateTime: new Date(at).toISOString().slice(0, 23), timeZone: "UTC" });

const attendeeOf = ({ address, name, type }: Invitee): Attendee => ({
  emailAddress: { address, ...(name === null ? {} : { name }) },
  type,
});

/** The words as Graph takes them. */
export const meetingBody = ({ subject, startAt, endAt, location, invitees }: MeetingWords): Event => ({
  ...(subject === undefined ? {} : { subject }),
  ...(startAt === undefined ? {} : { start: moment(startAt) }),
  ...(endAt === undefined ? {} : { end: moment(endAt) }),
  ...(location === undefined ? {} : { location: { displayName: location } }),
  ...(invitees === undefined ? {} : { attendees: invitees.map(attendeeOf) }),
});
