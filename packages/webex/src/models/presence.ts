import { z } from "zod";
import { itemOf, time } from "./item.ts";

/** What is shown of a person: the composition of all that the person's devices and programs have said. */
export const PresenceComposition = itemOf({
  subject: z.string().max(256),
  /** One of `active`, `inactive`, `ooo`, `dnd`, `call`, `meeting`, `calendarItem`, `presenting`, so far. */
  status: z.string().max(64),
  statusTime: time.optional(),
  /** Seconds until the status ends by itself; -1 when nothing ends it. */
  expiresTTL: z.number().int().optional(),
});
/** What is shown of a person: the composition of all that the person's devices and programs have said. */
export type PresenceComposition = z.infer<typeof PresenceComposition>;
