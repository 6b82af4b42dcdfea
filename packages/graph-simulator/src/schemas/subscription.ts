import { z } from "zod";
import { dateTimeOffset } from "./write-body.ts";

const httpsUrl = z
  .string()
  .refine(
    (given) => given.startsWith("https://") && URL.canParse(given),
    "notification addresses must be https",
  );

/** What the service alone sets. */
export const subscriptionReadOnly: ReadonlySet<string> = new Set(["applicationId", "creatorId", "id"]);

/** What Graph takes and the simulator does not. */
export const subscriptionGaps: ReadonlySet<string> = new Set([
  "encryptionCertificate",
  "encryptionCertificateId",
  "notificationQueryOptions",
  "notificationUrlAppId",
]);

const changeType = z
  .string()
  .regex(
    /^(created|updated|deleted)(\s*,\s*(created|updated|deleted)){0,2}$/,
    "expected created, updated, deleted",
  );

/** What may be written when a subscription is created; Outlook resources without resource data. */
export const subscriptionCreateSchema = z.strictObject({
  changeType,
  notificationUrl: httpsUrl,
  lifecycleNotificationUrl: httpsUrl.nullish(),
  resource: z.string(),
  expirationDateTime: dateTimeOffset,
  clientState: z.string().max(128, "at most 128 characters").nullish(),
  includeResourceData: z.boolean().nullish(),
  latestSupportedTlsVersion: z.enum(["v1_0", "v1_1", "v1_2", "v1_3"]).nullish(),
});

/** What a PATCH may change; in particular not the lifecycle address. */
export const subscriptionUpdateSchema = z
  .strictObject({ expirationDateTime: dateTimeOffset.optional(), notificationUrl: httpsUrl.optional() })
  .refine((given) => Object.keys(given).length > 0, "nothing to change");

/** A validated subscription to create. */
export type SubscriptionCreate = z.infer<typeof subscriptionCreateSchema>;
