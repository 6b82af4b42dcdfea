import type { Exchange } from "../http/exchange.ts";
import { type Page, pagesOf } from "../http/pages.ts";
import { Webhook } from "../models/webhook.ts";

/** Whose webhooks: the caller's own, or the organisation's. */
export interface WebhookFilter {
  readonly ownedBy?: "creator" | "org" | undefined;
  readonly max?: number | undefined;
}

/** GET /v1/webhooks: registered webhooks. Page by page; rejects with ProviderError. */
export const listWebhooks = (
  exchange: Exchange,
  filter: WebhookFilter,
  signal: AbortSignal,
): AsyncGenerator<Page<Webhook>, void, undefined> =>
  pagesOf<Webhook>(exchange, { route: "/v1/webhooks", query: { ...filter }, schema: Webhook }, signal);
