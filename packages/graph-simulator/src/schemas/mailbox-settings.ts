import { z } from "zod";
import { dateTimeTimeZone, graphEnum } from "./write-body.ts";

const text = z.string().nullish();

/** automaticRepliesSetting */
export const automaticRepliesSchema = z.strictObject({
  status: graphEnum("disabled", "alwaysEnabled", "scheduled").nullish(),
  externalAudience: graphEnum("none", "contactsOnly", "all").nullish(),
  internalReplyMessage: text,
  externalReplyMessage: text,
  scheduledStartDateTime: dateTimeTimeZone.nullish(),
  scheduledEndDateTime: dateTimeTimeZone.nullish(),
});

/** workingHours with a named zone. */
export const workingHoursSchema = z.strictObject({
  daysOfWeek: z
    .array(graphEnum("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"))
    .nullish(),
  startTime: z
    .string()
    .regex(/^\d\d:\d\d(:\d\d(\.\d{1,12})?)?$/)
    .nullish(),
  endTime: z
    .string()
    .regex(/^\d\d:\d\d(:\d\d(\.\d{1,12})?)?$/)
    .nullish(),
  timeZone: z.strictObject({ name: text }).nullish(),
});

/** What may be written of the mailbox settings. */
export const mailboxSettingsWriteSchema = z.strictObject({
  automaticRepliesSetting: automaticRepliesSchema.nullish(),
  dateFormat: text,
  timeFormat: text,
  timeZone: text,
  language: z.strictObject({ locale: text, displayName: text }).nullish(),
  workingHours: workingHoursSchema.nullish(),
  delegateMeetingMessageDeliveryOptions: graphEnum(
    "sendToDelegateAndInformationToPrincipal",
    "sendToDelegateAndPrincipal",
    "sendToDelegateOnly",
  ).nullish(),
});

/** A validated change of mailbox settings. */
export type MailboxSettingsWrite = z.infer<typeof mailboxSettingsWriteSchema>;
