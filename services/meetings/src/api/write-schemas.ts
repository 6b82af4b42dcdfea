import { schedulePeriodMsMax, schedulesMax } from "@hybrid/microsoft-graph";
import { z } from "zod";
import { moment } from "./schemas.ts";

// What a person asks for in the own calendar. Series and all-day events are made in Outlook.

const subject = z.string().trim().min(1).max(255);
const location = z.string().trim().max(255);
const comment = z.string().max(2_000).default("").describe("What the others read with it.");
const address = z.email().max(254);

/** Somebody to be invited, or a room to be booked. */
export const Invitee = z.strictObject({
  address,
  name: z.string().max(128).nullable().default(null),
  type: z.enum(["required", "optional", "resource"]).default("required").describe("`resource`: a room."),
});

const attendees = z.array(Invitee).max(200);

/** `@webex`, `@meet` or a word of the organisation's own, with or without a modifier. */
const keyword = z
  .string()
  .regex(/^@[\p{L}\p{N}_-]{2,40}(?::(?:space|myroom|onetime))?$/u)
  .describe(
    "How to join: the keyword is put into the location, and the details follow from there, as for any " +
      "meeting. `@webex`, `@meet`, or a keyword of the organisation; with `:space`, `:myroom`, `:onetime`.",
  );

const endsLater = ({ start, end }: { start?: string | undefined; end?: string | undefined }): boolean =>
  start === undefined || end === undefined || Date.parse(end) > Date.parse(start);
const endFault = { path: ["end"], message: "must be later than start" };

/** A meeting to be scheduled. */
export const ScheduleRequest = z
  .strictObject({
    subject,
    start: moment,
    end: moment,
    location: location.default(""),
    keyword: keyword.nullable().default(null),
    attendees: attendees.default([]),
    text: z.string().max(10_000).default("").describe("What the invitation says, without markup."),
    showAs: z.enum(["busy", "free", "tentative"]).default("busy"),
    isPrivate: z.boolean().default(false),
  })
  .refine(endsLater, endFault)
  .refine(({ location: place, keyword: word }) => place.length + (word?.length ?? 0) <= 253, {
    path: ["keyword"],
    message: "location and keyword together must be 253 characters at most",
  });
/** A meeting to be scheduled. */
export type ScheduleRequest = z.output<typeof ScheduleRequest>;

/** What is to change of a meeting; what is left out stays. */
export const ChangeRequest = z
  .strictObject({
    subject: subject.optional(),
    start: moment.optional(),
    end: moment.optional(),
    location: location.optional().describe("All of it, with the keyword that it is to have."),
    attendees: attendees.optional().describe("All of them: who is left out is invited no more."),
  })
  .refine((given) => Object.keys(given).length > 0, { message: "nothing is to change" })
  .refine(endsLater, endFault);
/** What is to change of a meeting; what is left out stays. */
export type ChangeRequest = z.output<typeof ChangeRequest>;

/** An answer to an invitation. */
export const AnswerRequest = z.strictObject({
  comment,
  sendResponse: z.boolean().default(true).describe("Whether the organiser is told."),
});

/** A meeting to be called off. */
export const CancelRequest = z.strictObject({ comment });

/** Whose free and busy times are wanted. */
export const FreeBusyRequest = z
  .strictObject({
    schedules: z.array(address).min(1).max(schedulesMax).describe("Addresses of people and rooms."),
    start: moment,
    end: moment,
    availabilityViewInterval: z.int().min(5).max(1_440).default(30).describe("Minutes of a slot."),
  })
  .refine(endsLater, endFault)
  .refine(({ start, end }) => Date.parse(end) - Date.parse(start) < schedulePeriodMsMax, {
    path: ["end"],
    message: "must be less than 42 days after start",
  });

/** Free and busy times, without a word about why. */
export const FreeBusy = z.strictObject({
  schedules: z.array(
    z.strictObject({
      address: z.string(),
      availabilityView: z
        .string()
        .describe("A digit a slot: 0 free, 1 tentative, 2 busy, 3 out of office, 4 working elsewhere."),
      busy: z.array(z.strictObject({ start: moment, end: moment, status: z.string() })),
      error: z.string().nullable().describe("Why it is not known, in Graph's code; null when it is."),
    }),
  ),
});
/** Free and busy times, without a word about why. */
export type FreeBusy = z.infer<typeof FreeBusy>;
