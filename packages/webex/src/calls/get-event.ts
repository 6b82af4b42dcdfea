import { askJson, type Exchange } from "../http/exchange.ts";
import { WebexEvent } from "../models/event.ts";

/** GET /v1/events/{eventId}: an event, for compliance officers. Rejects with ProviderError. */
export const getEvent = async (
  exchange: Exchange,
  eventId: string,
  signal: AbortSignal,
): Promise<WebexEvent> =>
  await askJson(exchange, { route: "/v1/events/{eventId}", params: { eventId }, schema: WebexEvent }, signal);
