import { z } from "zod";
import { name } from "./item.ts";

/** Somebody in a group; `value` is the bare UUID. */
export const ScimMember = z.object({ value: z.guid(), type: name.optional(), display: name.optional() });
/** Somebody in a group. */
export type ScimMember = z.infer<typeof ScimMember>;

/** A group of the organisation as SCIM 2 answers it. */
export const ScimGroup = z.object({
  /** The bare UUID. */
  id: z.guid(),
  displayName: name,
  externalId: name.optional(),
  /** Lists have none. */
  members: z.array(ScimMember).max(5_000).default([]),
});
/** A group of the organisation as SCIM 2 answers it. */
export type ScimGroup = z.infer<typeof ScimGroup>;
