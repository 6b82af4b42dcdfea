import { z } from "zod";
import { graphEnum } from "./write-body.ts";

const text = z.string().nullish();
const reference = z.string().regex(/^https:\/\/[^/]+\/(?:v1\.0|beta)\/(?:users|directoryObjects)\/[^/]+$/i);
const references = z.array(reference).max(20, "at most 20 relationships in one request");

const nickname = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[!-~]+$/, "ASCII without blanks")
  .refine((given) => !/[@()\\[\]";:.<>,]/.test(given), "holds a character that no mail nickname may hold");

const writable = {
  description: z.string().max(1_024).nullish(),
  visibility: graphEnum("Public", "Private", "HiddenMembership").nullish(),
  classification: text,
  preferredDataLocation: text,
};

/** A group in a creation. */
export const groupCreationSchema = z
  .strictObject({
    ...writable,
    displayName: z.string().min(1).max(256),
    mailEnabled: z.boolean(),
    mailNickname: nickname,
    securityEnabled: z.boolean(),
    uniqueName: z.string().min(1).max(128).nullish(),
    groupTypes: z.array(z.string()),
    resourceBehaviorOptions: z
      .array(
        z.enum([
          "AllowOnlyMembersToPost",
          "CalendarMemberReadOnly",
          "ConnectorsDisabled",
          "HideGroupInOutlook",
          "SubscribeNewGroupMembers",
          "WelcomeEmailDisabled",
        ]),
      )
      .optional(),
    resourceProvisioningOptions: z.array(z.string()).optional(),
    "owners@odata.bind": references.optional(),
    "members@odata.bind": references.optional(),
  })
  .refine(
    (given) => (given["owners@odata.bind"]?.length ?? 0) + (given["members@odata.bind"]?.length ?? 0) <= 20,
    "at most 20 relationships in one request",
  );

/** A group in a change. */
export const groupChangeSchema = z.strictObject({
  ...writable,
  displayName: z.string().min(1).max(256).optional(),
  mailNickname: nickname.optional(),
  "owners@odata.bind": references.optional(),
  "members@odata.bind": references.optional(),
});

/** Names to be validated. */
export const namesSchema = z.strictObject({
  entityType: text,
  displayName: text,
  mailNickname: text,
  onBehalfOfUserId: text,
});

/** A folder in a creation. */
export const folderSchema = z.strictObject({
  name: z.string().min(1),
  folder: z.strictObject({}),
});
