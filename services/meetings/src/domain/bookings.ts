import type { Meeting, MeetingJoin } from "@hybrid/contracts";
import { days, type EpochMs, instant } from "@hybrid/kernel";
import { meetingIdOf } from "#domain/after-page";
import { firstFailed, type JoinPolicy, type JoinRule, joinRules, type NoJoin } from "#domain/join";

/** A booking as Bookings.Put of RoomOS takes it, but for its start, which is a point in time here. */
export interface Booking {
  readonly Id: string;
  readonly Title: string;
  readonly Number: string;
  readonly Protocol: "SIP" | "WebRTC";
  readonly MeetingPlatform: "MicrosoftTeams" | "GoogleMeet" | "Zoom" | "Webex" | "Other";
  readonly MeetingId?: string;
  readonly Organizer: { readonly Name: string; readonly Email: string };
  readonly Time: {
    readonly startAt: number;
    /** Minutes. */
    readonly Duration: number;
    /** Seconds before the start in which the button to join is there. */
    readonly StartTimeBuffer: number;
  };
}

/** What RoomOS takes (RoomOS xAPI, Bookings): characters of a text, minutes of a booking. */
export const textMax = 128;
export const minutesMax = 1_440;
/** A room has fewer in two days; those beyond are left out. */
export const bookingsMax = 100;
/** Ids of ours begin so; a booking with another one was put on the device by somebody else. */
export const ourIds = "hybrid-";

/** What is put onto a device at once: today and tomorrow, UTC, so that it is the same all day long. */
export const roomWindowAt = (now: EpochMs): { readonly startAt: EpochMs; readonly endAt: EpochMs } => {
  const startAt = instant(Math.floor(now / days(1)) * days(1));
  return { startAt, endAt: instant(startAt + days(2)) };
};

const cut = (text: string): string => text.slice(0, textMax).toWellFormed();

const platforms: Readonly<Record<string, Booking["MeetingPlatform"]>> = {
  webex: "Webex",
  teams: "MicrosoftTeams",
  google_meet: "GoogleMeet",
  zoom: "Zoom",
};

/** Platforms that a device opens by their web address. */
const byWeb: ReadonlySet<Booking["MeetingPlatform"]> = new Set(["MicrosoftTeams", "GoogleMeet"]);

/** A Webex personal room is dialled as `<room>@<site>`. */
const webexVideo = (url: string | null): string | null => {
  const { site, room } =
    /^https:\/\/(?<site>[a-z0-9.-]+\.webex\.com)\/(?:meet|join)\/(?<room>[A-Za-z0-9._-]+)\/?$/i.exec(
      url ?? "",
    )?.groups ?? {};
  return site === undefined || room === undefined ? null : `${room}@${site}`;
};

type Dialled = Pick<Booking, "Number" | "Protocol" | "MeetingPlatform">;

/** How a device joins; null when it cannot. Half of a number leads nowhere, so a long one is none. */
export const dialled = ({ service, url, video }: MeetingJoin): Dialled | null => {
  const MeetingPlatform = platforms[service] ?? "Other";
  const number = video ?? (MeetingPlatform === "Webex" ? webexVideo(url) : null);
  if (number !== null && number.length <= textMax)
    return { Number: number, Protocol: "SIP", MeetingPlatform };
  if (url !== null && url.length <= textMax && byWeb.has(MeetingPlatform))
    return { Number: url, Protocol: "WebRTC", MeetingPlatform };
  return null;
};

/** Why a room has no button for a meeting. */
export type NoBooking = NoJoin | "notAccepted" | "noNumber";

const accepted: ReadonlySet<string> = new Set(["accepted", "organizer", "tentativelyAccepted"]);

/** A room asks what an app asks, and more: a room that has not accepted is not booked. */
export const bookingRules: readonly JoinRule<NoBooking>[] = [
  ...joinRules,
  {
    reason: "notAccepted",
    asks: "Has the room accepted, or is it the organiser?",
    passes: ({ isOrganizer, response }) => isOrganizer || accepted.has(response),
  },
  {
    reason: "noNumber",
    asks: "Can a device dial or open what the meeting says, in 128 characters?",
    passes: ({ join }) => join !== null && dialled(join) !== null,
  },
];

/** Why a room has no button for a meeting; null when it has one in its time. */
export const noBookingOf = (meeting: Meeting, policy: JoinPolicy): NoBooking | null =>
  firstFailed(bookingRules, meeting, policy);

const bookingOf = (meeting: Meeting, { beforeMs }: JoinPolicy): Booking | null => {
  const how = meeting.join && dialled(meeting.join);
  if (!how) return null;
  const { startAt, endAt, subject, organizerName, organizerAddress, join, isPrivate } = meeting;
  const length = Math.ceil((endAt - startAt) / 60_000);
  const { meetingId = null } = join ?? {};
  return {
    Id: `${ourIds}${meetingIdOf(meeting.eventId)}`,
    Title: cut(isPrivate ? "Private meeting" : (subject ?? "")),
    ...how,
    ...(meetingId === null ? {} : { MeetingId: cut(meetingId) }),
    Organizer: { Name: cut(organizerName ?? ""), Email: cut(organizerAddress ?? "") },
    Time: {
      startAt,
      Duration: Math.min(Math.max(length, 1), minutesMax),
      StartTimeBuffer: Math.round(beforeMs / 1_000),
    },
  };
};

/** What the devices of a room are to show of its calendar, by start. */
export const bookingsOf = (meetings: readonly Meeting[], policy: JoinPolicy): readonly Booking[] =>
  meetings
    .filter((meeting) => noBookingOf(meeting, policy) === null)
    .sort((a, b) => a.startAt - b.startAt || (a.eventId < b.eventId ? -1 : 1))
    .slice(0, bookingsMax)
    .flatMap((meeting) => bookingOf(meeting, policy) ?? []);
