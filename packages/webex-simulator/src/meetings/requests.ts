import { z } from "zod";
import { WebexFault } from "../answers.ts";
import { instantOf, isTimeZone } from "./local-time.ts";

const minuteMs = 60_000;
const durationMin = 10;
const durationMax = 23 * 60 + 59;
const years = 365 * 24 * 60 * minuteMs;

/** Occurrences of a series that ends, by frequency. */
const occurrencesMax: Readonly<Record<string, number>> = {
  DAILY: 1_826,
  WEEKLY: 261,
  MONTHLY: 60,
  YEARLY: 5,
};

const isRecurrence = (text: string): boolean => {
  const { frequency = "" } =
    /^(?:RRULE:)?FREQ=(?<frequency>[A-Z]+)(?:;[A-Z]+=[\w,+:-]+)*$/.exec(text)?.groups ?? {};
  const most = occurrencesMax[frequency];
  const count = /;COUNT=(?<count>\d+)(?:;|$)/.exec(text)?.groups?.["count"];
  return most !== undefined && (count === undefined || (Number(count) > 0 && Number(count) <= most));
};

const timeZone = z.string().refine(isTimeZone, "is no IANA time zone");
const recurrence = z.string().refine(isRecurrence, "is no recurrence that Webex takes");

/** What of a meeting is told again as it was asked for. */
const options = {
  enabledAutoRecordMeeting: z.boolean().optional(),
  allowAnyUserToBeCoHost: z.boolean().optional(),
  enabledJoinBeforeHost: z.boolean().optional(),
  enableConnectAudioBeforeHost: z.boolean().optional(),
  joinBeforeHostMinutes: z.union([0, 5, 10, 15].map((minutes) => z.literal(minutes))).optional(),
  excludePassword: z.boolean().optional(),
  publicMeeting: z.boolean().optional(),
  reminderTime: z.number().int().min(0).optional(),
  unlockedMeetingJoinSecurity: z.enum(["allowJoin", "allowJoinWithLobby", "blockFromJoin"]).optional(),
  enableAutomaticLock: z.boolean().optional(),
  automaticLockMinutes: z.number().int().min(0).optional(),
  allowFirstUserToBeCoHost: z.boolean().optional(),
  allowAuthenticatedDevices: z.boolean().optional(),
};

const described = {
  password: z.string().min(1).optional(),
  timezone: timeZone.optional(),
  sendEmail: z.boolean().default(true),
  hostEmail: z.string().min(3).optional(),
  integrationTags: z.array(z.string().min(1).max(64)).max(3).optional(),
};

const Invitee = z.strictObject({
  email: z.string().regex(/^[^@\s]+@[^@\s]+$/, "is no mail address"),
  displayName: z.string().optional(),
  coHost: z.boolean().optional(),
  panelist: z.boolean().optional(),
});

/** What a meeting is made with. */
export const MeetingBody = z.strictObject({
  ...options,
  ...described,
  adhoc: z.boolean().default(false),
  roomId: z.string().optional(),
  title: z.string().min(1).max(128).optional(),
  agenda: z.string().max(1_300).optional(),
  start: z.string().optional(),
  end: z.string().optional(),
  recurrence: recurrence.optional(),
  scheduledType: z.enum(["meeting", "webinar", "personalRoomMeeting"]).default("meeting"),
  siteUrl: z.string().optional(),
  invitees: z.array(Invitee).max(1_000).optional(),
});

/** What of a meeting may change. */
export const MeetingChange = z.strictObject({
  ...options,
  ...described,
  title: z.string().min(1).max(128).optional(),
  agenda: z.string().max(1_300).nullish(),
  start: z.string().optional(),
  end: z.string().optional(),
  recurrence: recurrence.nullish(),
});

/** A whole meeting, as PUT wants it. */
export const MeetingReplacement = MeetingChange.required({
  title: true,
  password: true,
  start: true,
  end: true,
});

/** What Webex has for meetings and the simulator has not. */
export const meetingGaps = [
  "attendeePrivileges",
  "audioConnectionOptions",
  "breakoutSessions",
  "enabledAudioWatermark",
  "enabledBreakoutSessions",
  "enabledLiveStream",
  "enabledVisualWatermark",
  "enabledWebcastView",
  "liveStream",
  "meetingOptions",
  "panelistPassword",
  "registration",
  "requireAttendeeLogin",
  "restrictToInvitees",
  "sessionTypeId",
  "simultaneousInterpretation",
  "templateId",
  "trackingCodes",
  "visualWatermarkOpacity",
] as const;

/** The options among what was asked for. */
export const optionsOf = (body: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(body).filter(([name, value]) => name in options && value !== undefined));

const instant = (name: "start" | "end", text: string | undefined, zone: string): number => {
  const at = text === undefined ? undefined : instantOf(text, zone);
  if (at === undefined) throw new WebexFault(400, `'${name}' is missing or no ISO 8601 date and time.`);
  return at;
};

const toMinute = (at: number): number => Math.floor(at / minuteMs) * minuteMs;

/** The times of a meeting, whole minutes; a start within this minute becomes the next one. */
export const timesOf = (
  {
    start,
    end,
    timezone = "UTC",
  }: { start?: string | undefined; end?: string | undefined; timezone?: string | undefined },
  now: number,
): { readonly startAt: number; readonly endAt: number } => {
  const asked = toMinute(instant("start", start, timezone));
  const startAt = asked === toMinute(now) ? asked + minuteMs : asked;
  const endAt = toMinute(instant("end", end, timezone));
  if (startAt < now || endAt < now) throw new WebexFault(400, "'start' and 'end' cannot lie in the past.");
  if (startAt > now + 10 * years) throw new WebexFault(400, "'start' cannot lie ten years ahead.");
  const minutes = (endAt - startAt) / minuteMs;
  if (minutes < durationMin || minutes > durationMax)
    throw new WebexFault(400, "A meeting lasts from 10 minutes to 23 hours and 59 minutes.");
  return { startAt, endAt };
};
