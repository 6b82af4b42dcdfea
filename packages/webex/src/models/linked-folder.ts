import { z } from "zod";
import { id, itemOf, name, time } from "./item.ts";

/** A folder of SharePoint or OneDrive that is linked to a space. */
export const LinkedFolder = itemOf({
  id,
  roomId: id.optional(),
  /** Ids of Microsoft Graph; Webex does not check them. */
  driveId: id,
  itemId: id,
  /** Webex writes it as text. One folder of a space is the default: what people share goes there. */
  defaultFolder: z
    .enum(["true", "false"])
    .default("false")
    .transform((text) => text === "true"),
  displayName: name.optional(),
  contentUrl: name.optional(),
  creatorId: id.optional(),
  created: time.optional(),
});
/** A folder of SharePoint or OneDrive that is linked to a space. */
export type LinkedFolder = z.infer<typeof LinkedFolder>;
