import type { Meeting } from "@hybrid/contracts";
import { hours, instant } from "@hybrid/kernel";
import { meetingIdOf } from "#domain/after-page";
import type { ListedMeeting } from "#domain/join";

/** A Monday morning. */
export const monday = instant(Date.UTC(2026, 0, 5, 8));

/** An ordinary meeting, an hour long, which begins two hours after `monday`. */
export const meeting = (eventId: string, changes: Partial<Meeting> = {}): Meeting => {
  const startAt = changes.startAt ?? monday + hours(2);
  return {
    eventId,
    etag: 'W/"1"',
    seriesMasterId: null,
    isException: false,
    subject: `About ${eventId}`,
    startAt,
    endAt: startAt + hours(1),
    allDayDate: null,
    movedFrom: null,
    isCancelled: false,
    isOrganizer: false,
    isPrivate: false,
    showAs: "busy",
    response: "accepted",
    organizerName: "Bo",
    organizerAddress: "bo@acme.example",
    location: "Room 5",
    attendeesCount: 2,
    join: {
      service: "webex",
      url: "https://acme.webex.com/meet/bo",
      video: null,
      meetingId: null,
      passcode: null,
    },
    ...changes,
  };
};

export const listed = (eventId: string, changes: Partial<Meeting> = {}): ListedMeeting => ({
  ...meeting(eventId, changes),
  id: meetingIdOf(eventId),
});
