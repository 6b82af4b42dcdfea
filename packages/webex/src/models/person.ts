import { z } from "zod";
import { id, itemOf, name, time } from "./item.ts";

/** A person, bot or app user as People answers it. */
export const Person = itemOf({
  id,
  emails: z.array(name).max(100).default([]),
  displayName: name.optional(),
  firstName: name.optional(),
  lastName: name.optional(),
  orgId: id.optional(),
  status: z.string().max(64).optional(),
  type: z.string().max(64).optional(),
  timezone: name.optional(),
  created: time.optional(),
  lastModified: time.optional(),
  lastActivity: time.optional(),
  invitePending: z.union([z.boolean(), z.enum(["true", "false"])]).optional(),
  loginEnabled: z.union([z.boolean(), z.enum(["true", "false"])]).optional(),
  /** Ids of licences; absent where the token may not see them. */
  licenses: z.array(id).max(1_000).optional(),
  siteUrls: z.array(name).max(1_000).default([]),
  sipAddresses: z
    .array(z.object({ type: name.optional(), value: name.optional(), primary: z.boolean().optional() }))
    .max(100)
    .default([]),
});
/** A person, bot or app user as People answers it. */
export type Person = z.infer<typeof Person>;
