import { askJson, type Exchange } from "../http/exchange.ts";
import { Webhook } from "../models/webhook.ts";

/** A webhook to be registered. */
export interface CreateWebhook {
  readonly name: string;
  /** Where Webex sends deliveries. */
  readonly targetUrl: string;
  readonly resource: string;
  readonly event: string;
  readonly filter?: string | undefined;
  /** Signs every delivery. Secret. */
  readonly secret: string;
  /** `org`: for the whole organisation, where Webex allows that. */
  readonly ownedBy?: "creator" | "org" | undefined;
}

/**
 * POST /v1/webhooks. Rejects with ProviderError; when the answer was lost the webhook may exist, so list
 * before asking again.
 */
export const createWebhook = async (
  exchange: Exchange,
  order: CreateWebhook,
  signal: AbortSignal,
): Promise<Webhook> =>
  await askJson(exchange, { method: "POST", route: "/v1/webhooks", body: order, schema: Webhook }, signal);
