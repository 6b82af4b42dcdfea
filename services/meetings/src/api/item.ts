import { type JoinPolicy, joinSpan, type ListedMeeting, noJoinOf } from "../domain/join.ts";
import type { MeetingItem } from "./schemas.ts";

const iso = (at: number): string => new Date(at).toISOString();

const joinItem = (meeting: ListedMeeting, policy: JoinPolicy): MeetingItem["join"] => {
  if (meeting.join === null) return null;
  const { from, until } = joinSpan(meeting, policy);
  return { ...meeting.join, from: iso(from), until: iso(until) };
};

/** A meeting as the API gives it. */
export const itemOf = (meeting: ListedMeeting, policy: JoinPolicy): MeetingItem => {
  const { organizerName: name, organizerAddress: address } = meeting;
  return {
    id: meeting.id,
    etag: meeting.etag,
    seriesId: meeting.seriesMasterId,
    isException: meeting.isException,
    subject: meeting.subject,
    start: iso(meeting.startAt),
    end: iso(meeting.endAt),
    date: meeting.allDayDate,
    movedFrom: meeting.movedFrom === null ? null : iso(meeting.movedFrom),
    isCancelled: meeting.isCancelled,
    isOrganizer: meeting.isOrganizer,
    isPrivate: meeting.isPrivate,
    showAs: meeting.showAs,
    response: meeting.response,
    organizer: name === null && address === null ? null : { name, address },
    location: meeting.location,
    attendeesCount: meeting.attendeesCount,
    join: joinItem(meeting, policy),
    noJoin: noJoinOf(meeting, policy),
  };
};
