import type { TokenCache, TokenRequest } from "../auth/token-cache.ts";

/**
 * Finds out whether the tenant lets the application in, by asking for a new token whatever is cached. May be
 * repeated. Throws ProviderError consentRevoked, credentialsRejected, invalidRequest when there is no such
 * tenant, and the usual ones.
 */
export const checkConsent =
  (tokens: TokenCache) =>
  async (request: TokenRequest): Promise<void> => {
    await tokens.replace(request, null);
  };
