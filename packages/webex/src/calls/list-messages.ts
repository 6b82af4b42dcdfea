import type { Exchange } from "../http/exchange.ts";
import { type Page, pagesOf } from "../http/pages.ts";
import { Message } from "../models/message.ts";

/** Which messages of one space; `before` is a point in time, ISO 8601. */
export interface MessageFilter {
  readonly roomId: string;
  readonly parentId?: string | undefined;
  readonly before?: string | undefined;
  readonly beforeMessage?: string | undefined;
  readonly max?: number | undefined;
}

/** GET /v1/messages: messages of a space, newest first. Page by page; rejects with ProviderError. */
export const listMessages = (
  exchange: Exchange,
  filter: MessageFilter,
  signal: AbortSignal,
): AsyncGenerator<Page<Message>, void, undefined> =>
  pagesOf<Message>(exchange, { route: "/v1/messages", query: { ...filter }, schema: Message }, signal);
