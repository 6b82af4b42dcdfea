import type { z } from "zod";
import type { automaticRepliesSchema } from "../models.ts";

/** A local date and time in a named zone, as Graph gives it. */
export interface GraphDateTime {
  readonly dateTime: string;
  /** A Windows or IANA name; `UTC` when Graph names none. */
  readonly timeZone: string;
}

/** Whether Outlook answers for the user, and when. Its texts are content and are left where they are. */
export interface AutomaticReplies {
  /** Graph's `disabled`, `alwaysEnabled` or `scheduled`. */
  readonly status: string;
  readonly externalAudience: string | null;
  readonly scheduledStart: GraphDateTime | null;
  readonly scheduledEnd: GraphDateTime | null;
}

type GivenDateTime =
  | { readonly dateTime: string; readonly timeZone?: string | null | undefined }
  | null
  | undefined;

const dateTimeOf = (given: GivenDateTime): GraphDateTime | null =>
  given ? { dateTime: given.dateTime, timeZone: given.timeZone ?? "UTC" } : null;

/** Official examples spell `None` and `Scheduled` as well as `none` and `scheduled`. */
const enumerated = (given: string): string => given.charAt(0).toLowerCase() + given.slice(1);

/** What Graph says of automatic replies, without their texts. */
export const automaticRepliesOf = (given: z.infer<typeof automaticRepliesSchema>): AutomaticReplies => ({
  status: enumerated(given.status ?? "disabled"),
  externalAudience: given.externalAudience ? enumerated(given.externalAudience) : null,
  scheduledStart: dateTimeOf(given.scheduledStartDateTime),
  scheduledEnd: dateTimeOf(given.scheduledEndDateTime),
});
