import { z } from "zod";

// What the API takes and gives; its OpenAPI document is made of these.

/** A date and time with its offset. */
export const moment = z.iso.datetime({ offset: true });
const text = z.string().nullable();

/** How a meeting is joined. */
export const JoinItem = z.strictObject({
  service: z.string().describe("Whose meeting it is, for example webex, teams or zoom."),
  url: text.describe("What a browser opens."),
  video: text.describe("What a video system dials."),
  meetingId: text,
  passcode: text,
  from: moment.describe("When the button to join comes."),
  until: moment.describe("When it goes."),
});

/** A meeting of the list. */
export const MeetingItem = z.strictObject({
  id: z.string(),
  etag: z.string().describe("Of the event, for If-Match."),
  seriesId: text,
  isException: z.boolean().describe("It differs from its series."),
  subject: text.describe("Null: it is private, or has none."),
  start: moment,
  end: moment,
  date: z.iso.date().nullable().describe("First day of an all-day event; null for any other."),
  movedFrom: moment.nullable().describe("When its series planned it, if that is another time."),
  isCancelled: z.boolean(),
  isOrganizer: z.boolean(),
  isPrivate: z.boolean(),
  showAs: z.string(),
  response: z.string().describe("The user's own answer."),
  organizer: z.strictObject({ name: text, address: text }).nullable(),
  location: text,
  attendeesCount: z.int(),
  join: JoinItem.nullable(),
  noJoin: z
    .enum(["noAddress", "cancelled", "declined", "tentative", "free", "allDay"])
    .nullable()
    .describe("Why it never has a button to join."),
});
/** A meeting of the list. */
export type MeetingItem = z.infer<typeof MeetingItem>;

/** A page of the list. */
export const MeetingPage = z.strictObject({
  meetings: z.array(MeetingItem),
  nextCursor: text.describe("For the next page; null on the last one."),
});
/** A page of the list. */
export type MeetingPage = z.infer<typeof MeetingPage>;

/** Which page of the list. */
export const ListQuery = z.strictObject({
  from: moment.optional().describe("Meetings that end then or later; 7 days ago when left out."),
  to: moment.optional().describe("Meetings that start then or earlier; in 31 days when left out."),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z
    .string()
    .max(200)
    .regex(/^\d{1,16}\.[0-9a-f]{1,64}$/)
    .optional(),
});

/** Somebody who is invited. */
export const Participant = z.strictObject({
  name: text,
  address: text,
  type: z.string(),
  response: z.string(),
});
/** Everybody who is invited. */
export const ParticipantList = z.strictObject({ participants: z.array(Participant) });
/** Everybody who is invited. */
export type ParticipantList = z.infer<typeof ParticipantList>;

/** Why a request was refused (RFC 9457). */
export const Problem = z.strictObject({
  type: z.string().describe("`urn:hybrid:problem:<code>`"),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string().describe("In words; what the calendar refuses, in the calendar's."),
  instance: z.string().optional().describe("Finds the line in the service's log."),
  current: MeetingItem.optional().describe("With 412: the meeting as the calendar has it now."),
});
/** Why a request was refused (RFC 9457). */
export type Problem = z.infer<typeof Problem>;
