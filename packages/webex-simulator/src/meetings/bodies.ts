import { roomId } from "../spaces/bodies.ts";
import { digitsOf, meetingId, meetingNumber, type SimulatedMeeting, webLink } from "./meetings.ts";

/** Who looks at a meeting: the host is told the host key, guests are not. */
export type Viewer = "host" | "invitee";

/** In the form that the API has, without fractions of a second. */
const iso = (at: number): string => new Date(at).toISOString().replace(/\.\d{3}Z$/, "Z");

const present = (members: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));

const telephony = (meeting: SimulatedMeeting): Record<string, unknown> => ({
  accessCode: meetingNumber(meeting),
  callInNumbers: [{ label: "Sweden Toll", callInNumber: "+46-8-5050-0100", tollType: "toll" }],
  links: [
    {
      rel: "globalCallinNumbers",
      href: `/api/v1/meetings/${meetingId(meeting)}/globalCallinNumbers`,
      method: "GET",
    },
  ],
});

/** What a site sets unless somebody asks otherwise. */
const defaults = {
  enabledAutoRecordMeeting: false,
  allowAnyUserToBeCoHost: false,
  enabledJoinBeforeHost: false,
  enableConnectAudioBeforeHost: false,
  joinBeforeHostMinutes: 0,
  excludePassword: false,
  publicMeeting: false,
  reminderTime: 15,
  unlockedMeetingJoinSecurity: "allowJoinWithLobby",
  enableAutomaticLock: false,
  automaticLockMinutes: 10,
  allowFirstUserToBeCoHost: false,
  allowAuthenticatedDevices: true,
};

/** The meeting as GET /meetings shows it at `now`. */
export const meetingBody = (
  meeting: SimulatedMeeting,
  viewer: Viewer,
  now: number,
): Record<string, unknown> =>
  present({
    id: meetingId(meeting),
    meetingNumber: meetingNumber(meeting),
    title: meeting.title,
    agenda: meeting.agenda,
    password: meeting.password,
    phoneAndVideoSystemPassword: digitsOf(meeting, "phone password", 8),
    meetingType: "meetingSeries",
    state: meeting.recurrence === undefined && meeting.endAt <= now ? "expired" : "active",
    timezone: "UTC",
    start: iso(meeting.startAt),
    end: iso(meeting.endAt),
    recurrence: meeting.recurrence,
    hostUserId: meeting.host.id,
    hostDisplayName: meeting.host.displayName,
    hostEmail: meeting.host.email,
    hostKey: viewer === "host" ? digitsOf(meeting, "host key", 6) : undefined,
    siteUrl: meeting.siteUrl,
    webLink: webLink(meeting),
    sipAddress: `${meetingNumber(meeting)}@${meeting.siteUrl}`,
    dialInIpAddress: "203.0.113.7",
    roomId: meeting.room === undefined ? undefined : roomId(meeting.room),
    ...defaults,
    ...meeting.options,
    scheduledType: meeting.scheduledType,
    telephony: telephony(meeting),
    integrationTags: meeting.integrationTags.length === 0 ? undefined : meeting.integrationTags,
    enabledBreakoutSessions: false,
  });
