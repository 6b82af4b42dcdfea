import { z } from "zod";
import { id, itemOf, name } from "./item.ts";

const CallInNumber = z.object({
  label: name.default(""),
  callInNumber: name.min(1),
  tollType: z.string().max(64).optional(),
});

/** A meeting. The host key is not read: it must never stand in an invitation. */
export const Meeting = itemOf({
  /** 32 hexadecimal digits; not base64 as other ids are. */
  id,
  meetingNumber: name.optional(),
  title: name,
  agenda: name.nullish(),
  /** What people type to join; absent for those who may not know it. Secret. */
  password: name.nullish(),
  /** The same for telephones and video systems. Secret. */
  phoneAndVideoSystemPassword: name.nullish(),
  /** `meetingSeries` also for a meeting that takes place once. */
  meetingType: z.string().max(64),
  state: z.string().max(64).optional(),
  timezone: name.optional(),
  /** ISO 8601. */
  start: name,
  /** ISO 8601. */
  end: name,
  /** RFC 2445; absent for a meeting that takes place once. */
  recurrence: name.nullish(),
  hostUserId: id.optional(),
  hostEmail: name.optional(),
  hostDisplayName: name.optional(),
  siteUrl: name.optional(),
  webLink: z.url({ protocol: /^https$/ }).optional(),
  sipAddress: name.nullish(),
  dialInIpAddress: name.nullish(),
  roomId: id.nullish(),
  scheduledType: z.string().max(64).optional(),
  telephony: z
    .object({ accessCode: name.nullish(), callInNumbers: z.array(CallInNumber).max(500).nullish() })
    .nullish(),
  integrationTags: z.array(name).max(64).nullish(),
});
/** A meeting. */
export type Meeting = z.infer<typeof Meeting>;
