import { askJson, type Exchange } from "../http/exchange.ts";
import { Message } from "../models/message.ts";

/** GET /v1/messages/{messageId}: a message, to a compliance officer a deleted one. Throws ProviderError. */
export const getMessage = async (
  exchange: Exchange,
  messageId: string,
  signal: AbortSignal,
): Promise<Message> =>
  await askJson(
    exchange,
    { route: "/v1/messages/{messageId}", params: { messageId }, schema: Message },
    signal,
  );
