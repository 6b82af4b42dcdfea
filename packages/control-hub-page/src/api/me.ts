import { z } from "zod";
import { moment } from "./shapes.ts";
import { UserDetail } from "./users.ts";

/** Whether Webex shows a person as out of the office. */
export const OwnPresence = z.object({
  status: z.enum(["outOfOffice", "none"]),
  since: moment.nullable(),
  until: moment.nullable(),
  atWebex: z.boolean(),
});

/** A person's own consent, in a tenant where each user gives one. */
export const OwnConsent = z.object({
  /** Null: none is given. */
  givenAt: moment.nullable(),
  /** Not used from then on: it is given again before. */
  expiresAt: moment.nullable(),
});

/** What a person sees of themselves. */
export const Me = z.object({
  name: z.string(),
  organisation: z.string().nullable(),
  /** Null: nobody of the directory is this person. */
  user: UserDetail.nullable(),
  /** Null: an administrator lets us into calendars, for everybody. */
  consent: OwnConsent.nullable(),
  /** Null: nothing is known of it. */
  presence: OwnPresence.nullable(),
  /** Where the person's meetings are shown; null: nowhere. */
  meetingsUrl: z.string().nullable(),
});

/** Oneself, as one is stored. */
export type Me = z.output<typeof Me>;
