import { z } from "zod";
import { id, itemOf, name, time } from "./item.ts";

const member = {
  id,
  personId: id,
  personEmail: name.optional(),
  personDisplayName: name.optional(),
  personOrgId: id.optional(),
  isModerator: z.boolean().default(false),
  created: time.optional(),
};

/** Somebody's membership of a space. */
export const Membership = itemOf({
  ...member,
  roomId: id,
  /** Absent where the membership came about through the team. */
  roomType: z.string().max(64).optional(),
  isMonitor: z.boolean().optional(),
  isRoomHidden: z.boolean().optional(),
});
/** Somebody's membership of a space. */
export type Membership = z.infer<typeof Membership>;

/** Somebody's membership of a team. */
export const TeamMembership = itemOf({ ...member, teamId: id });
/** Somebody's membership of a team. */
export type TeamMembership = z.infer<typeof TeamMembership>;
