import { askJson, type Exchange } from "../http/exchange.ts";
import { Message } from "../models/message.ts";

/** What Webex calls an Adaptive Card. */
export const adaptiveCardType = "application/vnd.microsoft.card.adaptive";

/** An Adaptive Card, version 1.3 at most: what Webex shows. */
export interface AdaptiveCard {
  readonly type: "AdaptiveCard";
  readonly version: `1.${0 | 1 | 2 | 3}`;
  readonly body: readonly Readonly<Record<string, unknown>>[];
  readonly actions?: readonly Readonly<Record<string, unknown>>[];
}

/**
 * A message to a space or a person, in Markdown, at most 7,439 bytes. With a card it is what apps show that
 * cannot draw the card; Webex takes one at most.
 */
export type CreateMessage = (
  | { readonly roomId: string }
  | { readonly toPersonId: string }
  | { readonly toPersonEmail: string }
) & {
  readonly markdown: string;
  readonly parentId?: string | undefined;
  readonly attachments?: readonly [
    { readonly contentType: typeof adaptiveCardType; readonly content: AdaptiveCard },
  ];
};

/** POST /v1/messages. Rejects with ProviderError; when the answer was lost the message may have been sent. */
export const createMessage = async (
  exchange: Exchange,
  order: CreateMessage,
  signal: AbortSignal,
): Promise<Message> =>
  await askJson(exchange, { method: "POST", route: "/v1/messages", body: order, schema: Message }, signal);
