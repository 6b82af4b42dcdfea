import { schedulePeriodMsMax } from "@hybrid/microsoft-graph";
import { z } from "zod";
import { whenFault } from "./meeting-times.ts";
import { moment } from "./schemas.ts";
import { RecurrenceRequest, time, timeZone, type WhenRequest } from "./series-request.ts";

// What a person asks for in the own calendar.

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

/** Exchange Online sends an invitation to no more. */
const attendeesMax = 500;

const attendees = z
  .array(Invitee)
  .max(attendeesMax)
  .refine((all) => new Set(all.map((each) => each.address.toLowerCase())).size === all.length, {
    error: "somebody is invited twice",
  });

/** `@webex`, `@meet` or a word of the organisation's own, with or without a modifier. */
const keyword = z
  .string()
  .regex(/^@[\p{L}\p{N}_-]{2,40}(?::(?:space|myroom|onetime))?$/u)
  .describe(
    "How to join: the keyword is put into the location, and the details follow from there, as for any " +
      "meeting. `@webex`, `@meet`, or a keyword of the organisation; with `:space`, `:myroom`, `:onetime`.",
  );

const checkWhen = (given: WhenRequest, context: z.core.$RefinementCtx): void => {
  const fault = whenFault(given);
  if (fault) context.addIssue({ code: "custom", path: fault.path.split("."), message: fault.message });
};

/** A meeting to be scheduled. */
export const ScheduleRequest = z
  .strictObject({
    subject,
    start: time,
    end: time,
    timeZone: timeZone.optional(),
    recurrence: RecurrenceRequest.optional(),
    location: location.default(""),
    keyword: keyword.nullable().default(null),
    attendees: attendees.default([]),
    text: z.string().max(10_000).default("").describe("What the invitation says, without markup."),
    showAs: z.enum(["busy", "free", "tentative"]).default("busy"),
    isPrivate: z.boolean().default(false),
  })
  .superRefine(checkWhen)
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
    start: time.optional(),
    end: time.optional(),
    timeZone: timeZone.optional(),
    recurrence: RecurrenceRequest.optional().describe(
      "Another pattern for the series, or one for a meeting that is none yet. Exchange then forgets that " +
        "occurrences were moved or cancelled.",
    ),
    location: location.optional().describe("All of it, with the keyword that it is to have."),
    attendees: attendees.optional().describe("All of them: who is left out is invited no more."),
  })
  .refine((given) => Object.keys(given).some((name) => name !== "timeZone"), {
    message: "nothing is to change",
  })
  .superRefine(checkWhen);
/** What is to change of a meeting; what is left out stays. */
export type ChangeRequest = z.output<typeof ChangeRequest>;

/** An answer to an invitation. */
export const AnswerRequest = z.strictObject({
  comment,
  sendResponse: z.boolean().default(true).describe("Whether the organiser is told."),
});

/** A meeting to be called off. */
export const CancelRequest = z.strictObject({ comment });

/** Which meetings of a series are meant. */
export const ScopeQuery = z.strictObject({
  scope: z
    .enum(["occurrence", "following", "series"])
    .default("occurrence")
    .describe(
      "Of a series: this meeting alone, this and all that follow, or all of them. `following` can be " +
        "cancelled, and not changed or answered: cancel them, then schedule a new series.",
    ),
});
/** Which meetings of a series are meant. */
export type Scope = z.output<typeof ScopeQuery>["scope"];

/** Addresses of one request; Graph takes fewer at a time, and is asked more than once. */
const addressesMax = 100;

/** Whose free and busy times are wanted. */
export const FreeBusyRequest = z
  .strictObject({
    schedules: z.array(address).min(1).max(addressesMax).describe("Addresses of people and rooms."),
    start: moment,
    end: moment,
    availabilityViewInterval: z.int().min(5).max(1_440).default(30).describe("Minutes of a slot."),
  })
  .refine(({ start, end }) => Date.parse(end) > Date.parse(start), {
    path: ["end"],
    message: "must be later than start",
  })
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
      workingHours: z
        .strictObject({
          daysOfWeek: z.array(z.string()),
          startTime: z.string(),
          endTime: z.string(),
          timeZone: z.string().nullable(),
        })
        .nullable()
        .describe("When they work, by the clocks of their zone; null when the calendar does not say."),
      error: z.string().nullable().describe("Why it is not known, in Graph's code; null when it is."),
    }),
  ),
});
/** Free and busy times, without a word about why. */
export type FreeBusy = z.infer<typeof FreeBusy>;
