import { z } from "zod";
import { id, name, time } from "../models/item.ts";

/** What Webex sends to a webhook. It says that something happened, never what was written. */
export const WebhookDelivery = z.object({
  /** The webhook's id: deliveries have none of their own. */
  id,
  name: name.nullish(),
  resource: z.string().min(1).max(128),
  event: z.string().min(1).max(128),
  filter: name.nullish(),
  /** The organisation; the one in `data` is not meant for us. */
  orgId: id.nullish(),
  createdBy: id.nullish(),
  ownedBy: z.string().max(64).nullish(),
  status: z.string().max(64).nullish(),
  actorId: id.nullish(),
  /** When the webhook was made, where Webex says so. */
  created: time.nullish(),
  /** What it is about; its properties depend on `resource`. */
  data: z.record(z.string(), z.unknown()),
});
/** What Webex sends to a webhook. */
export type WebhookDelivery = z.infer<typeof WebhookDelivery>;

/**
 * Reads a delivery from its raw bytes; undefined when they are no such delivery. Verify the signature first:
 * see `verifySignature`.
 */
export const readDelivery = (rawBody: Uint8Array): WebhookDelivery | undefined => {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(rawBody).toString("utf8"));
  } catch {
    // The parser's message quotes the text, which is content; there is nothing else to say.
    return undefined;
  }
  return WebhookDelivery.safeParse(json).data;
};
