import type { Exchange } from "../http/exchange.ts";
import { type Page, pagesOf } from "../http/pages.ts";
import { WebexEvent } from "../models/event.ts";

/** Which events; `from` and `to` are ISO 8601, and `to` must not lie in the future. */
export interface EventFilter {
  readonly resource?: string | undefined;
  readonly type?: string | undefined;
  readonly actorId?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly max?: number | undefined;
}

/** GET /v1/events: what a compliance officer sees. Page by page; rejects with ProviderError. */
export const listEvents = (
  exchange: Exchange,
  filter: EventFilter,
  signal: AbortSignal,
): AsyncGenerator<Page<WebexEvent>, void, undefined> =>
  pagesOf<WebexEvent>(exchange, { route: "/v1/events", query: { ...filter }, schema: WebexEvent }, signal);
