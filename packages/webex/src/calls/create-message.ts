import { askJson, type Exchange } from "../http/exchange.ts";
import { Message } from "../models/message.ts";

/** A message to a space or a person, in Markdown, at most 7,439 bytes. */
export type CreateMessage = (
  | { readonly roomId: string }
  | { readonly toPersonId: string }
  | { readonly toPersonEmail: string }
) & { readonly markdown: string; readonly parentId?: string | undefined };

/** POST /v1/messages. Rejects with ProviderError; when the answer was lost the message may have been sent. */
export const createMessage = async (
  exchange: Exchange,
  order: CreateMessage,
  signal: AbortSignal,
): Promise<Message> =>
  await askJson(exchange, { method: "POST", route: "/v1/messages", body: order, schema: Message }, signal);
