import { z } from "zod";
import { id, itemOf, name, time } from "./item.ts";

/** A registered webhook. Its secret is not read back: it must not travel any further. */
export const Webhook = itemOf({
  id,
  name: name.optional(),
  targetUrl: name,
  resource: z.string().min(1).max(128),
  event: z.string().min(1).max(128),
  filter: name.nullish(),
  /** Webex makes it `inactive` after too many failed deliveries, and never active again by itself. */
  status: z.string().max(64).optional(),
  ownedBy: z.string().max(64).optional(),
  created: time.optional(),
});
/** A registered webhook. */
export type Webhook = z.infer<typeof Webhook>;
