import { z } from "zod";
import { askJson, type Exchange } from "../http/exchange.ts";

/**
 * DELETE /v1/messages/{messageId}: deletes a message. Rejects with ProviderError: `notFound` when it is
 * gone.
 */
export const deleteMessage = async (
  exchange: Exchange,
  messageId: string,
  signal: AbortSignal,
): Promise<void> => {
  const route = "/v1/messages/{messageId}";
  await askJson(exchange, { method: "DELETE", route, params: { messageId }, schema: z.unknown() }, signal);
};
