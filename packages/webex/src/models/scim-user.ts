import { z } from "zod";
import { name } from "./item.ts";

/** Webex's own extension; a published example has one status as text, answers have several. */
const extension = "urn:scim:schemas:extension:cisco:webexidentity:2.0:User";

const CiscoUser = z.object({
  accountStatus: z
    .union([z.string().max(64), z.array(z.string().max(64)).max(16)])
    .transform((status) => (typeof status === "string" ? [status] : status))
    .default([]),
});

/** A user of the organisation as SCIM 2 answers it. */
export const ScimUser = z.object({
  /** The bare UUID. */
  id: z.uuid(),
  userName: name.min(1),
  active: z.boolean().default(false),
  displayName: name.optional(),
  externalId: name.optional(),
  /** As SCIM writes it, for example `sv_SE`. */
  preferredLanguage: name.optional(),
  userType: z.string().max(64).optional(),
  timezone: name.optional(),
  name: z.object({ givenName: name.optional(), familyName: name.optional() }).optional(),
  emails: z
    .array(z.object({ value: name, type: name.optional(), primary: z.boolean().default(false) }))
    .max(100)
    .default([]),
  [extension]: CiscoUser.optional(),
  meta: z.object({ created: name.optional(), lastModified: name.optional() }).optional(),
});
/** A user of the organisation as SCIM 2 answers it. */
export type ScimUser = z.infer<typeof ScimUser>;

/** What Webex says of the user's account, for example `active` or `pending`; empty when it says nothing. */
export const accountStatusOf = (user: ScimUser): readonly string[] => user[extension]?.accountStatus ?? [];
