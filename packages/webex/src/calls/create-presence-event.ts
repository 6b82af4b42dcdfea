import { askFor, type Exchange } from "../http/exchange.ts";
import type { PresenceSubject } from "./get-presence.ts";

/** Something that is said about a person. */
export interface CreatePresenceEvent extends PresenceSubject {
  readonly eventType: "active" | "inactive" | "ooo" | "dnd";
  /** After this long it ends by itself, seconds; 0 ends it now. */
  readonly ttlSeconds: number;
}

/**
 * POST events: says something about a person, who must be the token's owner. The service is not part of the
 * public API; it is told as the open-source Webex SDK for browsers tells it. Rejects with ProviderError.
 */
export const createPresenceEvent = async (
  exchange: Exchange,
  { baseUrl, personUuid, personToken, eventType, ttlSeconds }: CreatePresenceEvent,
  signal: AbortSignal,
): Promise<void> =>
  await askFor(
    { ...exchange, accessToken: async () => personToken },
    {
      method: "POST",
      route: "/presence/events",
      url: new URL(`${baseUrl}/events`),
      body: { subject: personUuid, eventType, ttl: ttlSeconds },
    },
    { signal, read: () => undefined },
  );
