import { askJson, type Exchange } from "../http/exchange.ts";
import { PresenceComposition } from "../models/presence.ts";

/** A person at the presence service, which takes the person's own token alone. */
export interface PresenceSubject {
  /** Where the presence service lies, without a slash at its end. */
  readonly baseUrl: string;
  readonly personUuid: string;
  /** The person's own token; it goes to `baseUrl` and nowhere else. */
  readonly personToken: string;
}

/**
 * GET compositions: what is shown of a person. The service is not part of the public API; it is asked as the
 * open-source Webex SDK for browsers asks it. Rejects with ProviderError.
 */
export const getPresence = async (
  exchange: Exchange,
  { baseUrl, personUuid, personToken }: PresenceSubject,
  signal: AbortSignal,
): Promise<PresenceComposition> => {
  const url = new URL(`${baseUrl}/compositions`);
  url.searchParams.set("userId", personUuid);
  return await askJson(
    { ...exchange, accessToken: async () => personToken },
    { route: "/presence/compositions", url, schema: PresenceComposition },
    signal,
  );
};
