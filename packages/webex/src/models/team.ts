import type { z } from "zod";
import { id, itemOf, name, time } from "./item.ts";

/** A team. */
export const Team = itemOf({
  id,
  name: name.optional(),
  description: name.optional(),
  creatorId: id.optional(),
  created: time.optional(),
});
/** A team. */
export type Team = z.infer<typeof Team>;
