import { askJson, type Exchange } from "../http/exchange.ts";
import { Message } from "../models/message.ts";

/** The text that replaces the one of a message. */
export interface UpdateMessage {
  readonly messageId: string;
  readonly roomId: string;
  readonly markdown: string;
}

/**
 * PUT /v1/messages/{messageId}: edits a message of the caller, at most ten times. Rejects with
 * ProviderError.
 */
export const updateMessage = async (
  exchange: Exchange,
  { messageId, ...body }: UpdateMessage,
  signal: AbortSignal,
): Promise<Message> => {
  const route = "/v1/messages/{messageId}";
  return await askJson(
    exchange,
    { method: "PUT", route, params: { messageId }, body, schema: Message },
    signal,
  );
};
