import { z } from "zod";
import { askJson, type Exchange } from "../http/exchange.ts";

/** DELETE /v1/webhooks/{webhookId}: ends a webhook. Throws ProviderError: `notFound` when it is gone. */
export const deleteWebhook = async (
  exchange: Exchange,
  webhookId: string,
  signal: AbortSignal,
): Promise<void> => {
  const schema = z.unknown();
  await askJson(
    exchange,
    { method: "DELETE", route: "/v1/webhooks/{webhookId}", params: { webhookId }, schema },
    signal,
  );
};
