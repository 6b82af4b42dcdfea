import { z } from "zod";
import { id, itemOf, name } from "./item.ts";

/** A workspace: a meeting room, mostly. */
export const Workspace = itemOf({
  id,
  orgId: id.optional(),
  displayName: name.optional(),
  capacity: z.number().optional(),
  sipAddress: name.optional(),
  calendar: z
    .object({
      /** `none`, `google` or `microsoft`. */
      type: z.string().max(64),
      emailAddress: name.optional(),
      resourceGroupId: id.optional(),
    })
    .optional(),
});
/** A workspace: a meeting room, mostly. */
export type Workspace = z.infer<typeof Workspace>;

/** A device. */
export const Device = itemOf({
  id,
  orgId: id.optional(),
  workspaceId: id.optional(),
  personId: id.optional(),
  displayName: name.optional(),
  product: name.optional(),
  connectionStatus: z.string().max(64).optional(),
  software: name.optional(),
});
/** A device. */
export type Device = z.infer<typeof Device>;
