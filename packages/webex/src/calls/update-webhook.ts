import { askJson, type Exchange } from "../http/exchange.ts";
import { Webhook } from "../models/webhook.ts";

/** What a webhook becomes. `status` makes one active that Webex has disabled. */
export interface UpdateWebhook {
  readonly webhookId: string;
  readonly name: string;
  readonly targetUrl: string;
  /** Secret. */
  readonly secret: string;
  readonly ownedBy?: "creator" | "org" | undefined;
  readonly status: "active" | "inactive";
}

/** PUT /v1/webhooks/{webhookId}. Rejects with ProviderError. */
export const updateWebhook = async (
  exchange: Exchange,
  { webhookId, ...body }: UpdateWebhook,
  signal: AbortSignal,
): Promise<Webhook> => {
  const route = "/v1/webhooks/{webhookId}";
  const ask = { method: "PUT", route, params: { webhookId }, body, schema: Webhook } as const;
  return await askJson(exchange, ask, signal);
};
