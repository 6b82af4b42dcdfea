import { z } from "zod";
import { id, itemOf, time } from "./item.ts";

/** Something that happened in the organisation, as a compliance officer sees it. */
export const WebexEvent = itemOf({
  id,
  resource: z.string().min(1).max(128),
  type: z.string().min(1).max(128),
  actorId: id.nullish(),
  orgId: id.nullish(),
  created: time,
  /** What it is about; its properties depend on `resource`, and none is promised. */
  data: z.record(z.string(), z.unknown()),
});
/** Something that happened in the organisation, as a compliance officer sees it. */
export type WebexEvent = z.infer<typeof WebexEvent>;
