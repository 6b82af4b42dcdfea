import { z } from "zod";
import { name } from "./item.ts";

/** A user of the organisation as SCIM 2 answers it. */
export const ScimUser = z.object({
  /** The bare UUID. */
  id: z.uuid(),
  userName: name.min(1),
  active: z.boolean().default(false),
  displayName: name.optional(),
  externalId: name.optional(),
  userType: z.string().max(64).optional(),
  timezone: name.optional(),
  name: z.object({ givenName: name.optional(), familyName: name.optional() }).optional(),
  emails: z
    .array(z.object({ value: name, type: name.optional(), primary: z.boolean().default(false) }))
    .max(100)
    .default([]),
  meta: z.object({ created: name.optional(), lastModified: name.optional() }).optional(),
});
/** A user of the organisation as SCIM 2 answers it. */
export type ScimUser = z.infer<typeof ScimUser>;
