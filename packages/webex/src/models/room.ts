import { z } from "zod";
import { sameWebexId } from "../ids/webex-id.ts";
import { id, itemOf, name, time } from "./item.ts";

/** A space. */
export const Room = itemOf({
  id,
  title: name.optional(),
  /** `direct` or `group`; absent where Webex could not read the space. */
  type: z.string().max(64).optional(),
  teamId: id.optional(),
  /** The organisation that owns it. */
  ownerId: id.optional(),
  creatorId: id.optional(),
  isLocked: z.boolean().optional(),
  isReadOnly: z.boolean().optional(),
  isPublic: z.boolean().optional(),
  isAnnouncementOnly: z.boolean().optional(),
  classificationId: id.optional(),
  description: name.optional(),
  lastActivity: time.optional(),
  created: time.optional(),
});
/** A space. */
export type Room = z.infer<typeof Room>;

/** Whether a space is its team's General space: that one has the team's UUID. */
export const isGeneralRoom = ({ id: roomId, teamId }: Pick<Room, "id" | "teamId">): boolean =>
  teamId !== undefined && sameWebexId(roomId, teamId);
